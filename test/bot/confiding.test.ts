import { describe, expect, it } from 'vitest'
import { sealSecret } from '../../src/core/sealed-secret.ts'
import { digestOf } from '../../src/core/plan.ts'
import type { ToBot } from '../../src/core/message.ts'
import { fromHost, hear, incoming, lastCard, type LivingBot, makeWorld, sentTo, startBot, type World } from './bot-bench.ts'
import { thePlan } from './records.ts'
import { until } from '../support/house.ts'

const secret = 'kQ7mWn3pXz8RbT5vYc2LhJ9d'
const line = 'jail password set blog'

async function asked(living: LivingBot, world: World): Promise<string> {
  const { request } = await living.door().receive(incoming('ana', line))
  await until(() => sentTo(world).some((message) => message.request === request))
  return request
}

function resultFor(world: World, request: string): ToBot {
  const body = sentTo(world).find((message) => message.request === request && message.body.kind === 'plan')?.body
  const sealTo = body?.kind === 'plan' ? (body.sealTo ?? '') : ''
  return { kind: 'result', state: 'done', steps: [{ state: 'done' }], sealed: sealSecret(secret, sealTo, request) }
}

const ended = (world: World, request: string) => until(() => lastCard(world, request)?.state === 'done')
const kept = (world: World) => JSON.stringify([[...world.records], [...world.chat], world.alarms, world.whispers, [...world.queue]])

describe('what is for the asker alone', () => {
  it('is shown to them once, and stands nowhere else', async () => {
    const world = makeWorld()
    const living = await startBot(world)
    const request = await asked(living, world)
    const message = fromHost(request, 5, resultFor(world, request))

    await Promise.all([hear(living, message), hear(living, message)])
    await hear(living, message)
    await ended(world, request)

    expect(world.confided).toMatchObject([{ to: 'ana', answer: { title: `/${line}`, fields: [{ name: 'Password', value: secret }] } }])
    expect(lastCard(world, request)?.text).toBe('Shown privately to ana, once.')
    expect(kept(world)).not.toContain(secret)
    await living.bot.stop()
  })

  it('of a bot that was started again says that nobody knows it', async () => {
    const world = makeWorld()
    const before = await startBot(world)
    const request = await asked(before, world)
    await before.bot.stop()

    const living = await startBot(world)
    await hear(living, fromHost(request, 5, resultFor(world, request)))
    await ended(world, request)

    expect(world.confided).toEqual([])
    expect(lastCard(world, request)?.text).toBe('It could not be shown to ana, and nobody knows it; ask again.')
    await living.bot.stop()
  })

  it('is sealed anew for a bot that was started again before the approval', async () => {
    const world = makeWorld()
    world.policy = { ...world.policy, approvals: [{ permissions: ['jail.password.set'], count: 1, expiresMinutes: 5 }] }
    const before = await startBot(world)
    const request = await asked(before, world)
    await before.bot.stop()

    const living = await startBot(world)
    const digest = digestOf({ host: 'web1', command: 'jail password set', args: { jail: 'blog' } }, thePlan)
    await hear(living, fromHost(request, 3, { kind: 'planned', plan: thePlan, digest }))
    await until(() => lastCard(world, request)?.state === 'waiting')
    await living.door().receive(incoming('bo', { kind: 'press', press: { kind: 'approve', request, digest } }))
    await until(() => sentTo(world).some(({ body }) => body.kind === 'apply'))
    const sealTo = sentTo(world).flatMap(({ body }) => (body.kind === 'apply' ? (body.sealTo ?? []) : []))[0] ?? ''
    const sealed = sealSecret(secret, sealTo, request)
    await hear(living, fromHost(request, 5, { kind: 'result', state: 'done', steps: [{ state: 'done' }], sealed }))
    await ended(world, request)

    expect(world.confided).toMatchObject([{ to: 'ana', answer: { fields: [{ value: secret }] } }])
    expect(kept(world)).not.toContain(secret)
    await living.bot.stop()
  })

  it.each([
    ['the chat lets nobody be told alone', (world: World) => void (world.chatDown.yes = true), (_: World, __: string, body: ToBot) => body],
    [
      'it was sealed for another request',
      () => undefined,
      (world: World, request: string, body: ToBot) => ({ ...body, sealed: otherSeal(world, request) }),
    ],
  ])('where %s, it says so', async (_, before, change) => {
    const world = makeWorld()
    const living = await startBot(world)
    const request = await asked(living, world)
    before(world)
    await hear(living, fromHost(request, 5, change(world, request, resultFor(world, request))))
    world.chatDown.yes = false
    // what the chat did not take is shown again
    world.time.now += 10_000
    await living.bot.tick()
    await ended(world, request)
    expect([world.confided, lastCard(world, request)?.text]).toEqual([[], 'It could not be shown to ana, and nobody knows it; ask again.'])
    expect(kept(world)).not.toContain(secret)
    await living.bot.stop()
  })

  it('is never shown twice, wherever the bot dies, and the card never says more than is true', async () => {
    const texts = new Set<string>()
    for (let moments = 1; moments < 60; moments++) {
      const world = makeWorld()
      const dying = await startBot(world, undefined, moments)
      const again = await dying
        .door()
        .receive(incoming('ana', line))
        .catch(() => undefined)
      if (again === undefined) continue
      await until(() => dying.isDead() || sentTo(world).length > 0, 2)
      if (sentTo(world).length === 0) continue
      const message = fromHost(again.request, 5, resultFor(world, again.request))
      await hear(dying, message).catch(() => undefined)
      await dying.bot.stop()

      const living = await startBot(world)
      await hear(living, message)
      await ended(world, again.request)
      const text = lastCard(world, again.request)?.text ?? ''
      expect(world.confided.length).toBeLessThanOrEqual(1)
      if (text.startsWith('Shown privately')) expect(world.confided).toHaveLength(1)
      if (text.startsWith('It could not')) expect(world.confided).toHaveLength(0)
      texts.add(text.slice(0, 12))
      await living.bot.stop()
    }
    expect([...texts].toSorted()).toEqual(['It could not', 'It was sent ', 'Shown privat'])
  })

  it('a dry run, and a command that has nothing of the kind, ask for none', async () => {
    const world = makeWorld()
    const living = await startBot(world)
    for (const said of [`${line} dry-run:yes`, 'jail start blog', line]) await living.door().receive(incoming('ana', said))
    await until(() => sentTo(world).length === 3)
    expect(sentTo(world).map(({ body }) => body.kind === 'plan' && body.sealTo !== undefined)).toEqual([false, false, true])
    await living.bot.stop()
  })
})

function otherSeal(world: World, request: string): string {
  const body = sentTo(world).find((message) => message.request === request)?.body
  return sealSecret(secret, body?.kind === 'plan' ? (body.sealTo ?? '') : '', 'rother')
}
