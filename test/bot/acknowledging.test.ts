import { expect, test } from 'vitest'
import { incoming, makeWorld, startBot } from './bot-bench.ts'
import { until } from '../support/until.ts'

test('an acknowledgement comes after the invocation is stored and before it goes on; one that takes for ever holds nothing up', async () => {
  const world = makeWorld()
  const living = await startBot(world)
  const seen: unknown[] = []
  const acknowledgement = Promise.withResolvers<void>()

  const { request } = await living.door().receive(incoming('ana', 'jail create blog'), (id) => {
    seen.push({ id, stored: world.records.has(id), sent: world.queue.size })
    return acknowledgement.promise
  })
  expect(seen).toEqual([{ id: request, stored: true, sent: 0 }])

  // never resolved, and yet it goes on
  await until(() => world.queue.size === 1)
  acknowledgement.resolve()
  await living.bot.stop()
})

test('a delivery that comes twice is acknowledged twice and goes on once', async () => {
  const world = makeWorld()
  const living = await startBot(world)
  const acknowledged: string[] = []
  const again = incoming('ana', 'jail create blog')
  const receive = () => living.door().receive(again, async (id) => acknowledged.push(id))

  const { request } = await receive()
  await receive()
  await until(() => world.queue.size === 1)
  await living.bot.stop()

  expect(acknowledged).toEqual([request, request])
  expect(world.queue.size).toBe(1)
})
