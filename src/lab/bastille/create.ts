import { refuse } from '../refuse.ts'
import { isFolder } from './files.ts'
import { makeJail } from './make-jail.ts'
import { usage, withOptions, type Script } from './options.ts'
import { ask, complain, fail, say, type Bastille } from './session.ts'
import { isAddressIn } from './start-stop.ts'
import { exists } from './targets.ts'

const script: Script = {
  usage: ['Usage: bastille create [option(s)] NAME RELEASE IP [INTERFACE]'],
  flags: {
    B: 'bridge',
    C: 'clone',
    D: 'dual',
    E: 'empty',
    L: 'linux',
    M: 'static-mac',
    O: 'oci',
    P: 'passthrough',
    T: 'thick',
    V: 'vnet',
    'no-boot': 'no-boot',
    'no-ip': 'no-ip',
    'no-validate': 'no-validate',
  },
  values: { g: 'gateway', n: 'nameserver', p: 'priority', tag: 'tags', tags: 'tags', v: 'vlan', Z: 'zfs-opts' },
}

export type Kind = 'thin' | 'thick' | 'clone' | 'empty'

export interface NewJail {
  name: string
  release: string
  kind: Kind
  /** Addresses with the interface that carries them; none in an empty jail. */
  addresses: { address: string; interface: string }[]
  /** The bridge of a vnet jail. */
  bridge: string | undefined
  boot: 'on' | 'off'
  priority: string
  tags: string
  nameservers: string[]
}

const notImitated = ['linux', 'oci', 'vnet', 'passthrough', 'dual', 'static-mac', 'no-ip', 'no-validate', 'gateway', 'vlan', 'zfs-opts']

/** `bastille create`. It believes neither itself nor its helpers: when the first start fails it destroys what it made. */
export function create(bastille: Bastille, args: string[]): Promise<number> {
  return withOptions(bastille, args, script, async ({ flags, values, words }) => {
    const odd = notImitated.find((name) => flags.has(name) || values.has(name))
    if (odd !== undefined) return refuse('bastille', `create --${odd} is not imitated here`)
    const priority = values.get('priority') ?? '99'
    if (!/^[0-9]+$/.test(priority)) return fail(bastille, `Not a valid priority value: "${priority}"`)
    const mistake = combination(flags)
    if (mistake !== undefined) return fail(bastille, mistake)
    const [name = '', release = '', address = '', given] = words
    say(bastille, `\nCreating jail: ${name}...`)
    const isEmpty = flags.has('empty')
    if (isEmpty ? words.length !== 1 : words.length < 3 || words.length > 4) return usage(bastille, script)
    const wrong = findWrongName(bastille, name, flags.has('bridge')) ?? (isEmpty ? undefined : findWrongRelease(bastille, release))
    if (wrong === 'usage') return usage(bastille, script)
    if (wrong !== undefined) return fail(bastille, wrong)
    if (flags.has('bridge') && !(await isBridge(bastille, given ?? '')))
      return fail(bastille, `[ERROR]: Interface is not a bridge: ${given ?? ''}`)
    const addresses = isEmpty ? [] : await readAddresses(bastille, address, given, flags.has('bridge'))
    if (addresses === undefined) return 1
    if (isEmpty) say(bastille, `\nCreating empty jail: ${name}`)
    return makeJail(bastille, {
      name,
      release: release.toUpperCase(),
      kind: isEmpty ? 'empty' : flags.has('thick') ? 'thick' : flags.has('clone') ? 'clone' : 'thin',
      addresses,
      bridge: flags.has('bridge') ? given : undefined,
      boot: flags.has('no-boot') ? 'off' : 'on',
      priority,
      tags: values.get('tags') ?? '',
      nameservers: (values.get('nameserver') ?? '').split(',').filter((each) => each !== ''),
    })
  })
}

async function isBridge(bastille: Bastille, name: string): Promise<boolean> {
  return (await ask(bastille, 'ifconfig', ['-g', 'bridge'])).text.split('\n').includes(name)
}

function combination(flags: Set<string>): string | undefined {
  const others = ['clone', 'thick', 'bridge'].some((name) => flags.has(name))
  if (flags.has('empty') && others) return "[ERROR]: Empty jail option can't be used with other options."
  if (flags.has('clone') && flags.has('thick')) return "[ERROR]: Clonejail and Thickjail can't be used together."
  return undefined
}

/** `all` is a good name; so is `app-current`, which destroy takes for a release. */
export function findWrongName(bastille: Bastille, name: string, isVnet: boolean): string | undefined {
  if (exists(bastille, name)) return `[ERROR]: Jail already exists: ${name}`
  if (/^[-_]/.test(name.replaceAll(/[^a-zA-Z0-9_-]/g, ''))) return '[ERROR]: Jail names may not begin with (-|_) characters!'
  if (isVnet && /[-_]/.test(name)) return '[ERROR]: VNET jail names may not contain (-|_) characters.'
  if (/[^a-zA-Z0-9_-]/.test(name)) return '[ERROR]: Jail names may not contain special characters!'
  if (/^[0-9]+$/.test(name)) return '[ERROR]: Jail names may not contain only digits.'
  return undefined
}

function findWrongRelease(bastille: Bastille, release: string): string | undefined {
  if (!/-(current|release|rc[1-9]|beta[1-9]|stable)$/i.test(release)) {
    complain(bastille, `Unknown release: ${release}`)
    return 'usage'
  }
  if (!/^[1-9]+\.[0-9]-[a-z]+[0-9]?$/i.test(release)) return 'usage'
  if (isFolder(bastille, `${bastille.conf.releases}/${release.toUpperCase()}`)) return undefined
  return "[ERROR]: Release must be bootstrapped first.\nSee 'bastille bootstrap'."
}

const quad = String.raw`(?:[0-9]|[1-9][0-9]|1[0-9]{2}|2[0-4][0-9]|25[0-5])`
const goodAddress = new RegExp(String.raw`^(?:${quad}\.){3}${quad}(?:/(?:[0-9]|[1-2][0-9]|3[0-2]))?$`)

/** One address or several with blanks between. One that is taken is only warned of. undefined: what is wrong has been said. */
async function readAddresses(
  bastille: Bastille,
  text: string,
  given: string | undefined,
  isVnet: boolean,
): Promise<NewJail['addresses'] | undefined> {
  const { text: shown } = await ask(bastille, 'ifconfig', ['-a'])
  const { text: interfaces } = await ask(bastille, 'ifconfig', ['-l'])
  const name = given ?? bastille.conf.interface
  const addresses: NewJail['addresses'] = []
  for (const word of text.split(/\s+/).filter((each) => each !== '')) {
    const address = isVnet && !word.includes('/') ? `${word}/24` : word
    if (/:|^(SLAAC|inherit|ip_hostname|DHCP|SYNCDHCP|0\.0\.0\.0)$/.test(address))
      refuse('bastille', `the address ${address} is not imitated here`)
    if (!goodAddress.test(address)) return void fail(bastille, `[ERROR]: Invalid IP: ${address}`)
    say(bastille, `\nValid IP: ${address}`)
    addresses.push({ address, interface: name })
  }
  const last = addresses.at(-1)?.address.replace(/\/.*/, '') ?? ''
  if (isAddressIn(shown, last)) say(bastille, `[WARNING]: IP address in use: ${last}`)
  if (given === undefined) return addresses
  if (!interfaces.split(/\s+/).includes(given)) return void fail(bastille, `[ERROR]: Invalid interface: ${given}`)
  say(bastille, `\nValid interface: ${given}`)
  return addresses
}

/** As `clone` looks at its address. */
export function isAddress(text: string): boolean {
  return goodAddress.test(text)
}
