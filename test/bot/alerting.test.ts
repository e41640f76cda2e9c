import { describe, expect, it } from 'vitest'
import type { Card } from '../../src/core/card.ts'
import type { alertSchema } from '../../src/core/alert.ts'
import type { z } from 'zod'
import { alertOf } from './alerts.ts'
import { Death, hear, incoming, lastCard, makeWorld, sentTo, startBot, web1, web2, type LivingBot, type World } from './bot-bench.ts'
import { until } from '../support/until.ts'

type Alert = z.infer<typeof alertSchema>

/** The host says all that is wrong on it, at so many milliseconds of its own clock. */
function tells(living: LivingBot, alerts: Alert[], saidAt: number, host = 'web1'): Promise<void> {
  const id = `r-alerts-${host}-${saidAt}`
  return hear(living, { id, request: 'r', host, issuedAt: saidAt, expiresAt: saidAt + 1, number: 1, body: { kind: 'alerts', alerts } })
}

/** All messages about alerts as they stand, and how often each was shown. */
const messages = (world: World) => [...world.chat].filter(([id]) => id.startsWith('a')).map(([, cards]) => cards)
const last = (world: World) => messages(world).map((cards) => cards.at(-1))

async function pass(world: World, living: LivingBot, milliseconds: number): Promise<void> {
  world.time.now += milliseconds
  await living.bot.tick()
}

/** Ticks as the bot's process does, until it is so; the bot's own clock stands still. */
async function eventually(living: LivingBot, isTrue: () => boolean): Promise<void> {
  let isTicking = false
  const tick = async () => {
    if (isTicking) return
    isTicking = true
    await living.bot.tick()
    isTicking = false
  }
  await until(() => {
    void tick()
    return isTrue()
  })
}

/** Until what the messages show is stored, too. */
const settled = (world: World, living: LivingBot) =>
  eventually(living, () => world.shelves.alerts.size > 0 && [...world.shelves.alerts.values()].every((text) => text.includes('"shown"')))

async function told(alerts: Alert[] = [alertOf('blog')], hosts = [web1]) {
  const world = makeWorld()
  const living = await startBot(world, hosts)
  await tells(living, alerts, 1000)
  await settled(world, living)
  expect(messages(world)).toHaveLength(alerts.length)
  return { world, living }
}

const standings = (world: World) => last(world).map((card) => card?.standing)

describe('an alert', () => {
  it('is posted once, however often it is said, and the same message says that it is over', async () => {
    const { world, living } = await told()
    for (const at of [1000, 2000, 3000]) await tells(living, [alertOf('blog')], at)
    await pass(world, living, 5000)
    expect(messages(world).map((cards) => cards.length)).toEqual([1])
    await tells(living, [], 61_000 + 1_000_000 - 1000)
    await until(() => standings(world)[0] === 'recovered')
    expect(last(world)[0]?.text).toContain('lasted 1 minute')
    expect(messages(world)).toHaveLength(1)
  })

  it('is not brought back, or ended, by what a host said earlier and comes late', async () => {
    const { world, living } = await told()
    await tells(living, [], 3000)
    await tells(living, [alertOf('blog')], 2000)
    await pass(world, living, 5000)
    await until(() => standings(world)[0] === 'recovered')
    const again = await startBot(world)
    await tells(again, [alertOf('blog')], 2000)
    await pass(world, again, 5000)
    expect(standings(world)).toEqual(['recovered'])
  })

  it('that flaps many times in a second is edited every three seconds at most', async () => {
    const { world, living } = await told()
    for (let at = 0; at < 20; at++) {
      await tells(living, at % 2 === 0 ? [] : [alertOf('blog')], 2000 + at)
      await pass(world, living, 100)
    }
    expect(messages(world)[0]?.length).toBe(1)
    world.time.now += 3000
    await eventually(living, () => messages(world)[0]?.length === 2)
    expect(last(world)[0]?.text).toContain('came and went 10 times within an hour')
  })

  it('that was over before anybody saw it is not posted', async () => {
    const world = makeWorld()
    const living = await startBot(world)
    world.store.fails = true
    await expect(tells(living, [alertOf('blog')], 1000)).rejects.toThrow('Redis is away')
    world.store.fails = false
    world.chatDown.yes = true
    await tells(living, [alertOf('blog')], 1000)
    await tells(living, [], 2000)
    world.chatDown.yes = false
    await pass(world, living, 6000)
    expect(messages(world)).toEqual([])
    expect(world.shelves.alerts.size).toBe(1)
  })

  it('is shown later where the chat is away, and forgotten an hour after it is over', async () => {
    const world = makeWorld()
    const living = await startBot(world)
    world.chatDown.yes = true
    await tells(living, [alertOf('blog')], 1000)
    await until(() => world.alarms.includes('an alert could not be shown'))
    world.chatDown.yes = false
    await pass(world, living, 6000)
    await settled(world, living)
    await tells(living, [], 2000)
    await pass(world, living, 4000)
    await eventually(living, () => standings(world)[0] === 'recovered')
    await pass(world, living, 3_590_000)
    expect(world.shelves.alerts.size).toBe(1)
    world.time.now += 20_000
    await eventually(living, () => world.shelves.alerts.size === 0)
  })

  it('of 200 at once is one message', async () => {
    const world = makeWorld()
    const living = await startBot(world)
    await tells(
      living,
      Array.from({ length: 200 }, (_, index) => alertOf(`k${index}`)),
      1000,
    )
    await until(() => messages(world).length === 1)
    expect(last(world)[0]?.title).toBe('200 of 200 alerts of web1 go on')
  })

  it('of a host that jailops.yaml names no more says that nobody hears of it', async () => {
    const { world, living } = await told()
    await living.bot.stop()
    const without = await startBot(world, [web2])
    await pass(world, without, 5000)
    await eventually(without, () => standings(world)[0] === 'over')
    await eventually(without, () => world.shelves.alerts.size === 0)
  })
})

describe('a bot that holds the lease no more', () => {
  it('posts nothing: what it cannot store it does not show', async () => {
    const world = makeWorld()
    const living = await startBot(world)
    world.store.fails = true
    await expect(tells(living, [alertOf('blog')], 1000)).rejects.toThrow()
    expect(messages(world)).toEqual([])
  })
})

/** The one event in lives that die after so many moments, then once more in a life that lasts. */
async function everywhere(event: (living: LivingBot) => Promise<void>, check: (world: World) => Promise<void>): Promise<number> {
  for (let moments = 0; ; moments++) {
    const { world, living } = await told()
    await living.bot.stop()
    const first = await startBot(world, [web1], moments)
    await event(first).catch((error: unknown) => expect(error).toBeInstanceOf(Death))
    await first.bot.stop()
    const second = await startBot(world)
    await event(second)
    await pass(world, second, 5000)
    await check(world)
    if (!first.isDead()) return moments
    expect(moments).toBeLessThan(40)
  }
}

describe('a restart anywhere', () => {
  it('while it is over is heard: the same message says so', async () => {
    const moments = await everywhere(
      (living) => tells(living, [], 90_000),
      async (world) => {
        await until(() => standings(world)[0] === 'recovered')
        expect(messages(world)).toHaveLength(1)
      },
    )
    expect(moments).toBeGreaterThan(3)
  })

  it('while another one comes: each has one message', async () => {
    const moments = await everywhere(
      (living) => tells(living, [alertOf('blog'), alertOf('shop')], 90_000),
      async (world) => {
        await until(() => messages(world).length >= 2)
        expect(last(world).map((card) => card?.title)).toEqual(['blog is down', 'shop is down'])
      },
    )
    expect(moments).toBeGreaterThan(3)
  })
})

function press(world: World, living: LivingBot, who: string, label: string) {
  const button = last(world)[0]?.buttons.find((one) => one.label === label)
  if (button === undefined) throw new Error(`there is no button ${label}`)
  return living.door().receive(incoming(who, { kind: 'press', press: button.press }))
}
const ended = (world: World, request: string, state: Card['state']) => until(() => lastCard(world, request)?.state === state)

describe('a button of an alert', () => {
  it('says its words with the host, as a request of whoever pressed, with a card of its own', async () => {
    const { world, living } = await told([alertOf('blog', { actions: [{ label: 'Start', words: 'jail start blog' }] })], [web2, web1])
    const { request } = await press(world, living, 'bo', 'Start')
    await ended(world, request, 'planning')
    expect(sentTo(world).at(-1)).toMatchObject({ host: 'web1', body: { command: 'jail start', person: 'web:user:bo' } })
  })

  it('does nothing for whoever may not say them', async () => {
    const { world, living } = await told([alertOf('blog', { actions: [{ label: 'Start', words: 'jail start blog' }] })])
    for (const label of ['Start', 'Acknowledge', 'Silence 1 h']) {
      const { request } = await press(world, living, 'eve', label)
      await ended(world, request, 'refused')
      expect(lastCard(world, request)?.reason).toBe('permission_denied')
    }
    expect(world.queue.size).toBe(0)
    expect(last(world)[0]?.fields.map(({ name }) => name)).toEqual(['Since'])
  })

  it('acknowledges: the message says by whom, and the button is gone', async () => {
    const { world, living } = await told()
    world.time.now += 5000
    const { request } = await press(world, living, 'bo', 'Acknowledge')
    await ended(world, request, 'done')
    await eventually(living, () => last(world)[0]?.fields.some(({ value }) => value.startsWith('by bo')) === true)
    expect(last(world)[0]?.buttons.map(({ label }) => label)).toEqual(['Silence 1 h'])
  })

  it('silences: no edit for an hour whatever happens, then it says what is still wrong', async () => {
    const { world, living } = await told()
    world.time.now += 5000
    const { request } = await press(world, living, 'bo', 'Silence 1 h')
    await ended(world, request, 'done')
    await eventually(living, () => messages(world)[0]?.length === 2)
    for (let at = 0; at < 10; at++) {
      await tells(living, at % 2 === 0 ? [] : [alertOf('blog')], 100_000 + at)
      await pass(world, living, 60_000)
    }
    expect(messages(world)[0]?.length).toBe(2)
    await pass(world, living, 3_600_000)
    await eventually(living, () => messages(world)[0]?.length === 3)
    expect(last(world)[0]?.text).toContain('this goes on')
  })

  it('and alert list are about the same: it lists what is open, by which id, and who sees to it', async () => {
    const { world, living } = await told()
    const { request: done } = await press(world, living, 'bo', 'Acknowledge')
    await ended(world, done, 'done')
    const { request } = await living.door().receive(incoming('ana', 'alert list'))
    await ended(world, request, 'done')
    expect(lastCard(world, request)).toMatchObject({
      title: '1 alert',
      table: { rows: [[expect.any(String), 'web1', 'blog is down', expect.any(String), 'open, acknowledged by bo']] },
    })
  })

  it('of an alert that is not known is refused', async () => {
    const { world, living } = await told()
    const { request } = await living.door().receive(incoming('ana', 'alert acknowledge a2345678'))
    await ended(world, request, 'refused')
    expect(lastCard(world, request)?.reason).toBe('unknown_alert')
  })
})
