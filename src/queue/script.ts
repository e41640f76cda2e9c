import { createHash } from 'node:crypto'
import type { Redis } from 'ioredis'
import { isReply } from './redis-errors.ts'

/** Runs a script in Redis, with its keys and its other values. */
export type Script = (redis: Redis, keys: readonly string[], values: readonly (string | number)[]) => Promise<unknown>

/** Sent by its hash only. Where Redis does not know that (it was started anew, or told to forget), nothing was done, and the text follows. */
export function scriptOf(text: string): Script {
  const hash = createHash('sha1').update(text).digest('hex')
  return async (redis, keys, values) => {
    try {
      return await redis.evalsha(hash, keys.length, ...keys, ...values)
    } catch (error) {
      if (!isReply(error) || !error.message.startsWith('NOSCRIPT')) throw error
      return redis.eval(text, keys.length, ...keys, ...values)
    }
  }
}
