import { describe, expect, it } from 'vitest'
import type { KnownHost } from '../../src/bot/hosts.ts'
import { fromHost, hear, incoming, lastCard, makeWorld, sentTo, startBot, type LivingBot, type World } from './bot-bench.ts'
import { theDigest, thePlan } from './records.ts'
import { until } from '../support/until.ts'

const minute = 60_000
/** 24 Nov 2026, 12:00 UTC: web1 was last heard of three minutes before. */
const noon = Date.parse('2026-11-24T12:00:00Z')
const host: KnownHost = { name: 'web1', seenAt: noon - 3 * minute, inventory: { jails: ['blog'], trash: [], routes: [] } }

interface Story {
  world: World
  living: LivingBot
  request: string
}

const text = ({ world, request }: Story) => lastCard(world, request)?.text ?? ''
const state = ({ world, request }: Story) => lastCard(world, request)?.state
const kinds = ({ world }: Story) => sentTo(world).map(({ body }) => body.kind)

async function listening(hosts: readonly KnownHost[] = [host], forMilliseconds = 10 * minute) {
  const world = makeWorld()
  world.time.now = noon - forMilliseconds
  const living = await startBot(world, hosts)
  world.time.now = noon
  return { world, living }
}

async function asked(words: string, hosts?: readonly KnownHost[]): Promise<Story> {
  const { world, living } = await listening(hosts)
  const { request } = await living.door().receive(incoming('ana', words))
  await until(() => lastCard(world, request) !== undefined)
  return { world, living, request }
}

async function pass({ world, living }: Story, milliseconds: number): Promise<void> {
  world.time.now += milliseconds
  await living.bot.tick()
  await living.bot.tick()
}

describe('a host that is away', () => {
  it.each(['jail start blog', 'jail create neu', 'jail list', 'jail create neu dry-run:yes'])(
    '%s is refused at once, and nothing is queued',
    async (words) => {
      const story = await asked(words)
      await until(() => state(story) === 'refused')

      expect(lastCard(story.world, story.request)?.reason).toBe('host_unreachable')
      expect(text(story)).toBe(
        'Host web1 has not been heard of for 3 minutes, so nothing was done. Say it again with until:2h (or until:18:00) to keep it until the host is back.',
      )
      expect(story.world.queue.size).toBe(0)
    },
  )

  it('and was never heard of, is refused too', async () => {
    const story = await asked('jail start blog', [{ name: 'web1', seenAt: 0 }])
    await until(() => state(story) === 'refused')
    expect(text(story)).toContain('Host web1 has never been heard of, so nothing was done.')
  })

  it('is not called away by a bot that has just begun to listen: it has ten seconds', async () => {
    const { world, living } = await listening([{ name: 'web1', seenAt: 0 }], 30_000)
    await living.door().receive(incoming('ana', 'jail start blog'))
    await until(() => world.queue.size === 1)
    expect(sentTo(world)[0]?.expiresAt).toBe(noon + 10_000)
  })
})

describe('what is kept for it', () => {
  it.each([
    ['2h', '24 Nov 14:00 (UTC)', 120],
    ['18:00', '24 Nov 18:00 (UTC)', 360],
    ['1d', '25 Nov 12:00 (UTC)', 1440],
  ])('until:%s says so, to the minute, and its message lives as long', async (word, moment, minutes) => {
    const story = await asked(`jail start blog until:${word}`)
    await until(() => story.world.queue.size === 1)

    expect([state(story), text(story)]).toEqual([
      'planning',
      expect.stringContaining(`Kept for web1, which is away since 24 Nov 11:57, until ${moment}.`),
    ])
    const expiresAt = noon + minutes * minute
    expect(sentTo(story.world)).toMatchObject([{ expiresAt, body: { kind: 'plan', execute: true } }])
    expect(sentTo(story.world)[0]?.body).toHaveProperty('reserveUntil', expiresAt + 10 * minute)
  })

  it('goes on when the host is back: its approval has its whole time from then', async () => {
    const story = await asked('jail create blog until:2h')
    const { world, living, request } = story
    await pass(story, 119 * minute)
    expect([state(story), kinds(story)]).toEqual(['planning', ['plan']])

    await hear(living, fromHost(request, 3, { kind: 'planned', plan: thePlan, digest: theDigest }))
    await until(() => state(story) === 'waiting')
    expect(text(story)).toContain('until 14:04 UTC')
    expect(text(story)).not.toContain('Kept')
    await pass(story, 4.9 * minute)
    expect(state(story)).toBe('waiting')

    await living.door().receive(incoming('bo', { kind: 'press', press: { kind: 'approve', request, digest: theDigest } }))
    await until(() => kinds(story).includes('apply'))
    expect(world.alarms).toEqual([])
  })

  it('a new plan gives its approval no more time', async () => {
    const story = await asked('jail create blog until:2h')
    await pass(story, 60 * minute)
    await hear(story.living, fromHost(story.request, 3, { kind: 'planned', plan: thePlan, digest: theDigest }))
    await until(() => state(story) === 'waiting')
    await pass(story, 5 * minute)
    await until(() => state(story) === 'expired')
  })

  it('a question too, which is answered when it is back', async () => {
    const story = await asked('jail list until:90m')
    await pass(story, 89 * minute)
    expect([state(story), kinds(story)]).toEqual(['planning', ['query']])

    await hear(story.living, fromHost(story.request, 3, { kind: 'result', state: 'done', answer: { title: 'One jail' }, steps: [] }))
    await until(() => state(story) === 'done')
    expect(text(story)).toBe('')
  })

  it('ends when its hour comes first: taken back, and nothing was done', async () => {
    const story = await asked('jail start blog until:2h')
    await pass(story, 120 * minute + 11_000)
    await until(() => state(story) === 'expired' && kinds(story).length === 2)

    expect(text(story)).toBe(
      'Host web1 did not take this up by 24 Nov 14:00 (UTC). It was taken back from its queue, so nothing was done. Ask for it again.',
    )
    expect(kinds(story)).toEqual(['plan', 'cancel'])
    // taken back is taken back: it is not put there again
    await pass(story, minute)
    expect(story.world.queue.get(`${story.request}-plan-1`)).toHaveLength(1)
  })

  it('never ends as "nothing was done" where the host took it and is silent', async () => {
    const story = await asked('jail start blog until:2h')
    story.world.hostHasThem.yes = true
    await pass(story, 120 * minute + 11_000)
    await until(() => text(story).includes('not known yet'))
    expect([state(story), kinds(story)]).toEqual(['planning', ['plan']])
  })

  it('can be cancelled meanwhile, and is off the queue', async () => {
    const story = await asked('jail start blog until:2h')
    const { living, request, world } = story
    await until(() => world.queue.size === 1)
    await living.door().receive(incoming('ana', { kind: 'press', press: { kind: 'cancel', request } }))
    await until(() => state(story) === 'cancelled' && kinds(story).length === 2)

    expect(text(story)).toBe('ana cancelled it before anything was done.')
    expect(world.queue.get(`${request}-plan-1`)).toHaveLength(1)
  })

  it('cancelled when the host has taken it: the host says how that ends', async () => {
    const story = await asked('jail start blog until:2h')
    story.world.hostHasThem.yes = true
    await story.living.door().receive(incoming('ana', { kind: 'press', press: { kind: 'cancel', request: story.request } }))
    await until(() => kinds(story).length === 2)
    expect([state(story), kinds(story)]).toEqual(['planning', ['plan', 'cancel']])
  })

  it('is kept over a restart of the bot, by the same message', async () => {
    const story = await asked('jail start blog until:2h')
    const { world, request } = story
    await story.living.bot.stop()
    world.time.now += 60 * minute
    const next = { ...story, living: await startBot(world, [host]) }
    await pass(next, minute)

    expect([state(next), text(next)]).toEqual(['planning', expect.stringContaining('until 24 Nov 14:00 (UTC)')])
    expect(new Set(world.queue.get(`${request}-plan-1`)).size).toBe(1)
    await pass(next, 60 * minute)
    await until(() => state(next) === 'expired')
  })
})

it('for a host that is here it is patience and nothing else', async () => {
  const story = await asked('jail start blog until:2h', [{ ...host, seenAt: noon - 1000 }])
  await until(() => story.world.queue.size === 1)
  expect(text(story)).toBe('Waiting for web1, if need be until 24 Nov 14:00 (UTC).')
  expect(sentTo(story.world)).toMatchObject([{ expiresAt: noon + 120 * minute, body: { kind: 'plan', execute: true } }])

  const { living, request } = story
  await hear(living, fromHost(request, 2, { kind: 'progress', steps: [], begun: true, taken: [`${request}-plan-1`] }))
  await until(() => state(story) === 'running')
  expect(text(story)).toBe('')
})
