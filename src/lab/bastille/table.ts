import type { KeySet } from './conf.ts'
import { linesOf, namesIn } from './files.ts'
import { orDash, userland, type JailInfo } from './jail-info.ts'
import type { Bastille } from './session.ts'

export type View = 'jails' | 'all' | 'ip' | 'path' | 'port' | 'state' | 'type'

export interface Widths {
  name: number
  address: number
  ports: number
  hostname: number
  release: number
}

interface Column {
  head: string
  width: (widths: Widths) => number
  value: (info: JailInfo) => string
}

const columns = {
  jid: { head: 'JID', width: () => 3, value: (info) => info.jid },
  name: { head: 'Name', width: ({ name }) => name, value: (info) => info.name },
  boot: { head: 'Boot', width: () => 4, value: (info) => info.boot },
  priority: { head: 'Prio', width: () => 4, value: (info) => info.priority },
  state: { head: 'State', width: () => 5, value: (info) => info.state },
  type: { head: 'Type', width: () => 5, value: (info) => info.type },
  address: { head: 'IP Address', width: ({ address }) => address, value: (info) => orDash(info.addresses[0] ?? '') },
  ports: { head: 'Published Ports', width: ({ ports }) => ports, value: (info) => info.ports },
  hostname: { head: 'Hostname', width: ({ hostname }) => hostname, value: (info) => info.hostname },
  release: { head: 'Release', width: ({ release }) => release, value: (info) => info.release },
  path: { head: 'Path', width: () => 0, value: (info) => info.path },
  tags: { head: 'Tags', width: () => 0, value: (info) => info.tags },
} satisfies Record<string, Column>

type ColumnName = keyof typeof columns

const views: Record<View, ColumnName[]> = {
  jails: ['jid', 'name', 'boot', 'priority', 'state', 'type', 'address', 'ports', 'release', 'tags'],
  all: ['jid', 'boot', 'priority', 'state', 'address', 'ports', 'hostname', 'release', 'path'],
  ip: ['jid', 'name', 'address'],
  path: ['jid', 'name', 'path'],
  port: ['jid', 'name', 'ports'],
  state: ['jid', 'name', 'state'],
  type: ['jid', 'name', 'type'],
}

const aliases: Record<string, View> = {
  all: 'all',
  ip: 'ip',
  ips: 'ip',
  path: 'path',
  paths: 'path',
  rdr: 'port',
  port: 'port',
  ports: 'port',
  state: 'state',
  status: 'state',
  type: 'type',
  jailtype: 'type',
}

export function viewNamed(word: string): View | undefined {
  return Object.hasOwn(aliases, word) ? aliases[word] : undefined
}

export function widthsOf(bastille: Bastille): Widths {
  const { jails } = bastille.conf
  const confs = namesIn(bastille, jails).map((name) => linesOf(bastille, `${jails}/${name}/jail.conf`))
  const values = (parameter: string) => confs.flatMap((lines) => lines.filter((line) => line.trim().startsWith(`${parameter} = `)))
  const addresses = values('ip4.addr').map((line) => line.replace(/^.*[|=] ?/, '').replace(/[/;].*/, ''))
  const hostnames = values('host.hostname').map((line) => line.replace(/^.* = /, '').replace(/;$/, ''))
  const releases = namesIn(bastille, bastille.conf.releases).map((name) => userland(bastille, `${bastille.conf.releases}/${name}`) ?? '')
  const names = confs.map((lines) => lines.find((line) => line.endsWith(' {'))?.split(' ')[0] ?? '')
  return {
    name: longest(names, 3),
    address: longest(addresses, 10),
    ports: 15,
    hostname: longest(hostnames, 8),
    release: longest(releases, 7),
  }
}

function longest(texts: string[], least: number): number {
  return Math.max(least, ...texts.map(({ length }) => length))
}

/** HEAD writes all in capitals; it gives `list all` a name's heading and no name. */
function headings(view: View, keys: KeySet): string[] {
  const heads = views[view].map((name) => columns[name].head)
  if (keys !== 'head') return heads
  const capitals = heads.map((head) => (head === 'Published Ports' ? 'PORTS' : head.toUpperCase()))
  return view === 'all' ? capitals.toSpliced(1, 0, 'NAME') : capitals
}

export function tableHead(view: View, widths: Widths, keys: KeySet): string {
  const names = views[view]
  const heads = headings(view, keys)
  const wide = (at: number) => columns[names[at + names.length - heads.length] ?? 'jid'].width(widths)
  return ` ${heads.map((head, at) => (at === heads.length - 1 ? head : head.padEnd(wide(at) + 2))).join('')}\n`
}

/** A second address stands on a line of its own, unless the row is for JSON. */
export function tableRows(view: View, info: JailInfo, widths: Widths, isJson: boolean): string {
  const names = views[view]
  const isWhole = isJson || view === 'ip'
  const shown: JailInfo = isWhole ? { ...info, addresses: [info.addresses.join(',')] } : info
  const cells = names.map((name) => columns[name].value(shown).padEnd(columns[name].width(widths) + 2))
  if (isJson) return `${names.map((name) => columns[name].value(shown)).join(' ')}\n`
  const before = names.slice(0, names.indexOf('address'))
  const indent = before.reduce((sum, name) => sum + columns[name].width(widths) + 2, 0)
  const more = names.includes('address') && !isWhole ? shown.addresses.slice(1) : []
  return ` ${cells.join('').trimEnd()}\n` + more.map((address) => `${' '.repeat(indent + 1)}${address}\n`).join('')
}

/**
 * `list -j`: the table, made JSON by awk that counts words. May 2025 left a comma at the end (bastille#1043), 1.4.4 tells no name in
 * `all`, HEAD shifts its columns there.
 */
export function jsonOf(view: View, rows: string[], keys: KeySet): string {
  const names = headings(view, keys).map((head) => (keys === 'may-2025' ? head.replaceAll(' ', '_') : head))
  const objects = rows.map((row) => {
    const words = row.trim().split(/\s+/)
    return `  {${names.map((name, at) => `"${name}":"${words[at] ?? ''}"`).join(',')}}`
  })
  return keys === 'may-2025' ? `[\n${objects.map((each) => `${each},\n`).join('')}]\n` : `[\n${objects.join(',\n')}\n]\n`
}
