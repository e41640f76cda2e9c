import type { Session } from './session.ts'

/** Sessions of one connection, some of them started ahead. */
export interface Sessions {
  /** One whose agent waits for its request. `urgent` ones go first and have a place kept free: they end others. Rejects when they are closed. */
  take(options: { urgent: boolean }): Promise<Session>
  /** One whose agent waits for another request. */
  giveBack(session: Session): void
  /** Nobody gets one any more, and all end. */
  close(reason: Error): void
}

interface Waiting {
  urgent: boolean
  resolve(session: Session): void
  reject(error: Error): void
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

  const startOne = async () => {
    const session = start()
    all.add(session)
    starting += 1
    const hello = await session.hello
    starting -= 1
    if (hello !== undefined) {
      failures = 0
      offer(session)
    } else {
      failures += 1
      if (failures >= mostFailures) for (const { reject } of waiting.splice(0)) reject(refused(session.complaint()))
    }
    await session.ended
    all.delete(session)
    const at = idle.indexOf(session)
    if (at >= 0) idle.splice(at, 1)
    pumpSoon()
  }
  const pump = () => {
    isPumping = false
    if (closed !== undefined) return
    const limit = waiting.some(({ urgent }) => urgent) ? mostWithUrgent : most
    while (starting + idle.length < waiting.length + startedAhead && all.size < limit) void startOne()
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
    const next = waiting.shift()
    if (next === undefined) idle.push(session)
    else next.resolve(session)
    pumpSoon()
  }
  pumpSoon()

  return {
    take: async ({ urgent }) => {
      if (closed !== undefined) throw closed
      const ready = idle.shift()
      if (ready !== undefined) {
        pumpSoon()
        return ready
      }
      const { promise, resolve, reject } = Promise.withResolvers<Session>()
      if (urgent) waiting.unshift({ urgent, resolve, reject })
      else waiting.push({ urgent, resolve, reject })
      pumpSoon()
      return promise
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
