import { expect, test } from 'vitest'
import type { BotMessage } from '../../src/core/message.ts'
import { createInventoryCache } from '../../src/queue/inventory-cache.ts'
import { createInventories } from '../../src/queue/inventory.ts'
import { makeConnection, makePeople, makeRedis } from './setup.ts'

function saying(jails: string[], issuedAt: number): BotMessage {
  const body: BotMessage['body'] = { kind: 'inventory', inventory: { jails, routes: [], trash: [] } }
  return { id: `inv-inventory-${issuedAt}`, request: 'inv', host: 'web1', issuedAt, expiresAt: issuedAt + 1, number: issuedAt, body }
}

async function makeInventories() {
  const { address } = await makeRedis()
  const redis = await makeConnection(address)
  const people = await makePeople()
  const alarms: string[] = []
  const open = () =>
    createInventories({
      redis,
      seal: people.seal,
      verifier: people.verifier,
      onAlarm: (what, { code }) => alarms.push(`${code} ${what}`),
    })
  return { redis, people, alarms, open }
}

test('what a host last said is there at once, and after a restart of the bot', async () => {
  const { open, people } = await makeInventories()
  const cache = createInventoryCache(open())
  await cache.put('web1', await people.web1.botMessage(saying(['blog'], 10)), 1000)
  await cache.put('web1', await people.web1.botMessage(saying(['blog', 'shop'], 20)), 2000)
  const next = createInventoryCache(open())
  expect(next.all()).toEqual([])
  await next.load()
  expect(next.all()).toEqual(cache.all())
})

test('a message that comes late, twice or out of somebody’s store says nothing', async () => {
  const { open, people } = await makeInventories()
  const cache = createInventoryCache(open())
  const newest = await people.web1.botMessage(saying(['blog', 'shop'], 200_000))
  await cache.put('web1', newest, 210_000)
  await cache.put('web1', await people.web1.botMessage(saying(['blog'], 199_999)), 220_000)
  await cache.put('web1', await people.web1.botMessage(saying(['evil'], 10)), 230_000)
  await cache.put('web1', newest, 240_000)
  expect(cache.of('web1')).toMatchObject({ inventory: { jails: ['blog', 'shop'] }, issuedAt: 200_000, heardAt: 210_000 })
})

test('a host that cannot say what it has is heard, and what it had is remembered', async () => {
  const { open, people } = await makeInventories()
  const cache = createInventoryCache(open())
  await cache.put('web1', await people.web1.botMessage(saying(['blog'], 10)), 1000)
  const { body: _, ...message } = saying([], 20)
  await cache.put('web1', await people.web1.botMessage({ ...message, body: { kind: 'alive', problem: 'jls failed.' } }), 2000)
  expect(cache.of('web1')).toMatchObject({ inventory: { jails: ['blog'] }, problem: 'jls failed.', heardAt: 2000 })
  const next = createInventoryCache(open())
  await next.load()
  expect(next.of('web1')).toMatchObject({ inventory: { jails: ['blog'] }, heardAt: 1000 })

  await cache.put('web1', await people.web1.botMessage(saying(['blog', 'shop'], 30)), 3000)
  expect(cache.of('web1')).not.toHaveProperty('problem')
})

test('a host whose clock went ahead and was set right is believed, also after a restart of the bot', async () => {
  const { open, people } = await makeInventories()
  const cache = createInventoryCache(open())
  await cache.put('web1', await people.web1.botMessage(saying(['blog'], 7_200_000)), 2000)
  await cache.put('web1', await people.web1.botMessage(saying(['shop'], 3_600_000)), 32_000)
  expect(cache.of('web1')).toMatchObject({ inventory: { jails: ['shop'] }, issuedAt: 3_600_000, heardAt: 32_000 })
  const next = createInventoryCache(open())
  await next.load()
  expect(next.all()).toEqual(cache.all())
})

test('what a host did not say is refused, and in Redis an alarm', async () => {
  const { open, people, redis, alarms } = await makeInventories()
  const cache = createInventoryCache(open())
  await expect(cache.put('web1', await people.stranger.botMessage(saying(['evil'], 10)), 1)).rejects.toMatchObject({
    code: 'bad_signature',
  })
  await expect(cache.put('web2', await people.web1.botMessage(saying(['evil'], 10)), 1)).rejects.toMatchObject({ code: 'bad_signature' })
  const signedText = await people.web1.botMessage(saying(['blog'], 10))
  await redis.hset('jailops:inventory', {
    a: signedText,
    web1: people.strangersSeal.close({ id: 'inventory-web1', revision: 1, record: JSON.stringify({ signedText, heardAt: 9e12 }) }),
  })
  await cache.load()
  expect(cache.all()).toEqual([])
  expect(alarms.toSorted()).toEqual(['bad_signature inventory-a', 'bad_signature inventory-web1'])
})

test('a store that is away does not stop the memory', async () => {
  const { open, people, redis } = await makeInventories()
  redis.disconnect()
  const problems: unknown[] = []
  const cache = createInventoryCache(open(), (error) => problems.push(error))
  await cache.put('web1', await people.web1.botMessage(saying(['blog'], 10)), 1)
  expect(cache.of('web1')?.inventory?.jails).toEqual(['blog'])
  expect(problems).toMatchObject([{ code: 'store_unavailable' }])
  await expect(cache.load()).rejects.toMatchObject({ code: 'store_unavailable' })
})
