import { expect, it } from 'vitest'
import { incoming, lastCard, makeWorld, startBot } from './bot-bench.ts'
import { until } from '../support/until.ts'

it('a record that cannot be read is an alarm, and keeps the bot from nothing', async () => {
  const world = makeWorld()
  world.records.set('rbbbbbbbbbbbbbbb', { text: '{"id":"of another version"}', ended: false })
  world.records.set('rccccccccccccccc', { text: 'not even JSON', ended: false })
  const first = await startBot(world)
  const { request } = await first.door().receive(incoming('ana', 'jail list'))
  await until(() => world.queue.size === 1)
  await first.bot.stop()

  const { bot, door } = await startBot(world)
  await bot.tick()
  await until(() => (world.queue.get(`${request}-query-1`)?.length ?? 0) === 2)
  expect(new Set(world.alarms)).toEqual(new Set(['a stored request cannot be read']))

  const shown = await door().receive(incoming('ana', 'job show rbbbbbbbbbbbbbbb'))
  await until(() => lastCard(world, shown.request)?.state === 'refused')
  expect(lastCard(world, shown.request)?.reason).toBe('unknown_request')
})
