import { randomUUID } from 'node:crypto'
import { describe, expect, onTestFinished, test } from 'vitest'
import { acquireLease } from '../../src/queue/lease.ts'
import { createShelf } from '../../src/queue/shelf.ts'
import { makeConnection, makePeople, makeRedis } from './setup.ts'

async function house() {
  const server = await makeRedis()
  const redis = await makeConnection(server.address)
  const { seal } = await makePeople()
  const alarms: string[] = []
  const bot = async ({ leads = true } = {}) => {
    const token = randomUUID()
    const shelf = createShelf({
      redis,
      name: 'alerts',
      seal,
      lease: { name: 'bot', token },
      onAlarm: (what, { code }) => alarms.push(`${code} ${what}`),
    })
    if (!leads) return { shelf, end: async () => undefined }
    const lease = await acquireLease({ redis, name: 'bot', token, milliseconds: 10_000 })
    onTestFinished(() => lease.release())
    return { shelf, end: () => lease.release() }
  }
  return { redis, alarms, bot }
}

const key = 'jailops:shelf:alerts'

describe('a shelf', () => {
  test('gives back what was put there, in this life and the next, and not what was removed', async () => {
    const { bot, alarms } = await house()
    const first = await bot()
    await first.shelf.put('a1', 'one')
    await first.shelf.put('a2', 'two')
    await first.shelf.put('a1', 'one, changed')
    await first.shelf.remove('a2')
    await first.end()
    const next = await bot()
    expect(await next.shelf.all()).toEqual(new Map([['a1', 'one, changed']]))
    await next.shelf.put('a1', 'in another life')
    expect(await next.shelf.all()).toEqual(new Map([['a1', 'in another life']]))
    expect(alarms).toEqual([])
  })

  test('takes nothing from a bot that does not hold the lease', async () => {
    const { bot } = await house()
    const { shelf } = await bot()
    await shelf.put('a1', 'one')
    const other = (await bot({ leads: false })).shelf
    await other.all()
    await expect(other.put('a1', 'another')).rejects.toMatchObject({ code: 'lease_lost' })
    await expect(other.remove('a1')).rejects.toMatchObject({ code: 'lease_lost' })
    expect(await shelf.all()).toEqual(new Map([['a1', 'one']]))
  })

  test('believes nothing that somebody else put there, and no older record', async () => {
    const { redis, bot, alarms } = await house()
    const { shelf } = await bot()
    await shelf.put('a1', 'one')
    const old = (await redis.hget(key, 'a1')) ?? ''
    await shelf.put('a1', 'one, changed')
    await redis.hset(key, { a1: old, a2: old, a3: 'forged' })
    expect(await shelf.all()).toEqual(new Map())
    expect(alarms.toSorted()).toEqual(['bad_signature alerts-a2', 'bad_signature alerts-a3', 'replayed alerts-a1'])
  })
})
