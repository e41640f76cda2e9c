import { JailopsError } from '../../core/errors.ts'
import type { BackendFigures, ServerStatus } from '../../core/proxy-status.ts'
import { columnsOf } from './csv.ts'

/** HAProxy's table of frontends and backends, as text: of 10,000 rows only a few are ever looked at more than once. */
export interface StatTable {
  requestsPerSecond: number
  /** Each backend once, by its name. The figures are one object, whose values change from call to call: who keeps them keeps a copy. */
  each(visit: (name: string, figures: Readonly<BackendFigures>) => void): void
  figures(backend: string): BackendFigures | undefined
}

const columns = ['scur', 'rate', 'stot', 'hrsp_4xx', 'hrsp_5xx', 'qcur', 'downtime', 'lastchg', 'status', 'act', 'bck', 'req_rate'] as const
type Column = (typeof columns)[number]

/** @param text what `show stat -1 3 -1` answers */
export function readStatTable(text: string): StatTable {
  const titles = text.slice(0, lineEnd(text, 0)).replace(/^# /, '').split(',')
  const wanted = columns.map((column) => ({ column, at: titles.indexOf(column) })).toSorted((a, b) => a.at - b.at)
  if (!text.startsWith('# pxname,svname,') || (wanted[0]?.at ?? -1) < 0) throw notUnderstood(text)
  const rowAt = rowReader(text, wanted)
  const row = { ...empty }
  let requestsPerSecond = 0
  eachLine(text, (start) => {
    if (isKind(text, start, 'FRONTEND')) requestsPerSecond += rowAt(start, text.length, row).req_rate
  })
  return {
    requestsPerSecond,
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
  req_rate: 0,
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

export const noFigures: Readonly<BackendFigures> = {
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
}

function fill(figures: BackendFigures, row: Record<Column, number>): BackendFigures {
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

const serverColumns = ['pxname', 'svname', 'status', 'check_status', 'check_code', 'check_duration', 'lastchg', 'addr']

/** What `show stat NAME 4 -1` answers, several times in a row: the servers of each backend. */
export function readServers(text: string): Map<string, ServerStatus[]> {
  const servers = new Map<string, ServerStatus[]>()
  let read: ReturnType<typeof columnsOf>
  for (const line of text.split('\n')) {
    if (line.startsWith('# pxname,')) read = columnsOf(line, serverColumns)
    else if (line !== '' && read !== undefined) {
      const [backend = '', name = '', status = '', checkStatus = '', code = '', milliseconds = '', since, address = ''] = read(line)
      const server = { name, address, status, check: checkText(checkStatus, code, milliseconds), since: Number(since) || 0 }
      servers.set(backend, [...(servers.get(backend) ?? []), server])
    }
  }
  return servers
}

/** `* L7OK` is HAProxy's way to say that the next check is under way. */
export function checkText(checkStatus: string, code: string, milliseconds: string): string {
  const status = checkStatus.replace(/^\* ?/, '')
  if (status === '') return 'no check'
  const withCode = code === '' || code === '0' ? status : `${status}/${code}`
  return milliseconds === '' ? withCode : `${withCode} in ${milliseconds} ms`
}

function notUnderstood(text: string): JailopsError {
  return new JailopsError('step_failed', `HAProxy answered "show stat" with something else: ${text.slice(0, 200).split('\n', 1)[0] ?? ''}`)
}
