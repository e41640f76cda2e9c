import type { Shell } from '../shell.ts'
import { nobodysBackend } from './configuration.ts'
import { type Latencies, lookAtLatencies } from './latencies.ts'
import { lookAtServers } from './stat-servers.ts'
import { readStatTable, statNotUnderstood, statQuestion } from './stat-table.ts'

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

/** What is looked at now and then, whichever proxy it is. */
export interface ProxyTraffic {
  /** @throws where it does not answer */
  lookAtTraffic(): Promise<TrafficLook>
  /** Of those that were not up. */
  lookAtDown(names: readonly string[]): Promise<DownBackend[]>
  lookAtLatencies(after: number): Promise<Latencies>
}

const timeoutSeconds = 20

export function createHaproxyTraffic(shell: Shell, socket: string): ProxyTraffic {
  return {
    lookAtTraffic: () => lookAtTraffic(shell, socket),
    lookAtDown: (names) => lookAtDown(shell, socket, names),
    lookAtLatencies: (after) => lookAtLatencies(shell, socket, after),
  }
}

export async function lookAtTraffic(shell: Shell, socket: string): Promise<TrafficLook> {
  const answer = await shell.exchange(socket, statQuestion, timeoutSeconds)
  const table = readStatTable(answer)
  const [pid, uptimeSeconds] = [Number(table.info('Pid')), Number(table.info('Uptime_sec'))]
  if (!(pid >= 0 && uptimeSeconds >= 0)) throw statNotUnderstood(answer)
  const backends: BackendLook[] = []
  table.each((name, { requests, errors4xx, errors5xx, sessions = 0, queue, milliseconds, isUp }) => {
    if (name === nobodysBackend) return
    backends.push({ name, requests, errors4xx, errors5xx, sessions, queue, average: milliseconds || null, isUp })
  })
  const { requests, errors4xx, errors5xx, sessions = 0 } = table.front
  return { pid, uptimeSeconds, front: { requests, errors4xx, errors5xx, sessions, queue: 0 }, backends }
}

/** A slot that waits for a jail and a jail that is drained are "DOWN", too, and nothing is wrong with them: only their servers tell. */
export async function lookAtDown(shell: Shell, socket: string, names: readonly string[]): Promise<DownBackend[]> {
  const down = new Map<string, DownBackend>()
  for (const { backend, status, since, checkStatus, lastCheck } of await lookAtServers(shell, socket, names, timeoutSeconds)) {
    // as long as the last of them
    if (status.startsWith('DOWN') && since <= (down.get(backend)?.for ?? since)) {
      down.set(backend, { name: backend, for: since, check: `${checkStatus} ${lastCheck}`.trim() })
    }
  }
  return [...down.values()]
}
