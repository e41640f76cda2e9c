import { Redis, type RedisOptions } from 'ioredis'
import { JailopsError } from '../core/errors.ts'
import { quietly, type OnProblem } from './quiet.ts'

/** `redis://…` or `rediss://…`, or a Unix socket's path. */
export type RedisAddress = string | { socketPath: string }

/**
 * `commands` fails within two seconds and never sends anything again by itself: its callers know what that means.
 * `blocking` waits for ever and sends again, as BullMQ's workers need it.
 */
export type RedisRole = 'commands' | 'blocking'

const roles = {
  commands: {
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    autoResendUnfulfilledCommands: false,
    commandTimeout: 2000,
    // A peer that vanished without a word is noticed here and not after TCP's quarter of an hour.
    socketTimeout: 10_000,
  },
  // Its longest blocking command lasts ten seconds.
  blocking: { maxRetriesPerRequest: null, socketTimeout: 30_000 },
} as const satisfies Record<RedisRole, RedisOptions>

/** Asked before each new attempt, which comes so many milliseconds later; false ends the connection and all that waits for it. */
export type Retry = (milliseconds: number) => boolean
const always: Retry = () => true

/** Returns at once and keeps (re)connecting, whatever happens to Redis. Ended by `redis.disconnect()`. */
export function connectRedis(address: RedisAddress, role: RedisRole, onProblem?: OnProblem, retry: Retry = always): Redis {
  const options = {
    ...roles[role],
    connectTimeout: 3000,
    // How long a peer that does not answer may take to hang up.
    disconnectTimeout: 500,
    retryStrategy: (times: number) => {
      const wait = Math.min(25 * 2 ** Math.min(times, 6), 1000)
      return retry(wait) ? wait : null
    },
    // After a failover the old primary is read-only: connecting again finds the new one.
    reconnectOnError: (error: Error) => error.message.startsWith('READONLY'),
  } satisfies RedisOptions
  const redis = typeof address === 'string' ? new Redis(checkedUrl(address), options) : new Redis({ ...options, path: address.socketPath })
  const report = quietly(onProblem)
  redis.on('error', (error: unknown) => report(error))
  return redis
}

function checkedUrl(address: string): string {
  if (/^rediss?:\/\/[^\s]+$/.test(address) && URL.canParse(address)) return address
  throw new JailopsError('config_error', 'The address of Redis is not one; write redis://HOST:PORT or rediss://USER:PASSWORD@HOST:PORT.')
}

/** Resolves when commands can be sent, or fails with store_unavailable. */
export async function whenReady(redis: Redis, milliseconds: number): Promise<void> {
  if (redis.status === 'ready') return
  await new Promise<void>((resolve, reject) => {
    const timer = setTimeout(() => {
      redis.off('ready', succeed)
      reject(new JailopsError('store_unavailable', 'The store (Redis) does not answer; is it running, and is its address right?'))
    }, milliseconds)
    const succeed = () => {
      clearTimeout(timer)
      resolve()
    }
    redis.once('ready', succeed)
  })
}
