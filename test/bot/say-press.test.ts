import { describe, expect, it } from 'vitest'
import type { Press } from '../../src/core/card.ts'
import { incoming, lastCard, makeWorld, sentTo, startBot, type LivingBot, type World } from './bot-bench.ts'
import { until } from '../support/until.ts'

const stateOf = (world: World, request: string) => lastCard(world, request)?.state
const press = (living: LivingBot, who: string, what: Press) => living.door().receive(incoming(who, { kind: 'press', press: what }))

async function asked() {
  const world = makeWorld()
  const living = await startBot(world)
  await living.door().receive(incoming('ana', 'jail create blog'))
  await until(() => world.queue.size === 1)
  return { world, living }
}

describe('a press that says words', () => {
  it('is a request with a card of its own, judged as if typed', async () => {
    const { world, living } = await asked()
    const { request } = await press(living, 'cy', { kind: 'say', request: 'a1', words: 'jail start blog' })
    await until(() => stateOf(world, request) === 'planning')
    expect(lastCard(world, request)?.title).toBe('/jail start blog')
    expect(sentTo(world).at(-1)?.body).toMatchObject({ command: 'jail start', person: 'web:user:cy' })
  })

  it('is refused to whoever may not say them, on its own card', async () => {
    const { world, living } = await asked()
    const { request } = await press(living, 'eve', { kind: 'say', request: 'a1', words: 'jail start blog' })
    await until(() => stateOf(world, request) === 'refused')
    expect(lastCard(world, request)).toMatchObject({ reason: 'permission_denied', title: '/jail start blog' })
    expect([world.queue.size, world.whispers]).toEqual([1, []])
  })
})
