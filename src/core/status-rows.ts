import type { BackendTraffic } from './samples.ts'
import type { BackendStatus, NginxFigures, ServerStatus } from './proxy-status.ts'

/* Words for what a proxy says of those behind it. */

export const statusColumns = ['site', 'jail', 'status', 'since', 'check', 'down', 'now', 'req/s', 'queue', '4xx/5xx', 'nginx a/r/w/w']

/** Columns in which nothing happened at all are left out: a chat is not wide. */
export function withoutQuiet({ columns, rows }: { columns: string[]; rows: string[][] }): { columns: string[]; rows: string[][] } {
  const quiet = new Set(['', '-', '0', '0 s', '0/0'])
  const isKept = columns.map((column, at) => {
    const cells = rows.map((row) => row[at] ?? '')
    if (canBeUnknown.has(column)) return cells.length === 0 || cells.some((cell) => cell !== '' && cell !== '-')
    return !canBeQuiet.has(column) || cells.some((cell) => !quiet.has(cell))
  })
  const kept = (row: string[]) => row.filter((_cell, at) => isKept[at])
  return { columns: kept(columns), rows: rows.map(kept) }
}
/** nginx in front keeps no such thing. */
const canBeUnknown = new Set(['since', 'now'])
const canBeQuiet = new Set(['down', 'queue', '4xx/5xx', 'nginx a/r/w/w'])

/** A backend's row; where several jails answer, a row for each of them below. */
export function statusRows(backend: BackendStatus, traffic: BackendTraffic | undefined): string[][] {
  const [only, ...others] = backend.servers
  const isOne = only !== undefined && others.length === 0
  const counts = [
    backend.sessions === undefined ? '-' : String(backend.sessions),
    String(backend.rate),
    String(backend.queue),
    errorsOf(backend, traffic),
  ]
  const down = spanText(traffic?.downToday ?? backend.downSeconds)
  const head = [
    sitesText(backend.sites),
    isOne ? serverText(only) : others.length === 0 ? '-' : `${backend.servers.length} jails`,
    isOne ? only.status : backend.status,
    backend.servers.length === 0 ? '-' : sinceText(isOne ? only.since : backend.since),
    isOne ? only.check : '-',
    down,
    ...counts,
    isOne ? nginxText(only) : '-',
  ]
  if (isOne) return [head]
  const none = counts.map(() => '')
  return [
    head,
    ...backend.servers.map((one) => ['└', serverText(one), one.status, sinceText(one.since), one.check, '', ...none, nginxText(one)]),
  ]
}

function sinceText(seconds: number | undefined): string {
  return seconds === undefined ? '-' : spanText(seconds)
}

function errorsOf(backend: BackendStatus, traffic: BackendTraffic | undefined): string {
  const { errors4xx, errors5xx } = traffic ?? backend
  return `${errors4xx}/${errors5xx}`
}

export function sitesText(sites: readonly string[]): string {
  const [first = '-', ...others] = sites
  return others.length === 0 ? first : `${first} +${others.length}`
}

export function serverText({ name, jail, address }: ServerStatus): string {
  return `${jail ?? name} ${address}`
}

/** What the proxy's checks of all of its servers found last. */
export function checksText({ servers }: Pick<BackendStatus, 'servers'>): string {
  return [...new Set(servers.map(({ check }) => check))].join(', ') || 'no server'
}

/** Connections of nginx: active, and of these reading, writing, waiting. */
export function nginxText({ nginx }: Pick<ServerStatus, 'nginx'>): string {
  if (nginx === undefined) return '-'
  if ('problem' in nginx) return 'silent'
  const { active, reading, writing, waiting } = nginx.figures
  return [active, reading, writing, waiting].join('/')
}

export function nginxSentence({ nginx }: ServerStatus): string {
  if (nginx === undefined) return ''
  return 'problem' in nginx ? `; ${nginx.problem}` : `; nginx: ${figuresText(nginx.figures)}`
}

function figuresText({ active, requests, reading, writing, waiting }: NginxFigures): string {
  return `${active} active (${reading} reading, ${writing} writing, ${waiting} waiting), ${requests} requests so far`
}

export function spanText(seconds: number): string {
  if (seconds < 90) return `${Math.round(seconds)} s`
  if (seconds < 5400) return `${Math.round(seconds / 60)} min`
  return seconds < 172_800 ? `${Math.round(seconds / 3600)} h` : `${Math.round(seconds / 86_400)} days`
}
