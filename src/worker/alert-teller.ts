import type { Alert } from '../core/alert.ts'
import { canonicalJson } from '../core/canonical.ts'
import { createNewestMessage, type NewestMessageDeps } from './newest-message.ts'

/** Tells the bot all that is wrong on this host now. Each message is whole, so one that is lost or comes twice does no harm. */
export interface AlertTeller {
  /** Sends it where it is something else than what was told last, and in any case now and then. */
  tell(alerts: readonly Alert[]): void
  /** Resolves when nothing is on its way. */
  idle(): Promise<void>
}

const everyMilliseconds = 5 * 60_000
/** The oldest ones; more than this nobody reads, and a message must not grow without end. */
const mostAlerts = 200

export function createAlertTeller(deps: NewestMessageDeps): AlertTeller {
  const { now } = deps
  const newest = createNewestMessage(deps, 'alerts', everyMilliseconds * 2)
  let last = { told: '', sentAt: Number.NEGATIVE_INFINITY }
  let next: readonly Alert[] | undefined
  let telling: Promise<void> | undefined

  async function tellNow(alerts: readonly Alert[]): Promise<void> {
    const told = canonicalJson(alerts)
    if (told === last.told && now() - last.sentAt < everyMilliseconds) return
    last = { told, sentAt: now() }
    await newest.send(newest.moment(), { kind: 'alerts', alerts: [...alerts] })
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
