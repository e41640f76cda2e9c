import { setTimeout as delay } from 'node:timers/promises'
import { JailopsError } from '../../core/errors.ts'
import { type Connection, connect, type ConnectOptions } from './connection.ts'

/** Keeps one connection up: makes it, and makes it again. */
export interface Connector {
  current(): Connection | undefined
  /** @throws connection_lost when there is none within the patience */
  obtain(): Promise<Connection>
  /** Now or next time; rejects with the signal's reason. */
  whenConnected(signal?: AbortSignal): Promise<void>
  stop(): Promise<void>
}

export interface ConnectorOptions extends Omit<ConnectOptions, 'signal'> {
  patienceMilliseconds: number
  onProblem(what: string, details: Record<string, unknown>): void
}

const firstPause = 250
const longestPause = 30_000
/** Lost so often within so long, a person is told. */
const flapping = { times: 5, milliseconds: 60_000, quietMilliseconds: 3_600_000 }

export function createConnector(options: ConnectorOptions): Connector {
  const { address } = options.target
  const stopping = new AbortController()
  let connection: Connection | undefined
  let reason: string | undefined
  let reported: string | undefined
  let next = Promise.withResolvers<Connection>()
  next.promise.catch(() => undefined)

  const keep = async () => {
    let pause = firstPause
    while (!stopping.signal.aborted) {
      const made = await connect({ ...options, signal: stopping.signal }).catch((error: unknown) => ({
        why: String(error),
        permanent: false,
      }))
      if ('why' in made) {
        reason = made.why
        if (made.permanent) {
          if (reported !== made.why) options.onProblem(`There is no connection to ${address}: ${made.why}.`, { address })
          reported = made.why
          pause = longestPause
        }
      } else {
        connection = made
        pause = firstPause
        reason = reported = undefined
        if (stopping.signal.aborted) await made.close()
        next.resolve(made)
        await made.lost
        if (!stopping.signal.aborted) noteLoss()
        connection = undefined
        next = Promise.withResolvers<Connection>()
        next.promise.catch(() => undefined)
      }
      await delay(pause, undefined, { signal: stopping.signal }).catch(() => undefined)
      pause = Math.min(pause * 2, longestPause)
    }
  }
  let lostAt: number[] = []
  let quietUntil = 0
  function noteLoss(): void {
    const now = performance.now()
    lostAt = [...lostAt.filter((at) => now - at < flapping.milliseconds), now]
    if (lostAt.length < flapping.times || now < quietUntil) return
    quietUntil = now + flapping.quietMilliseconds
    const twice = 'two workers run from copies of one state folder and take the host from each other'
    const what = `The connection to ${address} is lost again and again, as soon as it is made: its network or its sshd ends it, or ${twice}.`
    options.onProblem(what, { address })
  }

  const keeping = keep()

  const alive = () => (connection?.isLost() === false ? connection : undefined)
  const nextWithin = async (signal: AbortSignal | undefined): Promise<Connection> => {
    const given = Promise.withResolvers<never>()
    const giveUp = () => given.reject(signal?.reason)
    if (signal?.aborted) giveUp()
    signal?.addEventListener('abort', giveUp, { once: true })
    try {
      for (;;) {
        const found = alive()
        if (found !== undefined) return found
        // one that was just lost is still the current one for a moment
        await Promise.race([connection === undefined ? next.promise : connection.lost.then(() => delay(0)), given.promise])
      }
    } finally {
      signal?.removeEventListener('abort', giveUp)
    }
  }

  return {
    current: alive,
    whenConnected: async (signal) => void (await nextWithin(signal)),
    obtain: async () => {
      const found = alive()
      if (found !== undefined) return found
      const patience = AbortSignal.any([AbortSignal.timeout(options.patienceMilliseconds), stopping.signal])
      return nextWithin(patience).catch(() => {
        const why = stopping.signal.aborted ? 'the worker is stopping' : (reason ?? 'it does not answer')
        throw new JailopsError('connection_lost', `There is no connection to ${address}: ${why}. It is not known whether this was done.`)
      })
    },
    stop: async () => {
      stopping.abort(new JailopsError('worker_failed', 'The worker is stopping.'))
      await connection?.close()
      await keeping
    },
  }
}
