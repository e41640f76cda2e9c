import { describe, expect, it } from 'vitest'
import { afterRemoval, isForRemovedHost } from '../../src/bot/removed.ts'
import { digestOf } from '../../src/core/plan.ts'
import { fromHost, hear, incoming, lastCard, makeWorld, sentTo, startBot, web1, web2 } from './bot-bench.ts'
import { planningRecord, recordOf, thePlan } from './records.ts'
import { until } from '../support/until.ts'

const here = (name: string) => ({ ...(name === 'web1' ? web1 : web2), seenAt: 1_000_000 })

/** A request to web2, a while, and a bot that knows web2 no more. */
async function removed(words: string, meanwhile: (life: Awaited<ReturnType<typeof startBot>>, request: string) => Promise<void>) {
  const world = makeWorld()
  const first = await startBot(world, [here('web1'), here('web2')])
  const { request } = await first.door().receive(incoming('ana', words))
  await until(() => world.queue.size === 1)
  await meanwhile(first, request)
  await first.bot.stop()
  const posts = [...world.queue.values()].flat().length

  const { bot } = await startBot(world, [here('web1')])
  await bot.tick()
  await bot.tick()
  return { world, bot, card: () => lastCard(world, request), request, posts }
}

describe('what is open on a host that was taken out of jailops.yaml', () => {
  it('is taken off its queue, and ends as not done', async () => {
    const { world, card, request, posts } = await removed('jail start wiki host:web2 until:2h', async () => undefined)
    await until(() => card()?.state === 'unreachable')

    expect(card()?.text).toContain('Host web2 is named in jailops.yaml no more, so nobody hears it. Nothing was done on it.')
    expect(world.withdrawn).toEqual([`${request}-plan-1`])
    // nor is it put there again
    expect([...world.queue.values()].flat()).toHaveLength(posts)
    await until(() => world.records.get(request)?.ended === true)
  })

  it('and waits for approval, ends as not done', async () => {
    const digest = digestOf({ host: 'web2', command: 'jail create', args: { jail: 'neu' } }, thePlan)
    const { card } = await removed('jail create neu host:web2', (life, request) =>
      hear(life, fromHost(request, 3, { kind: 'planned', plan: thePlan, digest }, 'web2')),
    )
    await until(() => card()?.state === 'unreachable')
  })

  it('and was begun, ends as not known', async () => {
    const { card, world } = await removed('jail start wiki host:web2', (life, request) =>
      hear(life, fromHost(request, 2, { kind: 'progress', steps: [], begun: true, taken: [`${request}-plan-1`] }, 'web2')),
    )
    await until(() => card()?.state === 'needs_human')
    expect(card()).toMatchObject({ reason: 'state_unknown', text: expect.stringContaining('Look on the host itself.') })
    expect(sentTo(world)).toHaveLength(1)
  })
})

const executing = {
  ...recordOf().asked,
  command: 'jail start',
  args: {},
  line: 'jail start',
  risk: 'change',
  dryRun: false,
  execute: true,
  person: 'ana',
} as const
const sentOff = [{ id: 'raaaaaaaaaaaaaaa-apply-2', token: '', expiresAt: 1 }]

it.each([
  ['a plan that may have been taken, to be carried out', planningRecord({ asked: executing }), false, 'needs_human'],
  ['the same, taken back', planningRecord({ asked: executing }), true, 'unreachable'],
  ['taken up, with nothing on its queue', planningRecord({ asked: executing, outgoing: [] }), true, 'needs_human'],
  ['a plan alone', planningRecord(), false, 'unreachable'],
  ['a question', planningRecord({ asked: { ...executing, risk: 'read' } }), false, 'unreachable'],
  ['a dry run', planningRecord({ asked: { ...executing, dryRun: true } }), false, 'unreachable'],
  ['approved, and taken back', recordOf({ state: 'queued', outgoing: sentOff }), true, 'unreachable'],
  ['approved, and perhaps taken', recordOf({ state: 'queued', outgoing: sentOff }), false, 'needs_human'],
  ['running', recordOf({ state: 'running', outgoing: sentOff }), true, 'needs_human'],
] as const)('%s', (_, record, isTakenBack, state) => {
  expect(afterRemoval(record, isTakenBack ? record : undefined)).toMatchObject({ state, outgoing: [] })
})

it.each([
  ['is configured', recordOf(), [web1], false],
  ['is not', recordOf(), [web2], true],
  ['is not, of what has ended', recordOf({ state: 'done' }), [web2], false],
  ['are all', recordOf({ asked: { ...executing, host: '*' } }), [], false],
  ['is not known yet', planningRecord({ state: 'stored', asked: undefined }), [], false],
])('a host that %s', (_, record, hosts, expected) => {
  expect(isForRemovedHost(record, hosts)).toBe(expected)
})
