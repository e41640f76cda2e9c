import type { Call } from '../call.ts'
import type { Host } from '../host.ts'
import { parseOptions, usage } from './options.ts'
import type { Pool } from './pool.ts'
import { fullName, isKnown, isUserProperty, orderOfAll, orderOfSnapshot } from './property-table.ts'
import { readDepth, readTypes, selectNodes } from './select.ts'
import { nodeName, valueOf, type Node } from './values.ts'

const fields = ['name', 'property', 'value', 'source']

/** zfs get. */
export function get(host: Host, pool: Pool, call: Call, args: string[]): number {
  const options = parseOptions('get', args, 'Hprd:o:t:s:')
  const { flags } = options
  const [asked = '', ...names] = options.operands
  if (asked === '') throw usage('get', 'missing property argument')
  const columns = readFields(options.value('o'))
  const sources = options.value('s')?.split(',')
  const properties = asked.split(',').map(fullName)
  for (const name of properties) if (name !== 'all' && !isKnown(name)) throw usage('get', `bad property list: invalid property '${name}'`)
  const types = readTypes('get', options.value('t')) ?? (names.length === 0 ? new Set(['filesystem', 'snapshot']) : undefined)
  let code = 0
  const depth = readDepth('get', flags, options.value('d')) ?? (names.length === 0 ? Infinity : 0)
  const all = names.length > 0 ? names : pool.datasets.filter(({ name }) => !name.includes('/')).map(({ name }) => name)
  const wanted = { types: types ?? (depth > 0 ? new Set(['filesystem', 'snapshot']) : undefined), depth }
  const nodes = selectNodes(host, pool, all, wanted, (mistake) => {
    call.err(`${mistake}\n`)
    code = 1
  })
  const rows = nodes.flatMap((node) =>
    propertiesOf(host, pool, node, properties).flatMap((property) => {
      const { value, source } = valueOf(host, pool, node, property, flags.has('p'))
      const kind = source === '-' ? 'none' : (source.split(' ')[0] ?? '')
      if (sources !== undefined && !sources.includes(kind)) return []
      return [{ name: nodeName(node), property, value, source }]
    }),
  )
  const texts = rows.map((row) => columns.map((column) => new Map(Object.entries(row)).get(column) ?? ''))
  call.out(flags.has('H') ? texts.map((row) => `${row.join('\t')}\n`).join('') : table(columns, texts))
  return code
}

function readFields(text: string | undefined): string[] {
  if (text === undefined || text === 'all') return fields
  const columns = text.split(',')
  const odd = columns.find((each) => !fields.includes(each) && each !== 'received')
  if (odd !== undefined) throw usage('get', `invalid column name '${odd}'`)
  return columns
}

/** `all`: what is known of its kind, and what users set. */
function propertiesOf(host: Host, pool: Pool, node: Node, properties: string[]): string[] {
  return properties.flatMap((property) => {
    if (property !== 'all') return [property]
    const native = node.snapshot === undefined ? orderOfAll : orderOfSnapshot
    const users = new Set(pool.datasets.flatMap((each) => [each, ...each.snapshots]).flatMap((each) => Object.keys(each.properties)))
    const own = [...users].filter((name) => isUserProperty(name) && valueOf(host, pool, node, name, false).value !== '-')
    const isShown = (name: string) => name !== 'origin' || node.dataset.origin !== undefined
    return [...native.filter(isShown), ...own.toSorted()]
  })
}

function table(columns: string[], rows: string[][]): string {
  const head = columns.map((name) => name.toUpperCase())
  const widths = columns.map((_, at) => Math.max(...[head, ...rows].map((row) => (row[at] ?? '').length)))
  const line = (row: string[]) => row.map((text, at) => (at === row.length - 1 ? text : text.padEnd(widths[at] ?? 0))).join('  ')
  return rows.length === 0 ? '' : [head, ...rows].map((row) => `${line(row)}\n`).join('')
}
