import { expect, it } from 'vitest'
import { hasEnded } from '../../src/core/card.ts'
import type { Incoming } from '../../src/chat/adapter.ts'
import { Death, fromHost, hear, incoming, lastCard, makeWorld, sentTo, startBot, type LivingBot, type World } from './bot-bench.ts'
import { thePlan, theDigest } from './records.ts'
import { until } from '../support/until.ts'

const steps = thePlan.steps.map(() => ({ state: 'done' as const }))

/** As a platform does: it delivers again until it is acknowledged. */
async function deliver(living: LivingBot, said: Incoming): Promise<string | undefined> {
  return living
    .door()
    .receive(said)
    .then(
      ({ request }) => request,
      () => undefined,
    )
}

/** As the queue does: a message that was not taken comes again. */
async function tellBot(living: LivingBot, message: ReturnType<typeof fromHost>): Promise<void> {
  await hear(living, message).catch((error: unknown) => expect(error).toBeInstanceOf(Death))
}

/** One event in a life that dies after so many moments, then the same again in a life that lasts. */
async function withDeath(world: World, moments: number, event: (living: LivingBot) => Promise<unknown>): Promise<boolean> {
  let died = true
  try {
    const first = await startBot(world, undefined, moments)
    await event(first)
    await first.bot.stop()
    died = first.isDead()
  } catch (error) {
    expect(error).toBeInstanceOf(Death)
  }
  const second = await startBot(world)
  await event(second)
  await second.bot.stop()
  return died
}

async function begin(world: World): Promise<string> {
  const living = await startBot(world)
  const { request } = await living.door().receive(incoming('ana', 'jail create blog'))
  await until(() => world.queue.size === 1)
  await living.bot.stop()
  return request
}

async function beginWaiting(world: World): Promise<string> {
  const request = await begin(world)
  const living = await startBot(world)
  await hear(living, fromHost(request, 3, { kind: 'planned', plan: thePlan, digest: theDigest }))
  await living.bot.stop()
  return request
}

/** Tries every moment at which the event could be cut off. @returns how many there were */
async function everywhere(
  prepare: (world: World) => Promise<string>,
  event: (living: LivingBot, request: string) => Promise<unknown>,
  check: (world: World, request: string) => void,
): Promise<number> {
  for (let moments = 0; ; moments++) {
    const world = makeWorld()
    const request = await prepare(world)
    const died = await withDeath(world, moments, (living) => event(living, request))
    check(world, request)
    // whatever is sent again is the same bytes
    for (const tokens of world.queue.values()) expect(new Set(tokens).size).toBe(1)
    for (const [id, { text, ended }] of world.records) expect([id, text.includes('"state":"stored"'), ended]).toEqual([id, false, ended])
    if (!died) return moments
    expect(moments).toBeLessThan(60)
  }
}

const kinds = (world: World) => sentTo(world).map(({ body }) => body.kind)

it('a restart anywhere while something is asked loses nothing and asks the host once', async () => {
  const moments = await everywhere(
    async () => '',
    async (living) => deliver(living, said),
    (world) => {
      expect(kinds(world)).toEqual(['plan'])
      expect([...world.chat.values()].map((cards) => cards.at(-1)?.state)).toEqual(['planning'])
    },
  )
  expect(moments).toBeGreaterThan(4)
})

const said = incoming('ana', 'jail create blog')

it('a restart anywhere while a plan is heard shows it', async () => {
  await everywhere(
    begin,
    (living, request) => tellBot(living, fromHost(request, 3, { kind: 'planned', plan: thePlan, digest: theDigest })),
    (world, request) => expect([lastCard(world, request)?.state, kinds(world)]).toEqual(['waiting', ['plan']]),
  )
})

it('a restart anywhere while an approval is pressed counts it once, applies once, and never says that it did not count', async () => {
  let delivery = 0
  await everywhere(
    async (world) => {
      delivery += 1
      return beginWaiting(world)
    },
    (living, request) =>
      deliver(living, {
        ...incoming('bo', { kind: 'press', press: { kind: 'approve', request, digest: theDigest } }),
        delivery: `p${delivery}`,
      }),
    (world, request) => {
      expect([lastCard(world, request)?.state, kinds(world), world.whispers]).toEqual(['queued', ['plan', 'apply'], []])
    },
  )
})

it('a restart anywhere while a cancel is pressed cancels', async () => {
  let delivery = 0
  await everywhere(
    async (world) => {
      delivery += 1
      return beginWaiting(world)
    },
    (living, request) =>
      deliver(living, { ...incoming('ana', { kind: 'press', press: { kind: 'cancel', request } }), delivery: `c${delivery}` }),
    (world, request) => expect([lastCard(world, request)?.state, world.whispers]).toEqual(['cancelled', []]),
  )
})

it('a restart anywhere while the result is heard ends the card true', async () => {
  const moments = await everywhere(
    beginWaiting,
    (living, request) => tellBot(living, fromHost(request, 9, { kind: 'result', state: 'done', steps })),
    (world, request) => {
      const state = lastCard(world, request)?.state ?? 'stored'
      expect([state, hasEnded(state), world.records.get(request)?.ended]).toEqual(['done', true, true])
    },
  )
  expect(moments).toBeGreaterThan(3)
})
