import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Call } from '../call.ts'
import type { Host } from '../host.ts'
import { refuse } from '../refuse.ts'
import { readWords } from './click.ts'
import { defaults, fullConfig, isTrue, text, type Config } from './config.ts'
import { iocRoot, jailsIn, runningJail, type Jail } from './jails.ts'
import { info, IocageError, run } from './speech.ts'
import { drawTable } from './table.ts'

const usage = '[OPTIONS]'

const flags: Record<string, string> = {
  '-r': 'base',
  '-b': 'base',
  '--release': 'base',
  '--base': 'base',
  '-B': 'basejail',
  '--basejails': 'basejail',
  '-t': 'template',
  '--template': 'template',
  '-h': 'tabs',
  '-H': 'tabs',
  '--header': 'tabs',
  '-l': 'long',
  '--long': 'long',
  '-q': 'quick',
  '--quick': 'quick',
  '-R': 'remote',
  '--remote': 'remote',
  '-P': 'plugins',
  '--plugins': 'plugins',
}

const longHead = ['JID', 'NAME', 'BOOT', 'STATE', 'TYPE', 'RELEASE', 'IP4', 'IP6', 'TEMPLATE', 'BASEJAIL']
const shortHead = ['JID', 'NAME', 'STATE', 'RELEASE', 'IP4']

/** iocage list. */
export async function list(host: Host, call: Call, args: string[]): Promise<void> {
  const words = readWords('list', args, { flags, values: { '-s': 'sort', '--sort': 'sort' }, usage })
  const has = (name: string) => words.flags.has(name)
  if (has('remote') || has('plugins')) refuse('iocage', 'list of what others offer is not imitated here')
  if (has('base'))
    return print(
      call,
      has('tabs'),
      ['Bases fetched'],
      releases(host).map((name) => [name]),
    )
  const jails = await jailsIn(host, call, has('template') ? 'templates' : 'jails')
  const rows: { jail: Jail; config: Config; isCorrupt: boolean }[] = []
  for (const jail of jails) {
    const row = readRow(jail)
    if (!has('basejail') || isTrue(row.config['basejail'])) rows.push(row)
  }
  if (has('quick'))
    return print(
      call,
      has('tabs'),
      ['NAME', 'IP4'],
      rows.map(({ config }) => [text(config, 'host_hostuuid'), text(config, 'ip4_addr')]),
    )
  const cells: string[][] = []
  for (const row of rows) cells.push(await cellsOf(host, call, row, has('long')))
  const head = has('long') ? longHead : shortHead
  const column = head.indexOf((words.value('sort') ?? 'name').toUpperCase())
  cells.sort((one, other) => compare(one[Math.max(column, 0)] ?? '', other[Math.max(column, 0)] ?? ''))
  return print(call, has('tabs'), head, cells)
}

export function releases(host: Host): string[] {
  return readdirSync(join(iocRoot(host), 'releases')).toSorted()
}

/** A jail whose config.json cannot be read is listed with nothing known of it. */
function readRow(jail: Jail): { jail: Jail; config: Config; isCorrupt: boolean } {
  try {
    return { jail, config: fullConfig(jail.folder), isCorrupt: false }
  } catch (error) {
    if (!(error instanceof IocageError)) throw error
    const nothing = Object.fromEntries(Object.keys(defaults).map((name) => [name, 'N/A']))
    return { jail, config: { ...nothing, host_hostuuid: jail.name }, isCorrupt: true }
  }
}

async function cellsOf(host: Host, call: Call, row: { jail: Jail; config: Config; isCorrupt: boolean }, long: boolean): Promise<string[]> {
  const { jail, config, isCorrupt } = row
  const name = text(config, 'host_hostuuid')
  const jid = runningJail(host, name)?.jid
  const state = isCorrupt ? 'CORRUPT' : jid === undefined ? 'down' : 'up'
  const shown = isCorrupt ? '-' : String(jid ?? 'None')
  const address = orDash(text(config, 'ip4_addr'))
  const release = text(config, 'release')
  if (!long)
    return [jid === undefined ? 'None' : shown, shortName(name), state, release.split('-').slice(0, 2).join('-'), shortAddress(address)]
  const boot = isTrue(config['boot']) ? 'on' : 'off'
  const basejail = isTrue(config['basejail']) ? 'yes' : 'no'
  const template = config['type'] === 'template' ? '-' : await templateOf(host, call, jail)
  return [shown, name, boot, state, text(config, 'type'), release, address, orDash(text(config, 'ip6_addr')), template, basejail]
}

async function templateOf(host: Host, call: Call, jail: Jail): Promise<string> {
  const { out } = await run(host, call, 'zfs', ['get', '-H', '-o', 'value', 'origin', `${jail.dataset}/root`])
  const name = /\/([^/]+)\/root@/.exec(out)?.[1] ?? '-'
  return /release|stable/i.test(name) ? '-' : name
}

function shortAddress(address: string): string {
  const parts = address.split(',')
  return parts.every((part) => part.includes('|')) ? parts.map((part) => part.split('|')[1]?.split('/')[0] ?? '').join(',') : address
}

/** Only a true UUID is cut short. */
function shortName(name: string): string {
  return /^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$/.test(name) ? name.slice(0, 8) : name
}

function orDash(value: string): string {
  return value === 'none' ? '-' : value
}

function compare(one: string, other: string): number {
  return one.toLowerCase() < other.toLowerCase() ? -1 : one.toLowerCase() > other.toLowerCase() ? 1 : 0
}

function print(call: Call, tabs: boolean, head: string[], rows: string[][]): void {
  if (!tabs) return info(call, drawTable(head, rows))
  for (const row of rows) info(call, row.join('\t'))
  return undefined
}
