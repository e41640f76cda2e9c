import type { Redis } from 'ioredis'
import { z } from 'zod'
import { JailopsError } from '../core/errors.ts'
import { createAdmission } from './admission.ts'
import { createTurns } from './in-turn.ts'
import { leaseKey } from './lease.ts'
import { defaultPrefix } from './queue-names.ts'
import { asked } from './redis-errors.ts'
import type { Seal } from './seal.ts'
import { createSealedRecords, type OnAlarm } from './sealed-records.ts'
import { storeKeys } from './store-keys.ts'
import { saveScript } from './store-scripts.ts'

/** The bot's memory. What does not verify when it is read is treated as absent, with an alarm. */
export interface Store {
  /**
   * Stores a new request unless its delivery was stored before: then it answers with the first one's id. After `deadlineMilliseconds`
   * from now Redis itself refuses it, so that "nothing was done" is true.
   * @throws stored_too_late, store_unavailable, store_full
   */
  admit(input: NewRequest): Promise<{ id: string; fresh: boolean }>
  /** True when `admit` gave this request up: should it be met after all, drop it. It is taken out of Redis again as soon as that answers. */
  wasAbandoned(id: string): boolean
  load(id: string): Promise<string | undefined>
  /** @throws lease_lost when another bot may be writing. */
  save(id: string, record: string, ended: boolean): Promise<void>
  /** Requests that have not ended, oldest first. */
  open(): Promise<string[]>
  /** Those that were saved since they were admitted, newest first. */
  recent(limit: number): Promise<string[]>
  /** Stops its timer; the connection stays the caller's. */
  close(): void
}

export interface NewRequest {
  delivery: string
  id: string
  record: string
  createdAt: number
  deadlineMilliseconds: number
}

export interface StoreOptions {
  /** Of the role `commands`. */
  redis: Redis
  prefix?: string
  /** The bot's own: it believes only what it sealed itself. */
  seal: Seal
  /** Writes are refused unless this token holds this lease in Redis. */
  lease: { name: string; token: string }
  onAlarm: OnAlarm
  /** How long a request that has ended is kept. */
  keepDays?: number
}

const dayMilliseconds = 24 * 60 * 60 * 1000
const idsSchema = z.array(z.string())

export function createStore(options: StoreOptions): Store {
  const { redis, lease, prefix = defaultPrefix, keepDays = 30 } = options
  const keys = storeKeys(prefix)
  const records = createSealedRecords(options)
  const admission = createAdmission(redis, keys)
  // A read that overtakes a write would look like an old record put back.
  const inTurn = createTurns()

  async function load(id: string): Promise<string | undefined> {
    const token = await asked(redis.hget(keys.record(id), 'record'))
    return token === null ? undefined : records.open(id, token)
  }

  async function save(id: string, record: string, ended: boolean): Promise<void> {
    if (!records.knows(id)) await load(id)
    const { token, revision } = records.seal(id, record)
    const where = [leaseKey(lease.name, prefix), keys.record(id), keys.open, keys.recent]
    const values = [lease.token, id, token, String(revision), ended ? '1' : '0', String(keepDays * dayMilliseconds)]
    const verdict = await asked(saveScript(redis, where, values))
    if (verdict !== 'saved') throw refusedToSave(verdict)
    records.confirm(id, revision)
  }

  async function listed(ids: Promise<unknown>): Promise<string[]> {
    return idsSchema.parse(await asked(ids)).filter((id) => !admission.wasAbandoned(id))
  }

  return {
    admit: async ({ record, ...request }) => {
      const { token, revision } = records.seal(request.id, record)
      const admitted = await admission.admit({ ...request, token })
      if (admitted.fresh) records.confirm(request.id, revision)
      return admitted
    },
    wasAbandoned: (id) => admission.wasAbandoned(id),
    load: (id) => inTurn(id, () => load(id)),
    save: (id, record, ended) => inTurn(id, () => save(id, record, ended)),
    open: () => listed(redis.zrange(keys.open, 0, '-1')),
    recent: (limit) => listed(redis.zrevrange(keys.recent, 0, limit - 1)),
    close: () => admission.close(),
  }
}

function refusedToSave(verdict: unknown): JailopsError {
  if (verdict === 'stale')
    return new JailopsError('lease_lost', 'The store (Redis) holds a newer record than this bot knows; another bot wrote it.')
  return new JailopsError('lease_lost', 'This bot no longer holds the lease; another one has taken over, or Redis was away for too long.')
}
