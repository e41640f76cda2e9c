import { describe, expect, it } from 'vitest'
import type { Actor } from '../../src/core/policy.ts'
import { JailopsError } from '../../src/core/errors.ts'
import { incoming, lastCard, makeWorld, startBot } from './bot-bench.ts'
import { until } from '../support/until.ts'

/** Says something as somebody of whom the platform is still to be asked. */
async function askAs(says: (actor: Actor) => Promise<Actor>, words = 'jail list') {
  const world = makeWorld()
  world.who.says = says
  const living = await startBot(world)
  const { request } = await living.door().receive(incoming('ana', words, 'unproved'))
  await until(() => lastCard(world, request) !== undefined)
  return { world, card: lastCard(world, request), record: JSON.parse(world.records.get(request)?.text ?? '{}') }
}

describe('who speaks', () => {
  it('is asked of the platform before policy, and is on the record', async () => {
    const { card, record } = await askAs(async (actor) => ({ ...actor, kind: 'person', name: 'Ana Bee', groups: ['g1'] }))
    expect([card?.state, record.incoming.actor]).toEqual([
      'planning',
      { platform: 'web', id: 'ana', name: 'Ana Bee', groups: ['g1'], kind: 'person' },
    ])
  })

  it.each(['guest', 'stranger', 'bot'] as const)('is refused as a %s', async (kind) => {
    const { card, world } = await askAs(async (actor) => ({ ...actor, kind }))
    expect([card?.state, card?.reason, world.queue.size]).toEqual(['refused', 'not_a_member', 0])
  })

  it('is nobody while the platform does not say, whatever policy gives to that id', async () => {
    const silent = await askAs(async (actor) => actor)
    expect([silent.card?.reason, silent.world.queue.size]).toEqual(['identity_unproved', 0])
    const failing = await askAs(() => Promise.reject(new JailopsError('identity_unproved', 'Slack did not say. Nothing was done.')))
    expect([failing.card?.reason, failing.card?.text, failing.world.queue.size]).toEqual([
      'identity_unproved',
      'Slack did not say. Nothing was done.',
      0,
    ])
  })

  it('is asked only when what was said is acknowledged', async () => {
    const world = makeWorld()
    const living = await startBot(world)
    let isAsked = false
    world.who.says = async (actor) => {
      isAsked = true
      return actor
    }
    await living.door().receive(incoming('ana', 'jail create blog'))
    await Promise.resolve()
    expect(isAsked).toBe(false)
    await until(() => world.queue.size === 1)
    expect(isAsked).toBe(true)
  })
})
