import type { Answer, Card } from '../core/card.ts'
import { showTime } from '../core/until.ts'
import { attachedOf } from './fan-out-attached.ts'

/** What one host said to a question that all were asked: its answer, or the sentence by which it refused. */
export type HostSaid = { answer: Answer } | { sentence: string; reason?: string }

export interface AskedOfAll {
  /** As it could have been typed. */
  line: string
  /** Everybody who was asked, in the order in which rows are shown. */
  hosts: readonly HostAsked[]
  said: ReadonlyMap<string, HostSaid>
  /** Where the hours are of, such as `Europe/Berlin`. */
  zone: string
  /** Set once nobody is waited for any more: how long that was. */
  waitedSeconds?: number
}

export interface HostAsked {
  name: string
  /** Milliseconds since 1970, 0 if never. */
  seenAt: number
  isAway: boolean
}

type Answered = { host: string; answer: Answer }
type Table = NonNullable<Answer['table']>
type Sentence = { name: string; sentence: string }

/** Hosts in one list, lines of one kind: what is more is counted. */
const most = 20

/**
 * The answers of all hosts as one. Who said nothing is named as just that: nothing is concluded from silence. Pictures and files are for the
 * end: with every edit before it, others would go up beside those that are there.
 */
export function answerOfAll(asked: AskedOfAll): Answer {
  const { line, hosts, said } = asked
  const answered: Answered[] = []
  const refused: Sentence[] = []
  for (const { name: host } of hosts) {
    const one = said.get(host)
    if (one === undefined) continue
    if ('answer' in one) answered.push({ host, answer: one.answer })
    else refused.push({ name: host, sentence: one.sentence })
  }
  const tables = answered.some(({ answer }) => answer.table !== undefined)
  const table = tables ? rowsOfAll(answered) : oneRowAHost(answered)
  const fields = tables ? fieldsOfAll(answered) : []
  const { charts, files, without } = attachedOf(asked.waitedSeconds === undefined ? [] : answered)
  const leftOut = [...leftOff('charts', without.charts), ...leftOff('files', without.files)]
  const text = [...silent(asked), ...leftOut, ...grouped(refused), ...grouped(answered.flatMap(inWords))].join('\n')
  const count = `${hosts.length} ${hosts.length === 1 ? 'host' : 'hosts'}`
  return {
    title: `/${line} on ${answered.length === hosts.length ? count : `${answered.length} of ${count}`}`,
    ...(text !== '' && { text }),
    ...(fields.length > 0 && { fields }),
    ...(table !== undefined && { table }),
    ...(charts.length > 0 && { charts }),
    ...(files.length > 0 && { files }),
  }
}

function silent({ hosts, said, zone, waitedSeconds }: AskedOfAll): string[] {
  const missing = hosts.filter(({ name }) => !said.has(name))
  const slow = missing.filter(({ isAway }) => !isAway)
  const away = missing.filter(({ isAway }) => isAway)
  const answered = waitedSeconds === undefined ? 'not answered yet' : `not answered within ${waitedSeconds} s`
  const lastSeen = ({ name, seenAt }: HostAsked) => `${name} (${seenAt === 0 ? 'never seen' : `last seen ${showTime(seenAt, zone)}`})`
  return [
    ...(slow.length > 0 ? [`Slow, ${answered}: ${listed(slow, ({ name }) => name)}.`] : []),
    ...(away.length > 0 ? [`Away, ${answered}, hours of ${zone}: ${listed(away, lastSeen)}.`] : []),
    ...(missing.length > 0 && waitedSeconds !== undefined ? ['Look whether the worker there runs, then ask again.'] : []),
  ]
}

function leftOff(what: 'charts' | 'files', hosts: readonly string[]): string[] {
  const named = listed(
    hosts.map((name) => ({ name })),
    ({ name }) => name,
  )
  return hosts.length === 0 ? [] : [`No more ${what} go with one message. Left out are those of ${named}; ask one host alone by host:NAME.`]
}

/** All tables below one another; a column that only some hosts know is empty for the others. */
function rowsOfAll(answered: readonly Answered[]): Table | undefined {
  const tables = answered.flatMap(({ host, answer: { table } }) =>
    table === undefined || table.rows.length === 0 ? [] : [{ host, table }],
  )
  const columns: string[] = [...(tables[0]?.table.columns ?? [])]
  for (const { table } of tables) columns.push(...table.columns.filter((column) => !columns.includes(column)))
  if (columns.length === 0) return undefined
  const rows = tables.flatMap(({ host, table }) => {
    // by place before by name: two columns of one table may be named alike
    const places = columns.map((column, index) => (table.columns[index] === column ? index : table.columns.indexOf(column)))
    return table.rows.map((row) => [host, ...places.map((place) => row[place] ?? '')])
  })
  return { columns: ['Host', ...columns], rows }
}

function oneRowAHost(answered: readonly Answered[]): Table | undefined {
  const having = answered.flatMap(({ host, answer: { fields = [] } }) => (fields.length === 0 ? [] : [{ host, fields }]))
  const names = namesIn(having.flatMap(({ fields }) => fields))
  if (names.length === 0) return undefined
  const rows = having.map(({ host, fields }) => [host, ...names.map((name) => valueOf(fields, name))])
  return { columns: ['Host', ...names], rows }
}

/** What the answers say beside their tables, such as what is in the trash. */
function fieldsOfAll(answered: readonly Answered[]): Card['fields'] {
  return namesIn(answered.flatMap(({ answer: { fields = [] } }) => fields)).map((name) => {
    const lines = answered.flatMap(({ host, answer: { fields = [] } }) => {
      const value = valueOf(fields, name)
      return value === '' ? [] : [`${host}: ${value}`]
    })
    return { name, value: atMost(lines, (more) => `and on ${more} more`).join('\n') }
  })
}

/** What no row says: a title where there are no rows, and the text. */
function inWords({ host, answer: { title, text, table } }: Answered): Sentence[] {
  const parts = [table !== undefined && table.rows.length > 0 ? '' : title, text ?? ''].filter((part) => part !== '')
  const between = parts.some((part) => part.includes('\n')) ? '\n' : '. '
  return parts.length === 0 ? [] : [{ name: host, sentence: parts.join(between) }]
}

/** Hosts that say the same share a line, or all lines of it. */
function grouped(said: readonly Sentence[]): string[] {
  const saying = Map.groupBy(said, ({ sentence }) => linesOf(sentence).join('\n'))
  const blocks = [...saying].map(([text, hosts]) =>
    block(
      listed(hosts, ({ name }) => name),
      text.split('\n'),
    ),
  )
  const more = blocks.slice(most).flat().length
  const rest = more === 0 ? [] : [`… and ${more} more ${more === 1 ? 'line' : 'lines'}; ask one host alone by host:NAME.`]
  return [...blocks.slice(0, most).flat(), ...rest]
}

/** What can be pasted stays a line; of a sentence in one line, white space means nothing. */
function linesOf(sentence: string): string[] {
  const lines = sentence.split(/[\n\v\f\r\u2028\u2029]/).filter((line) => line.trim() !== '')
  return lines.length > 1 ? lines.map((line) => line.trimEnd()) : lines.map((line) => line.replaceAll(/\s+/g, ' ').trim())
}

/** Indented, so that no line of one host passes for what another one says. */
function block(names: string, lines: readonly string[]): string[] {
  return lines.length > 1 ? [`${names}:`, ...lines.map((line) => `  ${line}`)] : [`${names}: ${lines.join('')}`]
}

const byName = new Intl.Collator('en', { numeric: true }).compare

function listed<Host extends { name: string }>(hosts: readonly Host[], show: (host: Host) => string): string {
  const first = hosts.toSorted((a, b) => byName(a.name, b.name)).slice(0, most)
  return `${first.map(show).join(', ')}${hosts.length > most ? ` and ${hosts.length - most} more` : ''}`
}

function atMost(lines: readonly string[], rest: (more: number) => string): string[] {
  return lines.length > most ? [...lines.slice(0, most), rest(lines.length - most)] : [...lines]
}

function namesIn(fields: Card['fields']): string[] {
  return [...new Set(fields.map(({ name }) => name))]
}

function valueOf(fields: Card['fields'], name: string): string {
  return fields
    .filter((field) => field.name === name)
    .map(({ value }) => value)
    .join(', ')
}
