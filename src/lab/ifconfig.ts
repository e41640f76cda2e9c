import type { Call } from './call.ts'
import type { Host, Interface } from './host.ts'
import type { InJail } from './inside/inside.ts'
import { refuse } from './refuse.ts'

/** Returns ifconfig's complaint, or nothing. An alias that is there already is no error, as on the real system. */
export function addAlias(host: Host, name: string, address: string, prefix: number): string | undefined {
  const found = host.interfaces.find((each) => each.name === name)
  if (found === undefined) return `ifconfig: interface ${name} does not exist`
  if (!found.aliases.some((alias) => alias.address === address)) found.aliases.push({ address, prefix })
  return undefined
}

export function dropAlias(host: Host, name: string, address: string): string | undefined {
  const found = host.interfaces.find((each) => each.name === name)
  if (found === undefined) return `ifconfig: interface ${name} does not exist`
  if (!found.aliases.some((alias) => alias.address === address)) return "ifconfig: ioctl (SIOCDIFADDR): Can't assign requested address"
  found.aliases = found.aliases.filter((alias) => alias.address !== address)
  return undefined
}

const usage = `usage: ifconfig [-j jail] [-f type:format] [-g groupname] [-C] [-L] interface address_family
                [address [dest_address]] [parameters]
       ifconfig [-j jail] interface create
       ifconfig [-j jail] -a [-g groupname] [-C] [-L] [-d] [-m] [-u] [-v] [address_family]
       ifconfig [-j jail] -l [-d] [-u] [address_family]
       ifconfig [-j jail] [-g groupname] [-C] [-L] [-d] [-m] [-u] [-v]
`

export function ifconfig(host: Host, call: Call): number {
  const [first = '', second, ...rest] = call.args
  if (first.startsWith('--')) return fail(call, `ifconfig: illegal option -- -\n${usage.trimEnd()}`)
  if (first === '-l' && second === undefined) return say(call, `${['vtnet0', ...host.interfaces.map(({ name }) => name)].join(' ')}\n`)
  if (first === '-g' && second === 'lo') return say(call, host.interfaces.map(({ name }) => `${name}\n`).join(''))
  if (first === '-f' && second === 'inet:cidr' && rest.length === 1) return show(host, call, rest[0] ?? '', true)
  if (first === '-a' && second === undefined) return say(call, [ethernet, ...host.interfaces.map((each) => describe(each))].join(''))
  if (first.startsWith('-') || first === '') return refuse('ifconfig', `${call.args.join(' ')} is not imitated here`)
  if (second === undefined || (second === 'inet' && rest.length === 0)) return show(host, call, first, false)
  if (second === 'create' && rest.length === 0) return create(host, call, first)
  if (second === 'destroy' && rest.length === 0) return destroy(host, call, first)
  return change(host, call, first, [second, ...rest])
}

function change(host: Host, call: Call, name: string, words: string[]): number {
  const plain = words.filter((word) => !['inet', 'alias', '-alias', 'add', 'delete'].includes(word))
  const isAdd = words.includes('alias') || words.includes('add')
  const isDrop = words.includes('-alias') || words.includes('delete')
  const [address = '', prefix = '32'] = (plain[0] ?? '').split('/')
  const masked = plain[1] === 'netmask' && (plain[2] === '255.255.255.255' || plain[2] === '0xffffffff')
  if (isAdd === isDrop || (plain.length !== 1 && !(plain.length === 3 && masked)) || !/^[0-9.]+$/.test(address)) {
    return refuse('ifconfig', `${call.args.join(' ')} is not imitated here`)
  }
  const problem = isAdd ? addAlias(host, name, address, Number(prefix)) : dropAlias(host, name, address)
  return problem === undefined ? 0 : fail(call, problem)
}

function create(host: Host, call: Call, name: string): number {
  if (!/^lo[0-9]+$/.test(name)) return refuse('ifconfig', `creating ${name} is not imitated here`)
  if (host.interfaces.some((each) => each.name === name)) return fail(call, `ifconfig: interface ${name} already exists`)
  host.interfaces.push({ name, aliases: [] })
  return 0
}

function destroy(host: Host, call: Call, name: string): number {
  if (!host.interfaces.some((each) => each.name === name)) return fail(call, `ifconfig: interface ${name} does not exist`)
  host.interfaces = host.interfaces.filter((each) => each.name !== name)
  return 0
}

function show(host: Host, call: Call, name: string, cidr: boolean): number {
  const found = host.interfaces.find((each) => each.name === name)
  if (name === 'vtnet0') return refuse('ifconfig', 'showing vtnet0 is not imitated here')
  return found === undefined ? fail(call, `ifconfig: interface ${name} does not exist`) : say(call, describe(found, { cidr }))
}

/** The host's own interface and address, as the recorded machine has them. */
const ethernet = `vtnet0: flags=1008843<UP,BROADCAST,RUNNING,SIMPLEX,MULTICAST,LOWER_UP> metric 0 mtu 1500
	ether 52:54:00:12:34:56
	inet 10.0.2.15 netmask 0xffffff00 broadcast 10.0.2.255
	media: Ethernet autoselect (10Gbase-T <full-duplex>)
	status: active
`

const upFlags = 'flags=1008049<UP,LOOPBACK,RUNNING,MULTICAST,LOWER_UP>'

export function describe(found: Interface, style: { cidr?: boolean; only?: string[]; flags?: string } = {}): string {
  const { cidr = false, only, flags = upFlags } = style
  const aliases = found.aliases.filter(({ address }) => only?.includes(address) ?? true)
  const lines = [
    `${found.name}: ${flags} metric 0 mtu 16384`,
    '\toptions=680003<RXCSUM,TXCSUM,LINKSTATE,RXCSUM_IPV6,TXCSUM_IPV6>',
    ...aliases.map(({ address, prefix }) => (cidr ? `\tinet ${address}/${prefix}` : `\tinet ${address} netmask ${netmask(prefix)}`)),
    ...(only === undefined ? [`\tinet6 fe80::1%${found.name} prefixlen 64 scopeid 0x3`] : []),
    '\tgroups: lo',
    ...(only === undefined ? ['\tnd6 options=21<PERFORMNUD,AUTO_LINKLOCAL>'] : []),
  ]
  return `${lines.join('\n')}\n`
}

function netmask(prefix: number): string {
  return `0x${((0xffffffff << (32 - prefix)) >>> 0).toString(16)}`
}

/** A jail sees its own addresses only. */
export function ifconfigInJail(at: InJail, call: Call): number {
  const [name, ...rest] = call.args
  const found = at.host.interfaces.find((each) => each.name === name)
  if (found === undefined || rest.length > 0) return refuse('ifconfig', `${call.args.join(' ')} is not imitated inside a jail`)
  return say(call, describe(found, { only: at.jail.addresses }))
}

function say(call: Call, text: string): 0 {
  call.out(text)
  return 0
}

function fail(call: Call, text: string): 1 {
  call.err(`${text}\n`)
  return 1
}
