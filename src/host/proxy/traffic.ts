import { JailopsError } from '../../core/errors.ts'
import type { Shell } from '../shell.ts'
import { nobodysBackend } from './configuration.ts'
import { columnsOf } from './csv.ts'

/** HAProxy's counters at one moment. They begin anew with each process, so at every reload. */
export interface TrafficLook {
  pid: number
  uptimeSeconds: number
  /** What came in, whoever answered it. */
  front: Counts
  backends: BackendLook[]
}

export interface Counts {
  requests: number
  errors4xx: number
  errors5xx: number
  /** Now. */
  sessions: number
  /** Requests that wait for a free server, now. */
  queue: number
}

export interface BackendLook extends Counts {
  name: string
  /** Of its last 1024 requests, in ms; null: it had none. */
  average: number | null
  /** Some server of it takes requests. */
  isUp: boolean
}

/** A backend none of whose servers takes requests, though one of them should. */
export interface DownBackend {
  name: string
  /** Seconds. */
  for: number
  /** Such as `L4CON Connection refused`. */
  check: string
}

const timeoutSeconds = 20
/** Commands in one exchange: far below what HAProxy reads at once. */
const askedAtOnce = 100
const columns = ['pxname', 'svname', 'stot', 'req_tot', 'hrsp_4xx', 'hrsp_5xx', 'scur', 'qcur', 'ttime', 'status']

/** Frontends and backends only, as CSV: at 10,000 backends 40 ms of HAProxy's time; with their servers it would be three times as much. */
export async function lookAtTraffic(shell: Shell, socket: string): Promise<TrafficLook> {
  const answer = await shell.exchange(socket, 'show info; show stat -1 3 -1\n', timeoutSeconds)
  const begin = answer.indexOf('# pxname,')
  const info = begin < 0 ? '' : answer.slice(0, begin)
  const [titles = '', ...rows] = begin < 0 ? [] : answer.slice(begin).split('\n')
  const read = columnsOf(titles, columns)
  const pid = numberIn(info, 'Pid')
  const uptimeSeconds = numberIn(info, 'Uptime_sec')
  if (read === undefined || pid === undefined || uptimeSeconds === undefined) throw notUnderstood(answer)
  const front: Counts = { requests: 0, errors4xx: 0, errors5xx: 0, sessions: 0, queue: 0 }
  const backends: BackendLook[] = []
  for (const row of rows) {
    if (row === '') continue
    const [name = '', kind, total, requests, errors4xx, errors5xx, sessions, queue, average, status] = read(row)
    const counts = { errors4xx: Number(errors4xx), errors5xx: Number(errors5xx), sessions: Number(sessions), queue: Number(queue) }
    if (kind === 'FRONTEND') add(front, { ...counts, requests: Number(requests) })
    else if (kind === 'BACKEND' && name !== nobodysBackend)
      backends.push({ name, ...counts, requests: Number(total), average: Number(average) || null, isUp: status !== 'DOWN' })
  }
  return { pid, uptimeSeconds, front, backends }
}

/** A slot that waits for a jail and a jail that is drained are "DOWN", too, and nothing is wrong with them: only their servers tell. */
export async function lookAtDown(shell: Shell, socket: string, names: readonly string[]): Promise<DownBackend[]> {
  const found: DownBackend[] = []
  const asked = names.filter((name) => /^[a-z0-9_-]+$/.test(name))
  for (let start = 0; start < asked.length; start += askedAtOnce) {
    const commands = asked.slice(start, start + askedAtOnce).map((name) => `show stat ${name} 4 -1`)
    found.push(...downIn(await shell.exchange(socket, `${commands.join('; ')}\n`, timeoutSeconds)))
  }
  return found
}

function downIn(answer: string): DownBackend[] {
  const rows = answer.split('\n').filter((line) => line !== '')
  const titles = rows.find((line) => line.startsWith('#'))
  // all of them are gone since
  if (titles === undefined) return []
  const read = columnsOf(titles, ['pxname', 'status', 'lastchg', 'check_status', 'last_chk'])
  if (read === undefined) throw notUnderstood(answer)
  const down = new Map<string, DownBackend>()
  for (const row of rows) {
    const [name = '', status = '', since, checkStatus = '', last = ''] = read(row)
    const seconds = Number(since) || 0
    // as long as the last of them
    if (status.startsWith('DOWN') && seconds <= (down.get(name)?.for ?? seconds)) {
      down.set(name, { name, for: seconds, check: `${checkStatus.replace(/^\* ?/, '')} ${last}`.trim() })
    }
  }
  return [...down.values()]
}

function add(sum: Counts, more: Counts): void {
  sum.requests += more.requests
  sum.errors4xx += more.errors4xx
  sum.errors5xx += more.errors5xx
  sum.sessions += more.sessions
  sum.queue += more.queue
}

function numberIn(info: string, name: string): number | undefined {
  const found = new RegExp(`^${name}: ([0-9]+)`, 'm').exec(info)?.[1]
  return found === undefined ? undefined : Number(found)
}

function notUnderstood(answer: string): JailopsError {
  return new JailopsError(
    'step_failed',
    `HAProxy answered "show stat" with something else: ${answer.trim().split('\n', 1)[0]?.slice(0, 200)}`,
  )
}
