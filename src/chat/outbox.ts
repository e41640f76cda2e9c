import { setTimeout as delay } from 'node:timers/promises'

/** Calls to a platform, kept in order and within its rates, one at a time in each lane (a channel). */
export interface Outbox {
  /** A call of its own, after what waits in its lane. Rate limits and outages are waited out. @throws what the platform says for good */
  send<Result>(lane: string, call: () => Promise<Result>): Promise<Result>
  /** Brings a message up to date: of several calls that wait for their turn only the last is made, and all of them get its result. */
  edit(lane: string, message: string, call: () => Promise<string>): Promise<string>
  /** What waits is rejected: the bot shows it again at its next start. */
  stop(): void
}

/** What an error of the platform means: for good, or try again in so many milliseconds. */
export type Verdict = 'final' | { againInMilliseconds: number }

export interface OutboxOptions {
  /** Between two calls in a lane. */
  spacingMilliseconds: number
  /** `attempt` counts from 1. */
  judge(error: unknown, attempt: number): Verdict
}

interface Edit {
  call: () => Promise<string>
  result: Promise<string>
}

export function createOutbox({ spacingMilliseconds, judge }: OutboxOptions): Outbox {
  const ending = new AbortController()
  /** The end of each lane's last call, and of the pause after it. */
  const lanes = new Map<string, Promise<void>>()
  const waiting = new Map<string, Edit>()

  function send<Result>(lane: string, call: () => Promise<Result>): Promise<Result> {
    const before = lanes.get(lane) ?? Promise.resolve()
    const result = before.then(() => untilTaken(call))
    const after = result.then(pause, pause)
    lanes.set(lane, after)
    void after.then(() => lanes.get(lane) === after && lanes.delete(lane))
    return result
  }

  async function untilTaken<Result>(call: () => Promise<Result>): Promise<Result> {
    for (let attempt = 1; ; attempt++) {
      ending.signal.throwIfAborted()
      try {
        return await call()
      } catch (error) {
        const verdict = judge(error, attempt)
        if (verdict === 'final') throw error
        await delay(verdict.againInMilliseconds, undefined, { signal: ending.signal }).catch(() => undefined)
      }
    }
  }

  async function pause(): Promise<void> {
    if (spacingMilliseconds > 0) await delay(spacingMilliseconds, undefined, { signal: ending.signal }).catch(() => undefined)
  }

  function edit(lane: string, message: string, call: () => Promise<string>): Promise<string> {
    const known = waiting.get(message)
    if (known !== undefined) {
      known.call = call
      return known.result
    }
    let sent: Edit['call'] | undefined
    // looked up at each attempt: what came while a rate limit was waited out goes instead
    const latest = () => {
      sent = entry.call
      return entry.call()
    }
    const follow = async (): Promise<string> => {
      try {
        const id = await send(lane, latest)
        if (entry.call === sent) return id
      } catch (error) {
        if (entry.call === sent || ending.signal.aborted) throw error
      } finally {
        waiting.delete(message)
      }
      // what came while it was on its way needs a turn of its own
      return edit(lane, message, entry.call)
    }
    const entry: Edit = { call, result: follow() }
    waiting.set(message, entry)
    return entry.result
  }

  return { send, edit, stop: () => ending.abort(new Error('the chat is being closed')) }
}
