import { describe, expect, it } from 'vitest'
import type { Press } from '../../src/core/card.ts'
import { digestOf, plan } from '../../src/core/plan.ts'
import { fromHost, hear, incoming, lastCard, makeWorld, sentTo, startBot, type LivingBot, type World } from './bot-bench.ts'
import { thePlan, theDigest } from './records.ts'
import { until } from '../support/until.ts'

const stateOf = (world: World, request: string) => lastCard(world, request)?.state
const press = (living: LivingBot, who: string, what: Press) => living.door().receive(incoming(who, { kind: 'press', press: what }))
const kinds = (world: World) => sentTo(world).map(({ body }) => body.kind)
const steps = thePlan.steps.map(() => ({ state: 'done' as const }))

async function asked(words = 'jail create blog') {
  const world = makeWorld()
  const living = await startBot(world)
  const { request } = await living.door().receive(incoming('ana', words))
  await until(() => world.queue.size === 1)
  return { world, living, request }
}

async function waiting(digest = theDigest) {
  const story = await asked()
  await hear(story.living, fromHost(story.request, 2, { kind: 'progress', steps: [], begun: false, taken: [`${story.request}-plan-1`] }))
  await hear(story.living, fromHost(story.request, 3, { kind: 'planned', plan: thePlan, digest }))
  await until(() => stateOf(story.world, story.request) === 'waiting')
  return story
}

/** Stored and acknowledged, but not gone on with: the store fails just then. */
async function stuck(world: World, living: LivingBot, who: string, words: string) {
  const before = world.alarms.length
  const stored = await living
    .door()
    .receive(incoming(who, words))
    .then((receipt) => {
      world.store.fails = true
      return receipt
    })
  await until(() => world.alarms.length > before)
  world.store.fails = false
  return stored
}

describe('a change', () => {
  it('is planned, approved by a press, applied once, followed, and ends true', async () => {
    const { world, living, request } = await waiting()

    await press(living, 'bo', { kind: 'approve', request, digest: theDigest })
    await until(() => stateOf(world, request) === 'queued' && world.queue.size === 2)
    await hear(living, fromHost(request, 5, { kind: 'progress', steps, begun: true, taken: [`${request}-apply-2`] }))
    await until(() => stateOf(world, request) === 'running')
    await hear(living, fromHost(request, 9, { kind: 'result', state: 'done', steps }))
    await until(() => stateOf(world, request) === 'done')
    await living.bot.stop()

    expect(sentTo(world).map(({ body }) => body)).toMatchObject([
      { kind: 'plan', execute: false, args: { jail: 'blog' } },
      { kind: 'apply', digest: theDigest, votes: [{ person: 'web:user:bo', choice: 'yes' }] },
    ])
    expect(lastCard(world, request)).toMatchObject({ title: expect.stringContaining('jail create'), buttons: [] })
    expect([world.chat.size, world.alarms, world.records.get(request)?.ended]).toEqual([1, [], true])
  })

  it('without approval is sent to be carried out', async () => {
    const { world } = await asked('jail start blog')
    expect(sentTo(world)).toMatchObject([{ body: { kind: 'plan', execute: true, dryRun: false } }])
  })

  it('tried dry is never to be carried out', async () => {
    const { world } = await asked('jail create blog dry-run:yes')
    expect(sentTo(world)).toMatchObject([{ body: { kind: 'plan', execute: false, dryRun: true } }])
  })

  it('delivered twice is one request', async () => {
    const world = makeWorld()
    const { door } = await startBot(world)
    const said = incoming('ana', 'jail create blog')

    const [one, two] = await Promise.all([door().receive(said), door().receive(said)])
    await until(() => world.queue.size > 0)

    expect([one, world.records.size, kinds(world)]).toEqual([two, 1, ['plan']])
  })

  it.each([
    ['eve', 'jail create blog', 'permission_denied'],
    ['ana', 'jail create BLOG', 'bad_argument'],
    ['ana', 'jail craete blog', 'unknown_command'],
  ])('of %s saying "%s" is refused: %s', async (who, words, reason) => {
    const world = makeWorld()
    const { door } = await startBot(world)

    const { request } = await door().receive(incoming(who, words))
    await until(() => stateOf(world, request) === 'refused')

    expect([lastCard(world, request)?.reason, world.queue.size]).toEqual([reason, 0])
  })
})

describe('a press', () => {
  it.each([
    ['of the asker', 'ana', theDigest, 'own request'],
    ['of the asker by another account', 'ana2', theDigest, 'own request'],
    ['on an older plan', 'bo', 'd0', 'plan has changed'],
    ['of one who may not', 'eve', theDigest, 'permission'],
  ])('%s does not count, and only who pressed is told', async (_, who, digest, words) => {
    const { world, living, request } = await waiting()

    await press(living, who, { kind: 'approve', request, digest })
    await until(() => world.whispers.length === 1)

    expect(world.whispers).toMatchObject([{ to: who, answer: { title: 'That did not count', text: expect.stringContaining(words) } }])
    expect([stateOf(world, request), kinds(world), world.chat.size]).toEqual(['waiting', ['plan'], 1])
  })

  it('pressed twice at once counts once', async () => {
    const { world, living, request } = await waiting()

    await Promise.all([1, 2].map(() => press(living, 'bo', { kind: 'approve', request, digest: theDigest })))
    await until(() => world.queue.size === 2)
    await living.bot.stop()

    expect(kinds(world)).toEqual(['plan', 'apply'])
    expect(sentTo(world)[1]).toMatchObject({ body: { votes: [{ person: 'web:user:bo' }] } })
  })

  it('of deny ends it', async () => {
    const { world, living, request } = await waiting()

    await press(living, 'bo', { kind: 'deny', request, digest: theDigest })
    await until(() => stateOf(world, request) === 'denied' && world.queue.size === 2)

    expect([lastCard(world, request)?.text?.split('\n')[0], kinds(world)]).toEqual(['bo said no, so nothing was done.', ['plan', 'cancel']])
  })

  it('of cancel ends what waits at once, and asks the host where it may have begun', async () => {
    const one = await waiting()
    await press(one.living, 'ana', { kind: 'cancel', request: one.request })
    await until(() => stateOf(one.world, one.request) === 'cancelled' && one.world.queue.size === 2)
    const two = await asked('jail start blog')
    await press(two.living, 'ana', { kind: 'cancel', request: two.request })
    await until(() => two.world.queue.size === 2)

    expect([kinds(one.world), kinds(two.world)]).toEqual([
      ['plan', 'cancel'],
      ['plan', 'cancel'],
    ])
    expect([stateOf(two.world, two.request), lastCard(two.world, two.request)?.buttons]).toEqual(['planning', []])
  })
})

describe('time', () => {
  it('expires what nobody approved', async () => {
    const { world, living, request } = await waiting()
    world.time.now += 5 * 60_000

    await living.bot.tick()
    await until(() => stateOf(world, request) === 'expired' && world.queue.size === 2)

    expect(kinds(world)).toEqual(['plan', 'cancel'])
  })

  it('tells that a host was not reached, and is corrected by the host itself', async () => {
    const { world, living, request } = await asked()
    world.time.now += 19_000
    await living.bot.tick()
    expect(stateOf(world, request)).not.toBe('unreachable')
    world.time.now += 2000
    await living.bot.tick()
    await until(() => stateOf(world, request) === 'unreachable')

    await hear(living, fromHost(request, 4, { kind: 'progress', steps, begun: true, taken: [] }))
    await until(() => stateOf(world, request) === 'running')
    expect(lastCard(world, request)).not.toHaveProperty('reason')
    expect(lastCard(world, request)?.text ?? '').not.toContain('nothing was done')
    await hear(living, fromHost(request, 9, { kind: 'result', state: 'cancelled', steps }))
    await until(() => stateOf(world, request) === 'cancelled')
  })

  it('never makes "nothing was done" of a host that has the message and is silent', async () => {
    const { world, living, request } = await asked()
    world.hostHasThem.yes = true
    world.time.now += 600_000
    await living.bot.tick()
    await until(() => lastCard(world, request)?.text?.includes('not known yet') === true)

    expect(stateOf(world, request)).toBe('planning')
    expect([lastCard(world, request)?.text, kinds(world)]).toEqual([expect.not.stringContaining('nothing was done'), ['plan']])
  })

  it('while the bot was away is no reason to give a host up', async () => {
    const { world, living, request } = await asked()
    await living.bot.stop()
    world.time.now += 600_000

    const next = await startBot(world)
    await next.bot.tick()
    await hear(next, fromHost(request, 2, { kind: 'progress', steps: [], begun: true, taken: [`${request}-plan-1`] }))
    world.time.now += 600_000
    await next.bot.tick()
    await until(() => stateOf(world, request) === 'running')

    expect(kinds(world)).toEqual(['plan'])
  })
})

describe('trouble', () => {
  it('with the store is told before anything is taken', async () => {
    const world = makeWorld()
    const { door } = await startBot(world)
    world.store.fails = true

    await expect(door().receive(incoming('ana', 'jail create blog'))).rejects.toMatchObject({ code: 'store_unavailable' })
    expect(world.queue.size).toBe(0)
  })

  it('that lasts makes what was said too old: it is not carried out', async () => {
    const world = makeWorld()
    const living = await startBot(world)
    const { request } = await stuck(world, living, 'ana', 'jail start blog')

    world.time.now += 130_000
    await living.bot.tick()
    await until(() => stateOf(world, request) === 'refused')

    expect([lastCard(world, request)?.reason, world.queue.size]).toEqual(['stored_too_late', 0])
  })

  it('does not make an approval of one plan an approval of the next', async () => {
    const { world, living, request } = await waiting()
    const approval = await stuck(world, living, 'bo', `approve ${request}`)

    world.time.now += 1000
    const other = { ...thePlan, resources: ['jail:other'] }
    const digest = digestOf({ host: 'web1', command: 'jail create', args: { jail: 'blog' } }, other)
    await hear(living, fromHost(request, 7, { kind: 'planned', plan: other, digest }))
    await living.bot.tick()
    await until(() => stateOf(world, approval.request) === 'refused')

    expect(lastCard(world, approval.request)?.reason).toBe('plan_changed')
    expect([stateOf(world, request), kinds(world)]).toEqual(['waiting', ['plan']])
  })

  it('with the store just afterwards is made up for by the next tick', async () => {
    const world = makeWorld()
    const living = await startBot(world)
    const receiving = living.door().receive(incoming('ana', 'jail create blog'))
    await receiving.then(() => (world.store.fails = true))
    await until(() => world.alarms.length > 0)
    world.store.fails = false

    await living.bot.tick()
    await until(() => world.queue.size === 1)

    expect(kinds(world)).toEqual(['plan'])
  })

  it('with the chat is made up for: the card ends true', async () => {
    const { world, living, request } = await waiting()
    world.chatDown.yes = true
    await hear(living, fromHost(request, 9, { kind: 'result', state: 'cancelled', steps }))
    await until(() => world.alarms.length > 0)
    world.chatDown.yes = false
    world.time.now += 6000

    await living.bot.tick()

    await until(() => stateOf(world, request) === 'cancelled')
  })

  it.each([
    ['unsigned', 'x', 'id', 'ignored a message that no host signed'],
    [
      'under a wrong id',
      JSON.stringify(fromHost('r', 1, { kind: 'planned', plan: plan([], { resources: [] }), digest: '' })),
      'id',
      'ignored a message under a wrong id',
    ],
  ])('a message %s raises the alarm', async (_, token, id, alarm) => {
    const world = makeWorld()
    const { bot } = await startBot(world)

    await bot.hear(id, token)

    expect(world.alarms).toEqual([alarm])
  })
})
