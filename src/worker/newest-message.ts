import type { Clock } from '../core/clock.ts'
import { answerId, type BotMessage, type ToBot } from '../core/message.ts'

/** Messages of which only the newest says anything: each takes the one before it off the queue, where they would pile up while no bot takes them. */
export interface NewestMessage {
  /** Of this moment, or later: it only rises, over a restart and where somebody sets the clock back. */
  moment(): number
  /** `at`: what `moment` gave. */
  send(at: number, body: ToBot): Promise<void>
}

export interface NewestMessageDeps {
  host: string
  now: Clock
  send(message: BotMessage): Promise<void>
  /** Takes back a message that the bot has not taken yet. */
  withdraw(id: string): Promise<unknown>
  /** The latest moment of which an earlier life told; 0 if none did. */
  toldBefore: number
  /** For the next life. */
  keepTold(at: number): Promise<void>
}

/** A moment so far ahead was told by a clock that went wrong. */
const longestAhead = 7 * 24 * 3600_000

/** `request`: what stands for the request that nobody made. It is worth something for so long. */
export function createNewestMessage(deps: NewestMessageDeps, request: string, lastsMilliseconds: number): NewestMessage {
  const { host, now, send, withdraw, toldBefore, keepTold } = deps
  let last = { at: toldBefore > now() + longestAhead ? 0 : toldBefore, id: '' }

  return {
    moment: () => Math.max(now(), last.at + 1),
    async send(at, body) {
      const id = answerId('host', request, host, at)
      const before = last
      last = { at, id }
      if (before.id !== '') await withdraw(before.id).catch(() => undefined)
      await keepTold(at).catch(() => undefined)
      await send({ id, request, host, issuedAt: at, expiresAt: at + lastsMilliseconds, number: at, body })
    },
  }
}
