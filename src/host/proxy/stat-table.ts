import { JailopsError } from '../../core/errors.ts'
import type { BackendFigures } from '../../core/proxy-status.ts'

/**
 * What HAProxy says of itself, and its table of frontends and backends, as text: of 10,000 rows only a few are ever looked at more than once.
 * Its counts begin anew with each process, so at every reload.
 */
export interface StatTable {
  /** Such as `2.6.12`; undefined where it does not say that. */
  info(name: string): string | undefined
  /** What came in, whoever answered it. */
  front: FrontFigures
  /** Each backend once, by its name. The figures are one object, whose values change from call to call: who keeps them keeps a copy. */
  each(visit: (name: string, figures: Readonly<StatFigures>) => void): void
  figures(backend: string): StatFigures | undefined
}

type FrontFigures = Pick<BackendFigures, 'sessions' | 'rate' | 'requests' | 'errors4xx' | 'errors5xx'>

export interface StatFigures extends BackendFigures {
  /** What its last 1024 requests took on average, in ms; 0: it had none. */
  milliseconds: number
}

/** Frontends and backends only: at 10,000 backends 40 ms of HAProxy's time; with their servers it would be three times as much. */
export const statQuestion = 'show info; show stat -1 3 -1\n'

const [ofBackends, ofFrontends] = [
  ['scur', 'rate', 'stot', 'hrsp_4xx', 'hrsp_5xx', 'qcur', 'downtime', 'lastchg', 'status', 'act', 'bck', 'ttime'],
  ['scur', 'req_rate', 'req_tot', 'hrsp_4xx', 'hrsp_5xx'],
] as const
type Column = (typeof ofBackends)[number] | (typeof ofFrontends)[number]

/** @param answer to the question */
export function readStatTable(answer: string): StatTable {
  const begin = answer.indexOf('# pxname,')
  if (begin < 0) throw statNotUnderstood(answer)
  const [about, text] = [answer.slice(0, begin), answer.slice(begin)]
  const titles = text.slice(0, lineEnd(text, 0)).replace(/^# /, '').split(',')
  const placesOf = (columns: readonly Column[]) =>
    columns.map((column) => ({ column, at: titles.indexOf(column) })).toSorted((a, b) => a.at - b.at)
  const [backendColumns, frontendColumns] = [placesOf(ofBackends), placesOf(ofFrontends)]
  const isWhole = [backendColumns, frontendColumns].every(([first]) => first !== undefined && first.at >= 0)
  if (!text.startsWith('# pxname,svname,') || !isWhole) throw statNotUnderstood(text)
  const rowAt = rowReader(text, backendColumns)
  const frontAt = rowReader(text, frontendColumns)
  const row = { ...empty }
  const front = { sessions: 0, rate: 0, requests: 0, errors4xx: 0, errors5xx: 0 }
  eachLine(text, (start, end) => {
    if (isKind(text, start, 'FRONTEND')) addTo(front, frontAt(start, end, row))
  })
  return {
    info: (name) => infoIn(about, name),
    front,
    each(visit) {
      const figures = { ...noFigures }
      eachLine(text, (start, end) => {
        if (!isKind(text, start, 'BACKEND')) return
        visit(text.slice(start, text.indexOf(',', start)), fill(figures, rowAt(start, end, row)))
      })
    },
    figures(backend) {
      const found = text.indexOf(`\n${backend},BACKEND,`)
      return found < 0 ? undefined : fill({ ...noFigures }, rowAt(found + 1, lineEnd(text, found + 1), row))
    },
  }
}

/**
 * Goes from comma to comma, up to the last column that is wanted, and makes no text of any: cut into fields, 10,000 rows are half a million
 * strings. Before those columns nothing is quoted.
 */
function rowReader(text: string, wanted: readonly { column: Column; at: number }[]) {
  return (start: number, end: number, row: Record<Column, number>): Record<Column, number> => {
    Object.assign(row, empty)
    let [place, column] = [start, 0]
    for (const { column: name, at } of wanted) {
      for (; column < at && place > 0; column += 1) place = text.indexOf(',', place) + 1
      if (place === 0 || place > end) return row
      row[name] = name === 'status' ? Number(!text.startsWith('DOWN', place)) : numberAt(text, place)
    }
    return row
  }
}

const empty: Record<Column, number> = {
  scur: 0,
  rate: 0,
  stot: 0,
  hrsp_4xx: 0,
  hrsp_5xx: 0,
  qcur: 0,
  downtime: 0,
  lastchg: 0,
  status: 0,
  act: 0,
  bck: 0,
  ttime: 0,
  req_rate: 0,
  req_tot: 0,
}

/** The digits that stand there. */
function numberAt(text: string, start: number): number {
  let number = 0
  for (let at = start; ; at += 1) {
    const digit = text.charCodeAt(at) - 48
    if (!(digit >= 0 && digit <= 9)) return number
    number = number * 10 + digit
  }
}

export const noFigures: Readonly<StatFigures> = {
  sessions: 0,
  rate: 0,
  requests: 0,
  errors4xx: 0,
  errors5xx: 0,
  queue: 0,
  downSeconds: 0,
  since: 0,
  isUp: false,
  usable: 0,
  milliseconds: 0,
}

function addTo(front: Required<FrontFigures>, row: Record<Column, number>): void {
  front.sessions += row.scur
  front.rate += row.req_rate
  front.requests += row.req_tot
  front.errors4xx += row.hrsp_4xx
  front.errors5xx += row.hrsp_5xx
}

function fill(figures: StatFigures, row: Record<Column, number>): StatFigures {
  figures.sessions = row.scur
  figures.rate = row.rate
  figures.requests = row.stot
  figures.errors4xx = row.hrsp_4xx
  figures.errors5xx = row.hrsp_5xx
  figures.queue = row.qcur
  figures.downSeconds = row.downtime
  figures.since = row.lastchg
  figures.isUp = row.status === 1
  figures.usable = row.act + row.bck
  figures.milliseconds = row.ttime
  return figures
}

function eachLine(text: string, visit: (start: number, end: number) => void): void {
  for (let start = lineEnd(text, 0) + 1; start < text.length;) {
    const end = lineEnd(text, start)
    if (end > start) visit(start, end)
    start = end + 1
  }
}

function isKind(text: string, start: number, kind: string): boolean {
  return text.startsWith(`${kind},`, text.indexOf(',', start) + 1)
}

function lineEnd(text: string, start: number): number {
  const end = text.indexOf('\n', start)
  return end < 0 ? text.length : end
}

/** Of what HAProxy says of itself before the table. */
function infoIn(info: string, name: string): string | undefined {
  return new RegExp(`^${name}: (.*)$`, 'm').exec(info)?.[1]
}

export function statNotUnderstood(text: string): JailopsError {
  const [line = ''] = text.trim().split('\n', 1)
  return new JailopsError('step_failed', `HAProxy answered "show stat" with something else: ${line.slice(0, 200)}`)
}
