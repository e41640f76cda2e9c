import { describe, expect, test, vi } from 'vitest'
import { createDiscordAdapter } from '../../src/chat/discord/discord.ts'
import type { SeenMessage } from '../chat-servers/discord/server.ts'
import { cardOf, waitingCard } from './example-cards.ts'
import { dayOfCharts } from './chart/example-charts.ts'
import { readPng } from './chart/read-png.ts'
import { type Bot, readBy, startBot } from './discord-harness.ts'

const create = 'POST /channels/:channel/messages'
const change = 'PATCH /channels/:channel/messages/:message'
const files = [{ name: 'plan-r1.txt', text: 'tar -xpf base.txz\nservice jail onestart blog\n' }]

function inOps({ server, ana, ops }: Bot): SeenMessage[] {
  return server.seenBy(ana, ops).filter(({ ephemeral }) => !ephemeral)
}

describe('a card', () => {
  test('is an ordinary message that pings nobody, edited with the bot’s own token', async () => {
    const bot = await startBot()
    const { server, adapter, place, actor } = bot
    const message = await adapter.post(place, cardOf('r1', { title: '@everyone look' }), actor('ana'))
    await adapter.edit(place, message, cardOf('r1', { title: '@here again', state: 'done' }), actor('ana'))
    expect(inOps(bot)).toMatchObject([{ author: server.botUserId, edits: 1 }])
    expect(server.mentions()).toEqual([])
    for (const { body } of [...server.calls(create), ...server.calls(change)])
      expect(body).toMatchObject({ allowed_mentions: { parse: [] } })
  })

  test('posted again after its answer was lost is one message, and it says what is true now', async () => {
    const bot = await startBot()
    const { server, adapter, place, actor, options, door } = bot
    server.faults.next(create, { loseAnswer: true })
    await adapter.post(place, cardOf('r1', { title: 'Once' }), actor('ana'))
    expect(inOps(bot)).toHaveLength(1)
    // killed before the id was stored, the bot posts it anew with what has happened since
    const after = createDiscordAdapter(options)
    await after.start(door)
    const message = await after.post(place, cardOf('r1', { title: 'Since then', state: 'done' }), actor('ana'))
    await after.stop()
    expect(inOps(bot).map(readBy)).toEqual([expect.stringContaining('Since then')])
    expect(message).toContain(inOps(bot)[0]?.id)
  })

  test('its files are sent once, stay through edits and a restart, and go when they are not true any more', async () => {
    const bot = await startBot()
    const { server, adapter, place, actor, options, door } = bot
    const first = await adapter.post(place, waitingCard({ files }), actor('ana'))
    const second = await adapter.edit(place, first, waitingCard({ files, title: 'One approval' }), actor('ana'))
    expect(inOps(bot)).toMatchObject([{ files: [{ name: 'plan-r1.txt', content: files[0]?.text }], edits: 1 }])
    const after = createDiscordAdapter(options)
    await after.start(door)
    await after.edit(place, second, waitingCard({ files, title: 'Two approvals' }), actor('ana'))
    expect(server.calls(change).flatMap((call) => call.files)).toEqual([])
    const changed = [{ name: 'plan-r1.txt', text: 'another plan\n' }]
    const third = await after.edit(place, second, waitingCard({ files: changed }), actor('ana'))
    expect(inOps(bot)[0]?.files).toEqual([{ name: 'plan-r1.txt', content: 'another plan\n' }])
    await after.edit(place, third, waitingCard({ files: changed, state: 'done' }), actor('ana'))
    expect(inOps(bot)[0]?.files).toEqual([])
    await after.stop()
  })

  test('has a picture of its charts, sent once', async () => {
    const bot = await startBot()
    const { server, adapter, place, actor } = bot
    const card = cardOf('r1', { state: 'done', charts: dayOfCharts })
    const message = await adapter.post(place, card, actor('ana'))
    await adapter.edit(place, message, { ...card, title: 'Again' }, actor('ana'))
    const [picture, ...others] = inOps(bot).flatMap(({ files: shown }) => shown)
    expect([picture?.name, others]).toEqual(['charts.png', []])
    expect(readPng(Buffer.from(picture?.content ?? '', 'latin1')).width).toBe(1200)
    expect(server.calls(create)[0]?.body).toMatchObject({
      attachments: [{ description: expect.stringContaining('Requests (requests/s)') }],
    })
    expect(server.calls(change).flatMap((call) => call.files)).toEqual([])
  })

  test('whose message is gone stands anew, once, however often it is edited under the old id', async () => {
    const bot = await startBot()
    const { server, adapter, place, actor } = bot
    const old = await adapter.post(place, cardOf('r1'), actor('ana'))
    const [channel = '', id = ''] = old.split('/')
    server.deleteMessage(channel, id)
    const next = await adapter.edit(place, old, cardOf('r1', { title: 'Back' }), actor('ana'))
    expect(next).not.toBe(old)
    await adapter.edit(place, old, cardOf('r1', { title: 'Back again' }), actor('ana'))
    expect(inOps(bot).map(readBy)).toEqual([expect.stringContaining('Back again')])
  })
})

describe('a place that is closed to us', () => {
  test.each([
    ['may not be written in', { botMaySend: false }],
    ['cannot be seen', { botMayView: false }],
  ])('one that %s: the card goes to the asker, who is told why; nobody else sees it', async (_what, may) => {
    const bot = await startBot()
    const { server, adapter, place, actor, say, sees, ana, ops } = bot
    await say('jail create blog')
    server.setChannel(ops, may)
    const message = await adapter.post(place, cardOf('r1', { title: 'Private card' }), actor('ana'))
    expect(server.seenBy(ana, server.directChannel(ana)).map(readBy).join()).toMatch(/Send Messages[^]*Private card/)
    await vi.waitFor(() => expect(server.seenBy(ana, ops).map(readBy).join()).toMatch(/direct messages[^]*Send Messages/))
    expect(sees()).not.toContain('Taken up')
    expect(sees('bo')).not.toContain('Private card')
    await adapter.edit(place, message, cardOf('r1', { title: 'Edited there', state: 'done' }), actor('ana'))
    expect(server.seenBy(ana, server.directChannel(ana)).map(readBy).join()).toContain('Edited there')
  })

  test('one that was closed after the card stood there', async () => {
    const { server, adapter, place, actor, ops, ana } = await startBot()
    const message = await adapter.post(place, cardOf('r1'), actor('ana'))
    server.setChannel(ops, { botMayView: false })
    const next = await adapter.edit(place, message, cardOf('r1', { title: 'Over here' }), actor('ana'))
    expect(next).toContain(server.directChannel(ana))
    expect(server.seenBy(ana).map(readBy).join()).toContain('Over here')
  })

  test('and the asker too: it cannot be shown, and is not tried for ever', async () => {
    const { server, adapter, place, actor, ops } = await startBot()
    server.setChannel(ops, { botMaySend: false })
    server.faults.next('POST /users/@me/channels', { status: 403, code: 50007, message: 'Cannot send messages to this user' })
    await expect(adapter.post(place, cardOf('r1'), actor('ana'))).rejects.toMatchObject({ code: 'cannot_show' })
    expect(server.calls(create)).toHaveLength(1)
  })

  test('and the asker is of another platform: it cannot be shown', async () => {
    const { server, adapter, place, actor, ops } = await startBot()
    server.setChannel(ops, { botMayView: false })
    await expect(adapter.post(place, cardOf('r1'), { ...actor('ana'), platform: 'slack' })).rejects.toMatchObject({ code: 'cannot_show' })
    expect(server.directChannel(actor('ana').id)).toBeUndefined()
  })
})

describe('a whisper', () => {
  test('without an interaction to answer goes to direct messages, and where those are closed, into the channel by plain name', async () => {
    const { server, adapter, place, actor, ana, ops } = await startBot()
    await adapter.whisper(place, actor('ana'), { title: 'First' })
    expect(server.seenBy(ana, server.directChannel(ana)).map(readBy).join()).toContain('First')
    server.faults.next('POST /users/@me/channels', { status: 403, code: 50007, message: 'Cannot send messages to this user' })
    await adapter.whisper(place, { ...actor('ana'), name: '@everyone' }, { title: 'Second' })
    expect(server.seenBy(ana, ops).map(readBy).join()).toMatch(/^＠everyone:\n[^]*Second/)
    expect(server.mentions()).toEqual([])
  })

  test('after 15 minutes the interaction’s token serves no more', async () => {
    let now = Date.now()
    const { server, adapter, place, actor, say, ana } = await startBot({ now: () => now })
    await say('jail create blog')
    now += 16 * 60_000
    await adapter.whisper(place, actor('ana'), { title: 'Late' })
    expect(server.seenBy(ana, server.directChannel(ana)).map(readBy).join()).toContain('Late')
    expect(server.invalidRequests()).toBe(0)
  })

  test('that nothing takes is reported and ends there', async () => {
    const { server, adapter, place, actor, ops, problems } = await startBot()
    server.setChannel(ops, { botMayView: false })
    server.faults.next('POST /users/@me/channels', { status: 403, code: 50007, message: 'Cannot send messages to this user' })
    await adapter.whisper(place, actor('ana'), { title: 'Lost' })
    expect(problems.join()).toContain('no way to tell')
  })
})

describe('rates and outages', () => {
  test('200 commands under rate limits: every card ends with its last state, and acknowledgements wait behind nothing', async () => {
    const bot = await startBot()
    const { server, adapter, place, actor, say, door } = bot
    const rateLimited = { retryAfterSeconds: 0.05 }
    server.faults.next(create, { rateLimited }, { times: 8 })
    server.faults.next(change, { rateLimited }, { times: 8 })
    const one = async (index: number) => {
      const taken = await say(`jail create j${index}`)
      const message = await adapter.post(place, cardOf(`q${index}`, { title: `Card ${index}.` }), actor('ana'))
      const edits = ['running', 'running', 'done'] as const
      await Promise.all(
        edits.map((state, step) =>
          adapter.edit(place, message, cardOf(`q${index}`, { title: `Card ${index}.`, state, text: `step ${step}` }), actor('ana')),
        ),
      )
      return taken.respondedInMs ?? Infinity
    }
    const waits = await Promise.all(Array.from({ length: 200 }, (_, index) => one(index)))
    expect(door.stored()).toHaveLength(200)
    expect(Math.max(...waits)).toBeLessThan(3000)
    const cards = inOps(bot).map(readBy)
    expect(cards).toHaveLength(200)
    for (const card of cards) expect(card).toMatch(/Done\nCard \d+\.\nstep 2/)
    expect(server.calls(create).filter(({ status }) => status === 429)).toHaveLength(8)
  })

  test('a global limit on messages does not hold up an acknowledgement', async () => {
    const { server, adapter, place, actor, say } = await startBot()
    server.faults.next(create, { rateLimited: { retryAfterSeconds: 2, scope: 'global' } })
    const wasPosted = vi.fn()
    const posting = adapter.post(place, cardOf('r9'), actor('ana')).then(wasPosted)
    await vi.waitFor(() => expect(server.calls(create)).toHaveLength(1))
    expect((await say('jail list')).respondedInMs).toBeLessThan(3000)
    expect(wasPosted).not.toHaveBeenCalled()
    await posting
  })

  test('errors of Discord and cut connections are waited out; what is refused for good is not repeated', async () => {
    const bot = await startBot()
    const { server, adapter, place, actor } = bot
    server.faults.next(create, { status: 503, code: 0, message: 'down' }, { times: 2 })
    server.faults.next(create, { loseAnswer: 'reset' })
    const message = await adapter.post(place, cardOf('r1'), actor('ana'))
    server.faults.next(change, { status: 500, code: 0, message: 'down' })
    await adapter.edit(place, message, cardOf('r1', { title: 'Held' }), actor('ana'))
    expect(inOps(bot).map(readBy)).toEqual([expect.stringContaining('Held')])
    server.faults.next(create, { status: 400, code: 50035, message: 'Invalid Form Body' })
    await expect(adapter.post(place, cardOf('r2'), actor('ana'))).rejects.toMatchObject({ code: 'cannot_show' })
  })

  test('a stop ends what waits, so that the bot shows it again at its next start', async () => {
    const { server, adapter, place, actor } = await startBot()
    server.faults.next(create, { rateLimited: { retryAfterSeconds: 30 } })
    const posting = adapter.post(place, cardOf('r1'), actor('ana'))
    const refused = expect(posting).rejects.not.toMatchObject({ code: 'cannot_show' })
    await vi.waitFor(() => expect(server.calls(create)).toHaveLength(1))
    await adapter.stop()
    await refused
  })
})
