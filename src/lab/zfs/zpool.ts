import type { Call } from '../call.ts'
import type { Host } from '../host.ts'
import { refuse } from '../refuse.ts'
import { wordsOf } from '../words.ts'
import { niceBytes } from './numbers.ts'
import { loadPool, poolName, type Pool } from './pool.ts'
import { allocated, poolBytes } from './values.ts'

const usual = wordsOf('name size allocated free checkpoint expandsize fragmentation capacity dedupratio health altroot')
const short: Record<string, string> = {
  alloc: 'allocated',
  ckpoint: 'checkpoint',
  expandsz: 'expandsize',
  frag: 'fragmentation',
  cap: 'capacity',
  dedup: 'dedupratio',
}
const heads: Record<string, string> = {
  allocated: 'ALLOC',
  checkpoint: 'CKPOINT',
  expandsize: 'EXPANDSZ',
  fragmentation: 'FRAG',
  capacity: 'CAP',
  dedupratio: 'DEDUP',
}

/** zpool(8): list, status and get of the one pool. */
export function zpool(host: Host, call: Call): number {
  const [command = '', ...args] = call.args
  const flags = new Set<string>()
  let columns: string | undefined
  while (/^-./.test(args[0] ?? '')) {
    const flag = args.shift() ?? ''
    if (flag === '-o') columns = args.shift()
    else for (const letter of flag.slice(1)) flags.add(letter)
  }
  const odd = [...flags].find((letter) => !'Hpx'.includes(letter))
  if (odd !== undefined || !['list', 'status', 'get'].includes(command))
    return refuse('zpool', `${call.args.join(' ')} is not imitated here`)
  const asked = command === 'get' ? args.shift() : undefined
  const unknown = args.find((name) => name !== poolName)
  if (unknown !== undefined) {
    call.err(`cannot open '${unknown}': no such pool\n`)
    return 1
  }
  if (command === 'status') return status(call, flags)
  const values = valuesOf(host, loadPool(host.paths), flags.has('p'))
  const names = ((command === 'get' ? asked : columns) ?? usual.join(',')).split(',').map((name) => short[name] ?? name)
  const wrong = names.find((name) => name !== 'all' && !values.has(name))
  if (wrong !== undefined) {
    call.err(`bad property list: invalid property '${wrong}'\nusage:\n\t${command}\n`)
    return 2
  }
  const isScripted = flags.has('H')
  call.out(command === 'list' ? list(names, values, isScripted) : get(names, values, isScripted, columns))
  return 0
}

function valuesOf(host: Host, pool: Pool, exact: boolean): Map<string, string> {
  const used = allocated(host, pool)
  const size = (bytes: number) => (exact ? String(bytes) : niceBytes(bytes))
  const percent = Math.floor((used * 100) / poolBytes)
  return new Map([
    ['name', poolName],
    ['size', size(poolBytes)],
    ['allocated', size(used)],
    ['free', size(poolBytes - used)],
    ['checkpoint', '-'],
    ['expandsize', '-'],
    ['fragmentation', exact ? '0' : '0%'],
    ['capacity', exact ? String(percent) : `${percent}%`],
    ['dedupratio', exact ? '1.00' : '1.00x'],
    ['health', 'ONLINE'],
    ['altroot', host.paths.host],
    ['guid', pool.guid],
    ['readonly', 'off'],
    ['bootfs', `${poolName}/ROOT/default`],
    ['failmode', 'wait'],
    ['autotrim', 'off'],
    ['cachefile', 'none'],
  ])
}

function list(names: string[], values: Map<string, string>, isScripted: boolean): string {
  const row = names.map((name) => values.get(name) ?? '-')
  if (isScripted) return `${row.join('\t')}\n`
  const head = names.map((name) => heads[name] ?? name.toUpperCase())
  const widths = names.map((name, at) => Math.max(head[at]?.length ?? 0, row[at]?.length ?? 0, isLeft(name) ? 0 : 5))
  const line = (texts: string[]) =>
    texts
      .map((text, at) =>
        isLeft(names[at]) ? (at === texts.length - 1 ? text : text.padEnd(widths[at] ?? 0)) : text.padStart(widths[at] ?? 0),
      )
      .join('  ')
  return `${line(head)}\n${line(row)}\n`
}

function isLeft(name: string | undefined): boolean {
  return name === 'name' || name === 'altroot' || name === 'health'
}

const chosen = new Set(['altroot', 'bootfs', 'cachefile'])

function get(names: string[], values: Map<string, string>, isScripted: boolean, columns: string | undefined): string {
  const wanted = (columns ?? 'name,property,value,source').split(',')
  const all = names.includes('all') ? [...values.keys()].filter((name) => name !== 'name') : names
  const settings = new Set(['failmode', 'autotrim'])
  const rows = all.map((property) => {
    const source = chosen.has(property) ? 'local' : settings.has(property) ? 'default' : '-'
    const fields = new Map([
      ['name', poolName],
      ['property', property],
      ['value', values.get(property) ?? '-'],
      ['source', source],
    ])
    return wanted.map((field) => fields.get(field) ?? '')
  })
  if (isScripted) return rows.map((row) => `${row.join('\t')}\n`).join('')
  const lines = [wanted.map((field) => field.toUpperCase()), ...rows]
  const widths = wanted.map((_, at) => Math.max(...lines.map((line) => line[at]?.length ?? 0)))
  return lines
    .map((line) => `${line.map((text, at) => (at === line.length - 1 ? text : text.padEnd(widths[at] ?? 0))).join('  ')}\n`)
    .join('')
}

function status(call: Call, flags: Set<string>): number {
  if (flags.has('x')) call.out(call.args.includes(poolName) ? `pool '${poolName}' is healthy\n` : 'all pools are healthy\n')
  else
    call.out(
      `  pool: ${poolName}\n state: ONLINE\nconfig:\n\n\tNAME        STATE     READ WRITE CKSUM\n\t${poolName}       ONLINE       0     0     0\n\t  vtbd0p3   ONLINE       0     0     0\n\nerrors: No known data errors\n`,
    )
  return 0
}
