import { randomUUID } from 'node:crypto'
import type { Redis } from 'ioredis'
import { setTimeout as delay } from 'node:timers/promises'
import { defaultPrefix } from './queue-names.ts'

/** The right to be the one bot. Its token fences every write: see the store. */
export interface Lease {
  token: string
  /** Aborted as soon as the lease may be another's: by then nothing of ours may be written, and the store sees to it. */
  lost: AbortSignal
  release(): Promise<void>
}

export interface LeaseOptions {
  redis: Redis
  name: string
  /** A new random one by default; never use one again. */
  token?: string
  milliseconds: number
  prefix?: string
  /** Gives up waiting: the promise rejects with its reason. */
  signal?: AbortSignal
}

export function leaseKey(name: string, prefix = defaultPrefix): string {
  return `${prefix}:lease:${name}`
}

// Taking it twice is harmless: the first answer may have been lost on its way.
const takeScript = `
local holder = redis.call('GET', KEYS[1])
if holder and holder ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1`
// Renewing does not take: what was gone in between may have been another's for a while.
const renewScript = `
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
return redis.call('PEXPIRE', KEYS[1], ARGV[2])`
const releaseScript = `
if redis.call('GET', KEYS[1]) == ARGV[1] then redis.call('DEL', KEYS[1]) end
return 1`

/** Waits until it is ours, however long another holds it or Redis is away. */
export async function acquireLease(options: LeaseOptions): Promise<Lease> {
  const { redis, name, token = randomUUID(), milliseconds, prefix, signal } = options
  const key = leaseKey(name, prefix)
  const run = async (script: string) => (await redis.eval(script, 1, key, token, milliseconds)) === 1
  const third = milliseconds / 3
  // Our own clock counts from before the command was sent, so we stop believing before Redis stops.
  let since = performance.now()
  while (!(await run(takeScript).catch(() => false))) {
    await delay(Math.min(third, 500), undefined, { signal })
    since = performance.now()
  }

  const lost = new AbortController()
  const expireFrom = (moment: number) => setTimeout(() => lose(), Math.max(0, moment + milliseconds - performance.now()))
  const timers = { expiry: expireFrom(since), renewal: setInterval(() => void renew(), third) }
  let over = false
  function stopTimers() {
    over = true
    clearTimeout(timers.expiry)
    clearInterval(timers.renewal)
  }
  function lose() {
    stopTimers()
    lost.abort()
  }
  async function renew() {
    const asked = performance.now()
    const answer = await run(renewScript).catch(() => undefined)
    if (answer === undefined || over) return
    if (!answer) return lose()
    since = Math.max(since, asked)
    clearTimeout(timers.expiry)
    timers.expiry = expireFrom(since)
  }
  return {
    token,
    lost: lost.signal,
    release: async () => {
      stopTimers()
      // Left alone when Redis is away: it ends by itself.
      await run(releaseScript).catch(() => undefined)
    },
  }
}
