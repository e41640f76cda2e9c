import type { Redis } from 'ioredis'
import { z } from 'zod'
import { JailopsError } from '../core/errors.ts'
import { createTurns } from './in-turn.ts'
import { leaseKey } from './lease.ts'
import { defaultPrefix } from './queue-names.ts'
import { asked } from './redis-errors.ts'
import { scriptOf } from './script.ts'
import type { Seal } from './seal.ts'
import { createSealedRecords, type OnAlarm } from './sealed-records.ts'

/** A few records of the bot's own that are no requests, all read at start. What does not verify is treated as absent, with an alarm. */
export interface Shelf {
  /** By id. To be read before anything is put there. */
  all(): Promise<Map<string, string>>
  /** @throws lease_lost when another bot may be writing, store_unavailable, store_full */
  put(id: string, record: string): Promise<void>
  /** @throws the same */
  remove(id: string): Promise<void>
}

export interface ShelfOptions {
  /** Of the role `commands`. */
  redis: Redis
  prefix?: string
  /** What it is that lies there: `alerts`. */
  name: string
  seal: Seal
  /** Writes are refused unless this token holds this lease in Redis. */
  lease: { name: string; token: string }
  onAlarm: OnAlarm
}

/** KEYS lease, shelf. ARGV lease token, id, sealed text. */
const putScript = scriptOf(`
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 'lost' end
redis.call('HSET', KEYS[2], ARGV[2], ARGV[3])
return 'done'`)
/** KEYS lease, shelf. ARGV lease token, id. */
const removeScript = scriptOf(`
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 'lost' end
redis.call('HDEL', KEYS[2], ARGV[2])
return 'done'`)

const heldSchema = z.record(z.string(), z.string())

export function createShelf(options: ShelfOptions): Shelf {
  const { redis, lease, name, prefix = defaultPrefix } = options
  const key = `${prefix}:shelf:${name}`
  const where = [leaseKey(lease.name, prefix), key]
  const records = createSealedRecords(options)
  const recordId = (id: string) => `${name}-${id}`
  // a read that overtakes a write would look like an old record put back
  const inTurn = createTurns()

  return {
    all: () =>
      inTurn(name, async () => {
        const held = heldSchema.parse(await asked(redis.hgetall(key)))
        const opened = Object.entries(held).map(([id, token]) => ({ id, record: records.open(recordId(id), token) }))
        return new Map(opened.flatMap(({ id, record }) => (record === undefined ? [] : [[id, record] as const])))
      }),
    put: (id, record) =>
      inTurn(name, async () => {
        const { token, revision } = records.seal(recordId(id), record)
        await written(putScript(redis, where, [lease.token, id, token]))
        records.confirm(recordId(id), revision)
      }),
    remove: (id) => inTurn(name, () => written(removeScript(redis, where, [lease.token, id]))),
  }
}

async function written(answer: Promise<unknown>): Promise<void> {
  if ((await asked(answer)) === 'done') return
  throw new JailopsError('lease_lost', 'This bot no longer holds the lease; another one has taken over, or Redis was away for too long.')
}
