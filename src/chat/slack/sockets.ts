import { setTimeout as delay } from 'node:timers/promises'
import type { JailopsError } from '../../core/errors.ts'
import { openConnection, type Connection, type ConnectionOptions } from './connection.ts'
import { configProblem } from './errors.ts'
import type { Inlet } from './inlet.ts'

/** In milliseconds. */
export interface SocketTimings {
  /** How long it may take until Slack says hello. */
  hello: number
  /** Until the first new attempt after a failed one, doubled each time. */
  again: number
  longestAgain: number
  /** How long a connection that Slack wants closed may still bring deliveries, unless Slack closes it. */
  leaving: number
  /** How long stop() lets acknowledgements under way finish. */
  stopping: number
}

export const socketTimings: SocketTimings = { hello: 10_000, again: 250, longestAgain: 30_000, leaving: 15_000, stopping: 400 }

/** Slack refreshes connections every few hours, and delivers on any: with two, and each replaced before it goes, none of it is missed. */
const count = 2

/** Socket Mode. `start` resolves when the first connection stands. */
export function createSockets(
  options: Omit<ConnectionOptions, 'other' | 'helloMilliseconds'>,
  timings: SocketTimings = socketTimings,
): Inlet {
  const { onProblem } = options
  const stopping = new AbortController()
  const first = Promise.withResolvers<void>()
  const connections = new Set<Connection>()
  let keepers: Promise<void>[] = []
  let reported: string | undefined

  function other(than: Connection): Connection | undefined {
    return [...connections].find((one) => one !== than && one.isOpen())
  }

  async function open(): Promise<Connection> {
    const connection = await openConnection({ ...options, helloMilliseconds: timings.hello, other })
    connections.add(connection)
    void connection.ended.then(() => connections.delete(connection))
    return connection
  }

  /** Keeps one place filled: whoever is told to leave is followed by another before it goes. */
  async function keep(): Promise<void> {
    let failures = 0
    while (!stopping.signal.aborted) {
      try {
        const connection = await open()
        failures = 0
        reported = undefined
        first.resolve()
        await Promise.race([connection.over, aborted])
        if (!stopping.signal.aborted) void leave(connection)
      } catch (error) {
        const problem = configProblem(error, 'app-level token')
        if (problem !== undefined) first.reject(problem)
        report(error, problem)
        const wait =
          problem === undefined ? Math.min(timings.longestAgain, timings.again * 2 ** Math.min(failures++, 12)) : timings.longestAgain
        await delay(wait, undefined, { signal: stopping.signal }).catch(() => undefined)
      }
    }
  }

  const aborted = new Promise<void>((resolve) => stopping.signal.addEventListener('abort', () => resolve(), { once: true }))

  async function leave(connection: Connection): Promise<void> {
    const late = delay(timings.leaving, undefined, { signal: stopping.signal, ref: false }).catch(() => undefined)
    await Promise.race([connection.ended, late])
    await connection.close(timings.stopping)
  }

  /** Once for each kind of trouble, not at every attempt. */
  function report(error: unknown, problem: JailopsError | undefined): void {
    const what = problem?.message ?? 'Slack cannot be reached by Socket Mode; it is tried again'
    if (reported !== what && !stopping.signal.aborted) onProblem(what, { error: String(error) })
    reported = what
  }

  return {
    start() {
      first.promise.catch(() => undefined)
      keepers = Array.from({ length: count }, keep)
      return first.promise
    },
    async stop() {
      stopping.abort()
      await Promise.all([...connections].map((connection) => connection.close(timings.stopping)))
      await Promise.race([Promise.all(keepers), delay(timings.stopping, undefined, { ref: false })])
      // what was being opened meanwhile
      await Promise.all([...connections].map((connection) => connection.close(0)))
    },
  }
}
