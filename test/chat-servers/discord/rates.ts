import { createHash } from 'node:crypto'
import { forgetOldest, recentCount } from './bounded.ts'
import type { Fault, Route } from './interface.ts'

export interface RateAnswer {
  headers: Record<string, string>
  /** Set where the request is to be refused by 429. */
  refusal?: { message: string; retry_after: number; global: boolean }
}

/** Requests that the global limit does not count. */
const exempt: ReadonlySet<Route> = new Set<Route>([
  'POST /interactions/:interaction/:token/callback',
  'POST /webhooks/:application/:token',
  'GET /webhooks/:application/:token/messages/:message',
  'PATCH /webhooks/:application/:token/messages/:message',
  'DELETE /webhooks/:application/:token/messages/:message',
])

const messageRoutes: ReadonlySet<Route> = new Set<Route>([
  'POST /channels/:channel/messages',
  'PATCH /channels/:channel/messages/:message',
  'DELETE /channels/:channel/messages/:message',
])

const now = () => performance.now()

/** Discord's own rates, by real time: 5 in 5 seconds of a kind of message request in a channel, 50 a second in all. */
export function createRates(): { check(route: Route, major: string): RateAnswer } {
  const global = recentCount(now, 1000)
  const buckets = new Map<string, { startedAt: number; used: number }>()
  return {
    check(route, major) {
      if (!exempt.has(route)) {
        if (global.count() >= 50) return limited(1, 'global')
        global.add()
      }
      if (!messageRoutes.has(route)) return { headers: rateHeaders(route, 50, 49, 1) }
      const key = `${route} ${major}`
      const known = buckets.get(key)
      const bucket = known && now() - known.startedAt < 5000 ? known : { startedAt: now(), used: 0 }
      buckets.delete(key)
      buckets.set(key, bucket)
      forgetOldest(buckets, 1000)
      const after = (bucket.startedAt + 5000 - now()) / 1000
      if (bucket.used >= 5) {
        const { headers, ...answer } = limited(after, 'user')
        return { headers: { ...rateHeaders(route, 5, 0, after), ...headers }, ...answer }
      }
      bucket.used += 1
      return { headers: rateHeaders(route, 5, 5 - bucket.used, after) }
    },
  }
}

/** The headers of a route that has all its requests left. */
export function freeHeaders(route: Route): Record<string, string> {
  return rateHeaders(route, 1000, 999, 1)
}

export function limitedByFault({
  rateLimited: { retryAfterSeconds, scope = 'user' },
}: Extract<Fault, { rateLimited: object }>): RateAnswer {
  return limited(retryAfterSeconds, scope)
}

function limited(seconds: number, scope: 'user' | 'global' | 'shared'): RateAnswer {
  const after = Number(seconds.toFixed(3))
  const isGlobal = scope === 'global'
  return {
    headers: { 'retry-after': String(after), 'x-ratelimit-scope': scope, ...(isGlobal && { 'x-ratelimit-global': 'true' }) },
    refusal: { message: 'You are being rate limited.', retry_after: after, global: isGlobal },
  }
}

const hashes = new Map<Route, string>()

function rateHeaders(route: Route, limit: number, remaining: number, afterSeconds: number): Record<string, string> {
  const bucket = hashes.get(route) ?? createHash('sha1').update(route).digest('hex').slice(0, 32)
  hashes.set(route, bucket)
  return {
    'x-ratelimit-limit': String(limit),
    'x-ratelimit-remaining': String(remaining),
    'x-ratelimit-reset': (Date.now() / 1000 + afterSeconds).toFixed(3),
    'x-ratelimit-reset-after': afterSeconds.toFixed(3),
    'x-ratelimit-bucket': bucket,
  }
}
