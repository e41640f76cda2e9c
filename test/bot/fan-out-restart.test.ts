import { describe, expect, it } from 'vitest'
import { Death, incoming, makeWorld, sentTo, startBot } from './bot-bench.ts'
import { asked, card, jails, pass, result, says } from './fan-out-bench.ts'
import { until } from '../support/until.ts'

describe('a restart', () => {
  it('asks all again under new numbers, counts what the first life asked for, and ends true', async () => {
    const story = await asked(['web1', 'web2'])
    await says(story, 'web1', result(jails('blog')))
    await story.living.bot.stop()

    const next = { ...story, living: await startBot(story.world, story.hosts) }
    await until(() => story.world.queue.size === 4)
    await says(next, 'web2', result(jails('shop')))
    await says(next, 'web1', result(jails('blog')))
    await until(() => card(next)?.state === 'done')

    expect(sentTo(story.world).map(({ host, id }) => [host, id.split('-').at(-1)])).toEqual([
      ['web1', '1'],
      ['web2', '2'],
      ['web1', '3'],
      ['web2', '4'],
    ])
    expect(card(next)?.title).toBe('/jail list on 2 hosts')
  })

  it('of a bot whose store was away is made up for', async () => {
    const story = await asked(['web1'])
    story.world.store.fails = true
    await expect(says(story, 'web1', result(jails('blog')))).rejects.toMatchObject({ code: 'store_unavailable' })
    story.world.store.fails = false
    await pass(story, 1000)
    await until(() => card(story)?.state === 'done')
    expect(card(story)?.table?.rows).toEqual([['web1', 'blog', 'running']])
  })

  it.each([
    ['where the asker may not any more', 0, { kind: 'guest' as const }, 'not_a_member'],
    ['where it lay for too long', 121_000, {}, 'stored_too_late'],
  ])('asks nobody again %s', async (_, later, actor, reason) => {
    const story = await asked(['web1', 'web2'])
    await story.living.bot.stop()
    story.world.time.now += later
    story.world.who.says = async (known) => ({ ...known, ...actor })

    await startBot(story.world, story.hosts)
    await until(() => card(story)?.state === 'refused')
    expect([card(story)?.reason, story.world.queue.size]).toEqual([reason, 2])
  })

  it('anywhere while it is asked loses nothing, and no id has two messages', async () => {
    const said = incoming('ana', 'jail list host:*')
    let died = true
    let moments = 0
    for (; died; moments++) {
      expect(moments).toBeLessThan(60)
      const world = makeWorld()
      const hosts = ['web1', 'web2'].map((name) => ({ name, seenAt: world.time.now }))
      died = false
      try {
        const first = await startBot(world, hosts, moments)
        await first.door().receive(said)
        await first.bot.stop()
        died = first.isDead()
      } catch (error) {
        expect(error).toBeInstanceOf(Death)
        died = true
      }
      const living = await startBot(world, hosts)
      const { request } = await living.door().receive(said)
      const story = { world, living, request }
      await until(() => new Set(sentTo(world).map(({ host }) => host)).size === 2)
      await says(story, 'web1', result(jails('blog')))
      await says(story, 'web2', result(jails('shop')))
      await until(() => card(story)?.state === 'done')
      await living.bot.stop()
      for (const tokens of world.queue.values()) expect(tokens).toHaveLength(1)
      expect([card(story)?.title, world.records.get(request)?.ended]).toEqual(['/jail list on 2 hosts', true])
    }
    expect(moments).toBeGreaterThan(4)
  })
})
