import type { Redis } from 'ioredis'
import { z } from 'zod'

/** Where Redis's own clock stands, counted on by a clock of ours that nobody sets. */
export interface RedisClock {
  /** A moment of ours (performance.now) in Redis's milliseconds; never later than it really is. Undefined: not measured on this connection. */
  at(moment: number): number | undefined
  /** A reply that held Redis's time came at `received`. */
  learn(redisMilliseconds: number, received: number): void
  measure(): Promise<void>
  close(): void
}

const timeSchema = z.tuple([z.coerce.number(), z.coerce.number()])
const measureEvery = 10_000

/** Milliseconds since 1970 by Redis's clock. */
export async function redisTime(redis: Redis): Promise<number> {
  const [seconds, microseconds] = timeSchema.parse(await redis.time())
  return seconds * 1000 + microseconds / 1000
}

export function createRedisClock(redis: Redis): RedisClock {
  let offset: number | undefined
  const learn = (redisMilliseconds: number, received: number) => {
    // Redis read its clock before we got the answer: this errs towards an earlier deadline, by the answer's way at most.
    offset = redisMilliseconds - received
  }
  const measure = async () => {
    const said = await redisTime(redis)
    learn(said, performance.now())
  }
  const tryToMeasure = () => void measure().catch(() => undefined)
  // Behind a new connection there may be another machine with another clock.
  const forget = () => {
    offset = undefined
  }
  const timer = setInterval(tryToMeasure, measureEvery).unref()
  redis.on('ready', tryToMeasure)
  redis.on('close', forget)
  if (redis.status === 'ready') tryToMeasure()
  return {
    at: (moment) => (offset === undefined ? undefined : moment + offset),
    learn,
    measure,
    close: () => {
      clearInterval(timer)
      redis.off('ready', tryToMeasure)
      redis.off('close', forget)
    },
  }
}
