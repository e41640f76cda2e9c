import type { JailMount } from '../../../core/jail.ts'
import { encodedValue, marker, plainName, plainValue } from './configuration.ts'
import { type JailRecord, recordText } from './record.ts'
import { settingWord } from './settings.ts'

/** A NAME.conf of ours, all of it: what is in none of these is not in the file. */
export interface JailFile {
  name: string
  root: string
  hostname: string
  network: SharedNetwork | OwnNetwork
  consoleLog?: string
  /** Of settings.ts. */
  settings: Readonly<Record<string, string>>
  mounts: readonly JailMount[]
  record: JailRecord
}

/** The host's stack, with addresses that come and go with the jail: `lo1|10.0.0.5/32`. */
interface SharedNetwork {
  kind: 'shared'
  addresses: readonly string[]
}

/** A stack of its own (vnet), by one end of an epair whose other end is in a bridge. */
interface OwnNetwork {
  kind: 'own'
  bridge: string
  /** The number of the pair. */
  epair: number
  /** With its prefix, as ifconfig takes it. */
  address: string
}

/**
 * The whole NAME.conf. Nothing in it is inherited from jail.conf, since `jail -f NAME.conf` does not read that. A kernel that knows no `meta`
 * would not start a jail that has one: there the record is a comment.
 */
export function jailConfiguration(file: JailFile, hasMeta: boolean): string {
  const lines = [
    parameter('path', file.root),
    parameter('host.hostname', file.hostname),
    ...recordLine(file.record, hasMeta),
    ...networkLines(file.network),
    'mount.devfs',
    ...file.mounts.map((mount) => `mount += "${mountLine(file.root, mount)}"`),
    'exec.clean',
    ...(file.network.kind === 'own' ? ownStart(file.network) : ['exec.start = "/bin/sh /etc/rc"']),
    'exec.stop = "/bin/sh /etc/rc.shutdown jail"',
    ...(file.consoleLog === undefined ? [] : [parameter('exec.consolelog', file.consoleLog)]),
    ...Object.entries(file.settings).toSorted(byProperty).map(settingLine),
    'persist',
  ]
  return `${marker} made this file and writes it anew as a whole; keep your own jails in other files
${plainName(file.name)} {
${lines.map((line) => `  ${line};\n`).join('')}}
`
}

/** A line of fstab(5). */
export function mountLine(root: string, { from, on, readOnly }: JailMount): string {
  return `${plainValue(from)} ${plainValue(root)}${plainValue(on)} nullfs ${readOnly ? 'ro' : 'rw'} 0 0`
}

export function epairEnd({ epair }: Pick<OwnNetwork, 'epair'>, end: 'a' | 'b'): string {
  return `epair${epair}${end}`
}

function parameter(name: string, value: string): string {
  return `${name} = "${plainValue(value)}"`
}

function recordLine(record: JailRecord, hasMeta: boolean): string[] {
  const text = recordText(record)
  return text === '' ? [] : [`${hasMeta ? '' : '# '}meta.jailops = "${encodedValue(text)}"`]
}

function networkLines(network: JailFile['network']): string[] {
  if (network.kind === 'shared') {
    return network.addresses.length === 0 ? [] : [`ip4.addr = ${network.addresses.map((one) => `"${plainValue(one)}"`).join(', ')}`]
  }
  const [outside, inside] = [epairEnd(network, 'a'), epairEnd(network, 'b')]
  return [
    'vnet',
    parameter('vnet.interface', inside),
    `exec.prestart = "/sbin/ifconfig epair${network.epair} create"`,
    `exec.prestart += "/sbin/ifconfig ${plainValue(network.bridge)} addm ${outside}"`,
    `exec.prestart += "/sbin/ifconfig ${outside} up"`,
    `exec.poststop = "/sbin/ifconfig ${outside} destroy"`,
  ]
}

function ownStart(network: OwnNetwork): string[] {
  return [
    `exec.start = "/sbin/ifconfig ${epairEnd(network, 'b')} inet ${plainValue(network.address)} up"`,
    'exec.start += "/bin/sh /etc/rc"',
  ]
}

function byProperty([one]: [string, string], [other]: [string, string]): number {
  return one < other ? -1 : 1
}

function settingLine([property, value]: [string, string]): string {
  const [word = '', ...values] = settingWord(property, value).split('=')
  return values.length === 0 ? word : parameter(word, values.join('='))
}
