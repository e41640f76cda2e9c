import type { Redis } from 'ioredis'
import { setTimeout as delay } from 'node:timers/promises'
import { z } from 'zod'
import { JailopsError } from '../core/errors.ts'
import { createRedisClock } from './redis-clock.ts'
import { isReply, toStoreError, wasNeverSent } from './redis-errors.ts'
import type { StoreKeys } from './store-keys.ts'
import { admitScript, forgetScript } from './store-scripts.ts'

export interface Admission {
  admit(candidate: Candidate): Promise<{ id: string; fresh: boolean }>
  wasAbandoned(id: string): boolean
  close(): void
}

export interface Candidate {
  delivery: string
  id: string
  /** The sealed record. */
  token: string
  createdAt: number
  /** From now. */
  deadlineMilliseconds: number
}

interface Attempt {
  verdict: 'stored' | 'late' | 'unsent' | 'unknown'
  id: string
  error?: unknown
}

const answerSchema = z.tuple([z.enum(['stored', 'late']), z.string(), z.coerce.number()])
const dedupeMilliseconds = 24 * 60 * 60 * 1000
/** For an answer that is on its way when the deadline strikes; Redis itself takes nothing after it. */
const slackMilliseconds = 100
const betweenAttempts = 25
const rememberAbandoned = 10_000

/**
 * Stores a new request before its deadline, or never. It is tried again until then, so that a short restart of Redis goes unnoticed.
 * When the deadline strikes without an answer, the request is abandoned: should it have landed after all, it is taken out again.
 */
export function createAdmission(redis: Redis, keys: StoreKeys): Admission {
  const clock = createRedisClock(redis)
  const abandoned = new Map<string, Candidate>()
  const toTakeBack = new Set<Candidate>()

  const keysOf = ({ delivery, id }: Candidate) => [keys.delivery(delivery), keys.record(id), keys.open]

  async function attempt(candidate: Candidate, deadline: number): Promise<Attempt> {
    let sent = false
    try {
      if (clock.at(deadline) === undefined) await clock.measure()
      const latest = clock.at(deadline)
      if (latest === undefined || performance.now() >= deadline) return { verdict: 'unsent', id: '' }
      const values = [candidate.id, candidate.token, candidate.createdAt, latest.toFixed(3), dedupeMilliseconds]
      const reply = admitScript(redis, keysOf(candidate), values)
      sent = true
      const [verdict, id, time] = answerSchema.parse(await reply)
      clock.learn(time, performance.now())
      return { verdict, id }
    } catch (error) {
      return { verdict: !sent || isReply(error) || wasNeverSent(error) ? 'unsent' : 'unknown', id: '', error }
    }
  }

  async function takeBack(candidate: Candidate): Promise<void> {
    try {
      await redis.eval(forgetScript, 3, ...keysOf(candidate), candidate.id, candidate.token)
      toTakeBack.delete(candidate)
    } catch {
      // again at the next connection
    }
  }
  const takeAllBack = () => {
    for (const candidate of toTakeBack) void takeBack(candidate)
  }
  redis.on('ready', takeAllBack)

  function abandon(candidate: Candidate): void {
    const [oldest] = abandoned.keys()
    if (abandoned.size >= rememberAbandoned && oldest !== undefined) abandoned.delete(oldest)
    abandoned.set(candidate.id, candidate)
    toTakeBack.add(candidate)
    void takeBack(candidate)
  }

  return {
    admit: async (candidate) => {
      const deadline = performance.now() + candidate.deadlineMilliseconds
      let inDoubt = false
      let lastError: unknown
      while (performance.now() < deadline) {
        const tried = await within(deadline + slackMilliseconds, attempt(candidate, deadline))
        const leftOver = tried?.verdict === 'stored' ? abandoned.get(tried.id) : undefined
        if (leftOver) {
          await takeBack(leftOver)
          continue
        }
        // Ours, when an earlier attempt landed and its answer was lost: nobody else knows this id.
        if (tried?.verdict === 'stored') return { id: tried.id, fresh: tried.id === candidate.id }
        inDoubt ||= tried === undefined || tried.verdict === 'unknown'
        // Known for certain, whatever came before. Redis's clock may just have been measured badly: then there is time left.
        if (tried?.verdict === 'late') inDoubt = false
        lastError = tried?.error
        if (lastError !== undefined && toStoreError(lastError).code === 'store_full') throw toStoreError(lastError)
        await delay(betweenAttempts)
      }
      if (inDoubt) abandon(candidate)
      if (!inDoubt && lastError !== undefined) throw toStoreError(lastError)
      throw new JailopsError('stored_too_late', 'The store (Redis) did not take the request in time; nothing was done. Try again.')
    },
    wasAbandoned: (id) => abandoned.has(id),
    close: () => {
      clock.close()
      redis.off('ready', takeAllBack)
    },
  }
}

/** The attempt's outcome, or undefined when none is there at that moment. */
async function within(moment: number, attempt: Promise<Attempt>): Promise<Attempt | undefined> {
  const bell = Promise.withResolvers<undefined>()
  const timer = setTimeout(bell.resolve, Math.max(0, moment - performance.now()), undefined)
  try {
    return await Promise.race([attempt, bell.promise])
  } finally {
    clearTimeout(timer)
  }
}
