import type { Alert } from '../core/alert.ts'
import { canonicalJson } from '../core/canonical.ts'
import type { Clock } from '../core/clock.ts'
import { answerId, type BotMessage } from '../core/message.ts'

/** Tells the bot all that is wrong on this host now. Each message is whole, so one that is lost or comes twice does no harm. */
export interface AlertTeller {
  /** Sends it where it is something else than what was told last, and in any case now and then. */
  tell(alerts: readonly Alert[]): void
  /** Resolves when nothing is on its way. */
  idle(): Promise<void>
}

export interface AlertTellerDeps {
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

const everyMilliseconds = 5 * 60_000
/** A moment so far ahead was told by a clock that went wrong. */
const longestAhead = 7 * 24 * 3600_000
/** The oldest ones; more than this nobody reads, and a message must not grow without end. */
const mostAlerts = 200

export function createAlertTeller({ host, now, send, withdraw, toldBefore, keepTold }: AlertTellerDeps): AlertTeller {
  let last = { at: toldBefore > now() + longestAhead ? 0 : toldBefore, id: '', told: '', sentAt: Number.NEGATIVE_INFINITY }

  let next: readonly Alert[] | undefined
  let telling: Promise<void> | undefined

  async function tellNow(alerts: readonly Alert[]): Promise<void> {
    const told = canonicalJson(alerts)
    if (told === last.told && now() - last.sentAt < everyMilliseconds) return
    // it only rises, also where somebody sets the clock back
    const at = Math.max(now(), last.at + 1)
    const id = answerId('host', 'alerts', host, at)
    const before = last
    last = { at, id, told, sentAt: now() }
    // while no bot takes them, they would pile up; only the newest says anything
    if (before.id !== '') await withdraw(before.id).catch(() => undefined)
    await keepTold(at).catch(() => undefined)
    await send({
      id,
      request: 'alerts',
      host,
      issuedAt: at,
      expiresAt: at + everyMilliseconds * 2,
      number: at,
      body: { kind: 'alerts', alerts: [...alerts] },
    })
  }

  async function tellAll(): Promise<void> {
    while (next !== undefined) {
      const alerts = next
      next = undefined
      // the next round says it again
      await tellNow(alerts).catch(() => void (last = { ...last, told: '' }))
    }
    telling = undefined
  }

  return {
    tell(alerts) {
      // while one is on its way, only the newest waits behind it
      next = alerts.slice(0, mostAlerts)
      telling ??= tellAll()
    },
    idle: async () => telling,
  }
}
