import type { Interface } from './host.ts'

/** The host's own interface and address, as the recorded machine has them. */
export const ethernet = `vtnet0: flags=1008843<UP,BROADCAST,RUNNING,SIMPLEX,MULTICAST,LOWER_UP> metric 0 mtu 1500
	ether 52:54:00:12:34:56
	inet 10.0.2.15 netmask 0xffffff00 broadcast 10.0.2.255
	media: Ethernet autoselect (10Gbase-T <full-duplex>)
	status: active
`

const upFlags = 'flags=1008049<UP,LOOPBACK,RUNNING,MULTICAST,LOWER_UP>'

interface Style {
  cidr?: boolean
  only?: string[]
  flags?: string
}

/** As ifconfig(8) shows an interface. */
export function describe(found: Interface, style: Style = {}): string {
  const lines = found.kind === undefined ? loopback(found, style) : cloned(found, style)
  return `${lines.join('\n')}\n`
}

function loopback(found: Interface, style: Style): string[] {
  const { only, flags = upFlags } = style
  return [
    `${found.name}: ${flags} metric 0 mtu 16384`,
    '\toptions=680003<RXCSUM,TXCSUM,LINKSTATE,RXCSUM_IPV6,TXCSUM_IPV6>',
    ...addresses(found, style),
    ...(only === undefined ? [`\tinet6 fe80::1%${found.name} prefixlen 64 scopeid 0x3`] : []),
    '\tgroups: lo',
    ...(only === undefined ? ['\tnd6 options=21<PERFORMNUD,AUTO_LINKLOCAL>'] : []),
  ]
}

function cloned(found: Interface, style: Style): string[] {
  const { name, kind, up = false, description, ether, members = [] } = found
  const flags = up
    ? 'flags=1008843<UP,BROADCAST,RUNNING,SIMPLEX,MULTICAST,LOWER_UP>'
    : kind === 'bridge'
      ? 'flags=8802<BROADCAST,SIMPLEX,MULTICAST>'
      : 'flags=8842<BROADCAST,RUNNING,SIMPLEX,MULTICAST>'
  const own =
    kind === 'bridge'
      ? [
          '\tid 00:00:00:00:00:00 priority 32768 hellotime 2 fwddelay 15',
          '\tmaxage 20 holdcnt 6 proto rstp maxaddr 2000 timeout 1200',
          '\troot id 00:00:00:00:00:00 priority 32768 ifcost 0 port 0',
          ...members.flatMap((member) => [
            `\tmember: ${member} flags=143<LEARNING,DISCOVER,AUTOEDGE,AUTOPTP>`,
            '\t        port 5 priority 128 path cost 2000',
          ]),
          '\tgroups: bridge',
        ]
      : ['\tgroups: epair', '\tmedia: Ethernet 10Gbase-T (10Gbase-T <full-duplex>)', `\tstatus: ${up ? 'active' : 'no carrier'}`]
  return [
    `${name}: ${flags} metric 0 mtu 1500`,
    ...(description === undefined ? [] : [`\tdescription: ${description}`]),
    ...(kind === 'bridge' ? ['\toptions=0'] : ['\toptions=200009<RXCSUM,VLAN_MTU,RXCSUM_IPV6>']),
    `\tether ${ether ?? etherOf(found)}`,
    ...addresses(found, style),
    ...own,
    '\tnd6 options=29<PERFORMNUD,IFDISABLED,AUTO_LINKLOCAL>',
  ]
}

function etherOf({ kind, pair = 0, name }: Interface): string {
  const last = (pair % 256).toString(16).padStart(2, '0')
  return kind === 'bridge' ? `58:9c:fc:10:00:${last}` : `02:00:00:00:${last}:${name.endsWith('b') ? '0b' : '0a'}`
}

function addresses(found: Interface, { cidr = false, only }: Style): string[] {
  const shown = found.aliases.filter(({ address }) => only?.includes(address) ?? true)
  return shown.map(({ address, prefix }) =>
    cidr ? `\tinet ${address}/${prefix}` : `\tinet ${address} netmask ${netmask(prefix)}${broadcast(found, address, prefix)}`,
  )
}

function netmask(prefix: number): string {
  return `0x${maskOf(prefix).toString(16).padStart(8, '0')}`
}

function maskOf(prefix: number): number {
  return prefix === 0 ? 0 : (0xffffffff << (32 - prefix)) >>> 0
}

function broadcast({ kind }: Interface, address: string, prefix: number): string {
  if (kind === undefined) return ''
  const number = address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0)
  const last = (number | ~maskOf(prefix)) >>> 0
  return ` broadcast ${[24, 16, 8, 0].map((shift) => (last >>> shift) & 255).join('.')}`
}
