import { describe, expect, it } from 'vitest'
import { incoming, lastCard, sentTo } from './bot-bench.ts'
import { asked, card, cards, house, jails, messageTo, pass, refusal, result, says } from './fan-out-bench.ts'
import { until } from '../support/until.ts'

describe('a question to all hosts', () => {
  it('is answered at once when all have answered, in the order of the hosts', async () => {
    const story = await asked(['web2', 'web1'])

    await says(story, 'web1', result(jails('blog')))
    await says(story, 'web2', result(jails('shop', 'wiki')))
    await until(() => card(story)?.state === 'done')

    expect(card(story)).toMatchObject({
      title: '/jail list on 2 hosts',
      table: {
        columns: ['Host', 'jail', 'state'],
        rows: [
          ['web2', 'shop', 'running'],
          ['web2', 'wiki', 'running'],
          ['web1', 'blog', 'running'],
        ],
      },
      footer: `${story.request} · all hosts`,
    })
    expect([card(story)?.text, story.world.withdrawn]).toEqual([undefined, []])
    expect(sentTo(story.world)).toMatchObject([
      { host: 'web2', id: `${story.request}-query-1`, body: { kind: 'query', command: 'jail list' }, expiresAt: 1_612_000 },
      { host: 'web1', id: `${story.request}-query-2` },
    ])
  })

  it('within two seconds shows who answered, and names who did not; who answers late is shown', async () => {
    const story = await asked(['web1', 'web2', 'web3'], ['web9'])
    await says(story, 'web1', result(jails('blog')))
    await pass(story, 1000)
    expect(cards(story)).toBe(1)

    await pass(story, 900)
    await until(() => cards(story) === 2)
    expect(card(story)).toMatchObject({ state: 'planning', title: '/jail list on 1 of 4 hosts', buttons: [{ label: 'Cancel' }] })
    expect(card(story)?.text?.split('\n')).toEqual([
      'Slow, not answered yet: web2, web3.',
      'Away, not answered yet, hours of UTC: web9 (last seen 1 Jan 00:15).',
    ])
    expect(card(story)?.table?.rows).toEqual([['web1', 'blog', 'running']])

    await says(story, 'web3', result(jails()))
    await pass(story, 3000)
    await until(() => card(story)?.text?.includes('web3: No jails yet') === true)
    expect(card(story)?.text).toContain('Slow, not answered yet: web2.')

    await says(story, 'web9', result(jails('old')))
    await says(story, 'web2', result(jails('shop')))
    await until(() => card(story)?.state === 'done')
    expect([card(story)?.title, card(story)?.text]).toEqual(['/jail list on 4 hosts', 'web3: No jails yet'])
  })

  it('shows at once when only those are missing that are away', async () => {
    const story = await asked(['web1'], ['web9'])
    await says(story, 'web1', result(jails('blog')))
    await until(() => card(story)?.title === '/jail list on 1 of 2 hosts')
    expect(card(story)?.state).toBe('planning')
  })

  it('ends as soon as only those are missing that are away, once it was shown who they are', async () => {
    const story = await asked(['web1', 'web2'], ['web9'])
    await says(story, 'web1', result(jails('blog')))
    await pass(story, 2000)
    expect(card(story)?.state).toBe('planning')

    await pass(story, 900)
    await says(story, 'web2', result(jails('shop')))
    await until(() => card(story)?.state === 'done')
    expect(card(story)?.text).toContain('Away, not answered within 2.9 s, hours of UTC: web9')
    expect(story.world.withdrawn).toEqual([messageTo(story.world, 'web9')])
  })

  it('that nobody answers ends as unreachable, and early where all are away', async () => {
    const away = await asked([], ['web8', 'web9'])
    await pass(away, 1600)
    await until(() => card(away)?.state === 'unreachable')
    expect(card(away)).toMatchObject({ reason: 'host_unreachable', title: '/jail list on 0 of 2 hosts' })

    const slow = await asked(['web1'])
    await pass(slow, 14_900)
    expect(card(slow)?.state).toBe('planning')
    await pass(slow, 100)
    await until(() => card(slow)?.state === 'unreachable')
  })

  it('that all refuse ends as refused, with the reason that they share', async () => {
    const story = await asked(['web1', 'web2'])
    await says(story, 'web1', refusal('This host does not let the bot ask.'))
    await says(story, 'web2', refusal('Nor does this one.'))
    await until(() => card(story)?.state === 'refused')
    expect(card(story)).toMatchObject({ reason: 'not_allowed_on_host', text: expect.stringContaining('web2: Nor does this one.') })
  })

  it('waits for one that seemed to be away and is at work', async () => {
    const story = await asked(['web1'], ['web9'])
    await says(story, 'web9', { kind: 'progress', steps: [], begun: false, taken: [`${story.request}-query-2`] })
    await says(story, 'web1', result(jails('blog')))
    await pass(story, 5000)
    expect(card(story)?.state).toBe('planning')
    await says(story, 'web9', result(jails('old')))
    await until(() => card(story)?.state === 'done')
    expect(card(story)?.title).toBe('/jail list on 2 hosts')
  })

  it('calls nobody away who is at work on it', async () => {
    const story = await asked(['web1'], ['web9'])
    await says(story, 'web9', { kind: 'progress', steps: [], begun: false, taken: [`${story.request}-query-2`] })
    await pass(story, 2000)
    await until(() => cards(story) === 2)
    expect(card(story)?.text).toBe('Slow, not answered yet: web1, web9.')
  })

  it('ends after 15 s, says what is missing, and takes its messages back; what comes later changes nothing', async () => {
    const story = await asked(['web1', 'web2'], ['web9'])
    await says(story, 'web2', result(jails('shop')))
    await pass(story, 14_000)
    expect(card(story)?.state).toBe('planning')

    await pass(story, 1000)
    await until(() => card(story)?.state === 'done')

    expect(card(story)?.text?.split('\n')).toEqual([
      'Slow, not answered within 15 s: web1.',
      'Away, not answered within 15 s, hours of UTC: web9 (last seen 1 Jan 00:15).',
      'Look whether the worker there runs, then ask again.',
    ])
    expect(story.world.withdrawn).toEqual([messageTo(story.world, 'web1'), messageTo(story.world, 'web9')])
    const shown = cards(story)
    await says(story, 'web1', result(jails('blog')))
    await pass(story, 60_000)
    expect([cards(story), card(story)?.table?.rows]).toEqual([shown, [['web2', 'shop', 'running']]])
  })

  it('shows what a host refuses beside its name', async () => {
    const story = await asked(['web1', 'web2', 'web3'])
    await says(story, 'web1', result(jails('blog')))
    await says(story, 'web3', refusal('This host does not let the bot ask.'))
    await says(story, 'web2', refusal('This host does not let the bot ask.'))
    await until(() => card(story)?.state === 'done')

    expect([card(story)?.title, card(story)?.text]).toEqual([
      '/jail list on 1 of 3 hosts',
      'web2, web3: This host does not let the bot ask.',
    ])
  })

  it('counts the first answer of a host, and none of a host that was not asked', async () => {
    const story = await asked(['web1', 'web2'])
    await says(story, 'web1', result(jails('blog')))
    await says(story, 'web1', result(jails('other')))
    await says(story, 'stranger', result(jails('evil')))
    await says(story, 'web2', result(jails('shop')))
    await until(() => card(story)?.state === 'done')

    expect(card(story)?.table?.rows.map(([, jail]) => jail)).toEqual(['blog', 'shop'])
  })

  it('that nobody signed is ignored with an alarm', async () => {
    const story = await asked(['web1'])
    await story.living.bot.hear(`${story.request}-result-3`, 'not signed')
    expect(story.world.alarms).toEqual(['ignored a message that no host signed'])
  })

  it('works where one host is configured, and by a typed option', async () => {
    const { world, living } = await house(['web1'])
    const said = { kind: 'options', command: 'jail list', options: { host: '*' } } as const
    const { request } = await living.door().receive(incoming('ana', said))
    await until(() => world.queue.size === 1)
    const story = { world, living, request }

    await says(story, 'web1', result(jails('blog')))
    await until(() => card(story)?.state === 'done')
    expect(card(story)?.title).toBe('/jail list on 1 host')
  })

  it('cancelled ends at once, and is taken back where nobody answered', async () => {
    const story = await asked(['web1', 'web2'])
    await says(story, 'web1', result(jails('blog')))
    await story.living.door().receive(incoming('bo', `job cancel ${story.request}`))
    await until(() => card(story)?.state === 'cancelled')

    expect([story.world.withdrawn, sentTo(story.world).map(({ body }) => body.kind)]).toEqual([
      [messageTo(story.world, 'web2')],
      ['query', 'query'],
    ])
    await says(story, 'web2', result(jails('shop')))
    await pass(story, 60_000)
    expect(card(story)?.state).toBe('cancelled')
  })

  it('is shown by job show while it goes on', async () => {
    const story = await asked(['web1', 'web2'])
    await says(story, 'web1', result(jails('blog')))
    await pass(story, 2000)
    await until(() => cards(story) === 2)
    const { request } = await story.living.door().receive(incoming('ana', `job show ${story.request}`))
    await until(() => lastCard(story.world, request)?.state === 'done')

    expect(lastCard(story.world, request)).toMatchObject({
      about: { state: 'planning' },
      table: { rows: [['web1', 'blog', 'running']] },
    })
  })

  it('to 200 hosts stores and shows a handful of times, however slowly they answer', async () => {
    const names = Array.from({ length: 200 }, (_, index) => `web${index}`)
    const story = await asked(names)
    for (const [index, name] of names.entries()) {
      await says(story, name, result(jails('blog')))
      if (index % 10 === 9) await pass(story, 700)
    }
    await until(() => card(story)?.state === 'done')
    await story.living.bot.stop()

    expect(card(story)?.table?.rows).toHaveLength(200)
    expect(new Set(sentTo(story.world).map(({ id }) => id)).size).toBe(200)
    expect(story.world.saves.count).toBeLessThan(10)
    expect(cards(story)).toBeLessThan(8)
  })
})

describe('refuses', () => {
  it.each([
    ['jail start blog host:*', 'changes go to one host at a time'],
    ['job show r234567890abcdef host:*', 'answered by the bot itself'],
    ['jail list host:* until:2h', 'nothing is kept'],
  ])('%s', async (words, sentence) => {
    const { world, living } = await house(['web1', 'web2'])
    const { request } = await living.door().receive(incoming('ana', words))
    await until(() => lastCard(world, request)?.state === 'refused')
    expect([lastCard(world, request)?.text, world.queue.size]).toEqual([expect.stringContaining(sentence), 0])
  })

  it('whoever may not ask one host', async () => {
    const { world, living } = await house(['web1', 'web2'])
    const { request } = await living.door().receive(incoming('nobody', 'jail list host:*'))
    await until(() => lastCard(world, request)?.state === 'refused')
    expect([lastCard(world, request)?.reason, world.queue.size]).toEqual(['permission_denied', 0])
  })

  it('where no host is configured', async () => {
    const { world, living } = await house([])
    const { request } = await living.door().receive(incoming('ana', 'jail list host:*'))
    await until(() => lastCard(world, request)?.state === 'refused')
    expect(lastCard(world, request)?.reason).toBe('unknown_host')
  })
})
