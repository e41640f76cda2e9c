import { passLostConnection } from '../../core/errors.ts'
import type { Shell } from '../shell.ts'
import { logLinesIn, ringName } from './log-lines.ts'

/** How long requests took, by backend, in ms. */
export interface Latencies {
  /** When the last of them ended, by the host's clock. */
  until: number
  byBackend: Map<string, number[]>
}

const timeoutSeconds = 20

/**
 * What ended since, as far as HAProxy's log in memory goes back: of a busy host it is the newest few thousand, which is sample enough.
 * An HAProxy that keeps no such log has none.
 */
export async function lookAtLatencies(shell: Shell, socket: string, after: number): Promise<Latencies> {
  const text = await shell.exchange(socket, `show events ${ringName}\n`, timeoutSeconds).catch((error: unknown) => {
    passLostConnection(error)
    return ''
  })
  const byBackend = new Map<string, number[]>()
  let until = after
  for (const { at, milliseconds, backend } of logLinesIn(text)) {
    // by when they ended: by when they began, the slow ones would be missed
    const ended = at + milliseconds
    if (ended <= after) continue
    until = Math.max(until, ended)
    const known = byBackend.get(backend)
    if (known === undefined) byBackend.set(backend, [milliseconds])
    else known.push(milliseconds)
  }
  return { until, byBackend }
}
