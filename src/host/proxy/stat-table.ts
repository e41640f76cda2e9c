import { JailopsError } from '../../core/errors.ts'
import type { BackendFigures, ServerStatus } from '../../core/proxy-status.ts'
import { columnsOf } from './csv.ts'

/** HAProxy's table of frontends and backends, as text: of 10,000 rows only a few are ever looked at more than once. */
export interface StatTable {
  requestsPerSecond: number
  /** Each backend once, by its name. */
  each(visit: (name: string, figures: BackendFigures) => void): void
  figures(backend: string): BackendFigures | undefined
}

const columns = [
  'pxname',
  'svname',
  'scur',
  'rate',
  'stot',
  'hrsp_4xx',
  'hrsp_5xx',
  'qcur',
  'downtime',
  'lastchg',
  'status',
  'act',
  'bck',
  'req_rate',
]

/** @param text what `show stat -1 3 -1` answers */
export function readStatTable(text: string): StatTable {
  const read = columnsOf(text.slice(0, lineEnd(text, 0)), columns)
  if (read === undefined || !text.startsWith('# pxname,')) throw notUnderstood(text)
  const figuresAt = (start: number) => figuresOf(read(text.slice(start, lineEnd(text, start))))
  let requestsPerSecond = 0
  eachLine(text, (start) => {
    if (kindAt(text, start) === 'FRONTEND') requestsPerSecond += Number(read(text.slice(start, lineEnd(text, start))).at(-1)) || 0
  })
  return {
    requestsPerSecond,
    each(visit) {
      eachLine(text, (start) => {
        if (kindAt(text, start) === 'BACKEND') visit(text.slice(start, text.indexOf(',', start)), figuresAt(start))
      })
    },
    figures(backend) {
      const found = text.indexOf(`\n${backend},BACKEND,`)
      return found < 0 ? undefined : figuresAt(found + 1)
    },
  }
}

function figuresOf(fields: readonly string[]): BackendFigures {
  const [, , sessions, rate, requests, errors4xx, errors5xx, queue, downSeconds, since, status, active, backup] = fields
  return {
    sessions: Number(sessions) || 0,
    rate: Number(rate) || 0,
    requests: Number(requests) || 0,
    errors4xx: Number(errors4xx) || 0,
    errors5xx: Number(errors5xx) || 0,
    queue: Number(queue) || 0,
    downSeconds: Number(downSeconds) || 0,
    since: Number(since) || 0,
    isUp: status !== 'DOWN',
    usable: (Number(active) || 0) + (Number(backup) || 0),
  }
}

function eachLine(text: string, visit: (start: number) => void): void {
  for (let start = lineEnd(text, 0) + 1; start < text.length; start = lineEnd(text, start) + 1) {
    if (text[start] !== '\n') visit(start)
  }
}

function kindAt(text: string, start: number): string {
  const begin = text.indexOf(',', start) + 1
  return text.slice(begin, text.indexOf(',', begin))
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
