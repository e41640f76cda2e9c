import type { Redis } from 'ioredis'
import { z } from 'zod'
import { JailopsError } from '../core/errors.ts'
import type { BotMessage, Inventory } from '../core/message.ts'
import type { Verifier } from './envelope.ts'
import { createTurns } from './in-turn.ts'
import { defaultPrefix } from './queue-names.ts'
import { asked } from './redis-errors.ts'
import type { Seal } from './seal.ts'
import { createSealedRecords, type OnAlarm } from './sealed-records.ts'

/** What a host last said it has, and when the bot heard it. */
export interface HostInventory {
  host: string
  /** Absent where it never said so. */
  inventory?: Inventory
  /** Why it cannot say now what it has. */
  problem?: string
  /** By the host's clock. */
  issuedAt: number
  heardAt: number
}

export interface Inventories {
  /** Keeps the host's own signed text, with the moment at which the bot heard it, sealed by the bot. */
  putInventory(host: string, signedText: string, heardAt: number): Promise<void>
  /** Those that verify; an alarm for each that does not. */
  getInventories(): Promise<HostInventory[]>
  /** Reads a host's text without storing it. @throws bad_signature */
  read(host: string, signedText: string, heardAt: number): Promise<HostInventory>
}

export interface InventoriesOptions {
  redis: Redis
  prefix?: string
  seal: Seal
  verifier: Verifier
  onAlarm: OnAlarm
}

const keptSchema = z.strictObject({ signedText: z.string(), heardAt: z.number() })

export function createInventories(options: InventoriesOptions): Inventories {
  const { redis, prefix = defaultPrefix, verifier, onAlarm } = options
  const key = `${prefix}:inventory`
  const records = createSealedRecords(options)
  // A read that overtakes a write would look like an old inventory put back.
  const inTurn = createTurns()

  async function read(host: string, signedText: string, heardAt: number): Promise<HostInventory> {
    const { body, issuedAt }: BotMessage = await verifier.botMessage(signedText, { host, kid: host })
    if (body.kind === 'inventory') return { host, inventory: body.inventory, issuedAt, heardAt }
    if (body.kind === 'alive') return { host, problem: body.problem, issuedAt, heardAt }
    throw new JailopsError('bad_signature', `${host} signed a ${body.kind} where an inventory was due.`)
  }

  async function restore(host: string, token: string): Promise<HostInventory | undefined> {
    const record = records.open(recordId(host), token)
    if (record === undefined) return undefined
    try {
      const { signedText, heardAt } = keptSchema.parse(JSON.parse(record))
      return await read(host, signedText, heardAt)
    } catch (error) {
      // Ours by its seal: the host's key has changed since, or its format.
      onAlarm(
        host,
        error instanceof JailopsError
          ? error
          : new JailopsError('bad_signature', `The inventory of ${host} cannot be read.`, { cause: error }),
      )
      return undefined
    }
  }

  return {
    read,
    putInventory: (host, signedText, heardAt) =>
      inTurn('all', async () => {
        const { token, revision } = records.seal(recordId(host), JSON.stringify({ signedText, heardAt }))
        await asked(redis.hset(key, host, token))
        records.confirm(recordId(host), revision)
      }),
    getInventories: async () => {
      const found = await inTurn('all', async () => {
        const kept = await asked(redis.hgetall(key))
        return Promise.all(Object.entries(kept).map(([host, token]) => restore(host, token)))
      })
      return found.filter((one) => one !== undefined)
    },
  }
}

function recordId(host: string): string {
  return `inventory-${host}`
}
