import { bound } from './bound.ts'
import type { Rate } from './interface.ts'

/** As Slack publishes them; a burst of a tier's whole minute is let through. */
export const publishedRates: Readonly<Record<string, Rate>> = {
  'chat.postMessage': { calls: 1, seconds: 1, each: 'channel' },
  'chat.update': { calls: 50, seconds: 60 },
  'chat.delete': { calls: 50, seconds: 60 },
  'chat.postEphemeral': { calls: 100, seconds: 60 },
  'views.open': { calls: 100, seconds: 60 },
  'views.update': { calls: 100, seconds: 60 },
  'views.push': { calls: 100, seconds: 60 },
  'views.publish': { calls: 100, seconds: 60 },
  'users.info': { calls: 100, seconds: 60 },
  'usergroups.list': { calls: 20, seconds: 60 },
  'usergroups.users.list': { calls: 20, seconds: 60 },
  'conversations.info': { calls: 50, seconds: 60 },
  'conversations.open': { calls: 50, seconds: 60 },
  'files.getUploadURLExternal': { calls: 100, seconds: 60 },
  'files.completeUploadExternal': { calls: 100, seconds: 60 },
}

/** Counts calls in windows that slide. */
export class RateLimits {
  readonly #rates: Readonly<Record<string, Rate>>
  readonly #now: () => number
  readonly #times = new Map<string, number[]>()

  constructor(rates: Readonly<Record<string, Rate>>, now: () => number) {
    this.#rates = rates
    this.#now = now
  }

  /** @returns after how many seconds to come again; undefined where the call may pass */
  take(method: string, channel: string): number | undefined {
    const rate = this.#rates[method]
    if (!rate) return undefined
    const key = rate.each === 'channel' ? `${method} ${channel}` : method
    const now = this.#now()
    const recent = (this.#times.get(key) ?? []).filter((time) => now - time < rate.seconds * 1000)
    const oldest = recent[0]
    if (oldest !== undefined && recent.length >= rate.calls) return Math.max(1, Math.ceil((oldest + rate.seconds * 1000 - now) / 1000))
    this.#times.set(key, [...recent, now])
    bound(this.#times, 1000)
    return undefined
  }
}
