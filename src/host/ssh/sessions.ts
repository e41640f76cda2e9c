import { errorWords } from '../shell/system-error.ts'
import type { Session } from './session.ts'

/** Sessions of one connection, some of them started ahead. */
export interface Sessions {
  /**
   * One whose agent waits for its request. `urgent` ones go first and have a place kept free: they end others. Rejects when they are closed,
   * and with the signal's reason while it still waits.
   */
  take(options: { urgent: boolean; signal?: AbortSignal | undefined }): Promise<Session>
  /** One whose agent waits for another request. */
  giveBack(session: Session): void
  /** Nobody gets one any more, and all end. */
  close(reason: Error): void
}

interface Waiting {
  urgent: boolean
  resolve(session: Session): void
  reject(error: unknown): void
}

const startedAhead = 2
/** sshd's MaxSessions is 10: the connection's own takes one. */
const most = 8
const mostWithUrgent = 9
const mostFailures = 30

export function createSessions(start: () => Session, refused: (complaint: string) => Error): Sessions {
  const all = new Set<Session>()
  const idle: Session[] = []
  const waiting: Waiting[] = []
  let starting = 0
  let failures = 0
  let closed: Error | undefined
  let isPumping = false

  const startOne = () => {
    try {
      void follow(start())
    } catch (error) {
      fail(errorWords(error))
    }
  }
  const follow = async (session: Session) => {
    all.add(session)
    starting += 1
    const hello = await session.hello
    starting -= 1
    if (hello !== undefined) {
      failures = 0
      offer(session)
    } else fail(session.complaint())
    await session.ended
    all.delete(session)
    const at = idle.indexOf(session)
    if (at >= 0) idle.splice(at, 1)
    pumpSoon()
  }
  const fail = (complaint: string) => {
    failures += 1
    if (failures >= mostFailures) for (const { reject } of waiting.splice(0)) reject(refused(complaint))
    pumpSoon()
  }
  /** The last place is for those that end others: were it given away as well, nobody would. */
  const serve = () => {
    for (let next = waiting[0]; next !== undefined; next = waiting[0]) {
      const session = next.urgent || all.size - idle.length < most ? idle.shift() : undefined
      if (session === undefined) return
      waiting.shift()
      next.resolve(session)
    }
  }
  const pump = () => {
    isPumping = false
    if (closed !== undefined) return
    serve()
    const limit = waiting.some(({ urgent }) => urgent) ? mostWithUrgent : most
    // a host that takes fewer than we would have refuses each one started ahead
    const wanted = waiting.length + (failures === 0 ? startedAhead : 0)
    while (starting + idle.length < wanted && all.size < limit) {
      startOne()
      if (failures > 0) break
    }
  }
  /** Not before the request that is being made has been sent; and not in haste while the host refuses. */
  const pumpSoon = () => {
    if (isPumping || closed !== undefined) return
    isPumping = true
    if (failures === 0) setImmediate(pump)
    else setTimeout(pump, Math.min(100 * failures, 1000))
  }
  const offer = (session: Session) => {
    if (closed !== undefined) return session.kill()
    idle.push(session)
    serve()
    pumpSoon()
  }
  pumpSoon()

  return {
    take: async ({ urgent, signal }) => {
      if (closed !== undefined) throw closed
      signal?.throwIfAborted()
      const { promise, resolve, reject } = Promise.withResolvers<Session>()
      const one: Waiting = { urgent, resolve, reject }
      const firstOrdinary = waiting.findIndex((other) => !other.urgent)
      waiting.splice(urgent && firstOrdinary >= 0 ? firstOrdinary : waiting.length, 0, one)
      const giveUp = () => {
        const at = waiting.indexOf(one)
        if (at >= 0) waiting.splice(at, 1)
        reject(signal?.reason)
      }
      signal?.addEventListener('abort', giveUp, { once: true })
      serve()
      pumpSoon()
      return promise.finally(() => signal?.removeEventListener('abort', giveUp))
    },
    giveBack: (session) => {
      if (session.hasEnded()) return
      if (idle.length >= startedAhead) session.input.end()
      else offer(session)
    },
    close: (reason) => {
      closed = reason
      for (const { reject } of waiting.splice(0)) reject(reason)
      for (const session of all) session.kill()
    },
  }
}
