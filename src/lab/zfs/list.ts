import type { Call } from '../call.ts'
import type { Host } from '../host.ts'
import { parseOptions, usage } from './options.ts'
import type { Pool } from './pool.ts'
import { fullName, isKnown, isUserProperty, readOnly, settable } from './property-table.ts'
import { readDepth, readTypes, selectNodes } from './select.ts'
import { valueOf, type Node } from './values.ts'

const usual = ['name', 'used', 'available', 'referenced', 'mountpoint']
const spaceColumns = ['name', 'available', 'used', 'usedbysnapshots', 'usedbydataset', 'usedbyrefreservation', 'usedbychildren']

/** zfs list. */
export function list(host: Host, pool: Pool, call: Call, args: string[]): number {
  const options = parseOptions('list', args, 'Hprd:o:t:s:S:')
  const { flags, operands } = options
  const types = readTypes('list', options.value('t'))
  const columns = (options.value('o')?.split(',') ?? usual).flatMap((name) => (name === 'space' ? spaceColumns : [fullName(name)]))
  for (const name of columns) if (!isKnown(name)) throw usage('list', `bad property list: invalid property '${name}'`)
  const asked = readDepth('list', flags, options.value('d'))
  const isSnapshotsOnly = types !== undefined && types.has('snapshot')
  const depth = operands.length === 0 ? Infinity : (asked ?? (isSnapshotsOnly ? 1 : 0))
  let code = 0
  const names = operands.length > 0 ? operands : pool.datasets.filter(({ name }) => !name.includes('/')).map(({ name }) => name)
  const nodes = selectNodes(host, pool, names, { types, depth: asked ?? depth }, (mistake) => {
    call.err(`${mistake}\n`)
    code = 1
  })
  sort(host, pool, nodes, args)
  if (nodes.length === 0) {
    if (code === 0 && !flags.has('H')) call.err('no datasets available\n')
    return code
  }
  const rows = nodes.map((node) => columns.map((column) => valueOf(host, pool, node, column, flags.has('p')).value))
  call.out(flags.has('H') ? rows.map((row) => `${row.join('\t')}\n`).join('') : table(columns, rows))
  return code
}

/** -s ascending, -S descending, the first one counts most. */
function sort(host: Host, pool: Pool, nodes: Node[], args: string[]): void {
  const keys: { property: string; down: boolean }[] = []
  for (const [index, arg] of args.entries()) {
    if (/^-s|^-S/.test(arg)) keys.push({ property: fullName(arg.slice(2) || (args[index + 1] ?? '')), down: arg.startsWith('-S') })
  }
  for (const { property } of keys) if (!isKnown(property)) throw usage('list', `invalid property '${property}'`)
  if (keys.length === 0) return
  const valued = nodes.map((node) => ({ node, values: keys.map(({ property }) => valueOf(host, pool, node, property, true).value) }))
  valued.sort((one, other) => {
    for (const [index, { down }] of keys.entries()) {
      const order = compare(one.values[index] ?? '', other.values[index] ?? '')
      if (order !== 0) return down ? -order : order
    }
    return 0
  })
  nodes.splice(0, nodes.length, ...valued.map(({ node }) => node))
}

function compare(one: string, other: string): number {
  if (/^[0-9]+$/.test(one) && /^[0-9]+$/.test(other)) return Number(BigInt(one) - BigInt(other))
  return one < other ? -1 : one > other ? 1 : 0
}

const heads: Record<string, string> = {
  available: 'AVAIL',
  referenced: 'REFER',
  reservation: 'RESERV',
  compression: 'COMPRESS',
  compressratio: 'RATIO',
  recordsize: 'RECSIZE',
  readonly: 'RDONLY',
  usedbysnapshots: 'USEDSNAP',
  usedbydataset: 'USEDDS',
  usedbychildren: 'USEDCHILD',
  usedbyrefreservation: 'USEDREFRESERV',
  logicalused: 'LUSED',
  logicalreferenced: 'LREFER',
}

const numbers = new Set([
  'creation',
  ...readOnly.filter((name) => /^(used|avail|refer|written|logical|guid|objset|createtxg|userrefs|.*ratio)/.test(name)),
])

function table(columns: string[], rows: string[][]): string {
  const head = columns.map((name) => (isUserProperty(name) ? name : (heads[name] ?? name)).toUpperCase())
  const isRight = columns.map((name) => (numbers.has(name) && name !== 'creation') || settable[name]?.isSize === true)
  const widths = columns.map((_, at) => Math.max(isRight[at] ? 5 : 0, ...[head, ...rows].map((row) => (row[at] ?? '').length)))
  const line = (row: string[]) =>
    row
      .map((text, at) => {
        if (isRight[at]) return text.padStart(widths[at] ?? 0)
        return at === row.length - 1 ? text : text.padEnd(widths[at] ?? 0)
      })
      .join('  ')
  return [head, ...rows].map((row) => `${line(row)}\n`).join('')
}
