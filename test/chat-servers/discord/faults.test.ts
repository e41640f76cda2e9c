import { Routes } from 'discord-api-types/v10'
import { describe, expect, it, vi } from 'vitest'
import { makeRest, refused, startBot, startGuild } from './trial.ts'

const post = 'POST /channels/:channel/messages'
const callback = 'POST /interactions/:interaction/:token/callback'
const body = { content: 'x' }

describe('a fault of the REST API', () => {
  it('of a rate limit is waited for, by its header', async () => {
    const { server, ops, bob } = await startGuild()
    server.faults.next(post, { rateLimited: { retryAfterSeconds: 0.2 } })
    const startedAt = performance.now()
    const rest = makeRest(server)
    await rest.post(Routes.channelMessages(ops), { body })
    expect(performance.now() - startedAt).toBeGreaterThan(190)
    expect(server.calls(post).map(({ status }) => status)).toEqual([429, 200])
    expect(server.seenBy(bob)).toHaveLength(1)
    expect(server.invalidRequests()).toBe(1)
  })

  it('of a global rate limit says so', async () => {
    const { server, ops } = await startGuild()
    server.faults.next('any', { rateLimited: { retryAfterSeconds: 2, scope: 'global' } })
    const answer = await fetch(`${server.apiUrl}/v10/channels/${ops}`, { headers: { authorization: `Bot ${server.token}` } })
    expect(await answer.json()).toEqual({ message: 'You are being rate limited.', retry_after: 2, global: true })
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      'retry-after': '2',
      'x-ratelimit-global': 'true',
      'x-ratelimit-scope': 'global',
    })
  })

  it('of an error is that error, so many times', async () => {
    const { server, ops } = await startGuild()
    const rest = makeRest(server)
    server.faults.next(post, { status: 403, code: 50013, message: 'Missing Permissions' }, { times: 2 })
    const send = () => refused(rest.post(Routes.channelMessages(ops), { body }))
    expect([await send(), await send()]).toMatchObject([{ code: 50013 }, { code: 50013 }])
    await rest.post(Routes.channelMessages(ops), { body })
    expect(server.calls(post).map(({ status, code }) => [status, code])).toEqual([
      [403, 50013],
      [403, 50013],
      [200, undefined],
    ])
  })

  it('of 10062 for an answer in time', async () => {
    const { server, alice, ops } = await startGuild({ limits: { responseMs: 100 } })
    const answers = vi.fn()
    await startBot(server, async (interaction) => {
      if (interaction.isChatInputCommand()) answers(await refused(interaction.reply('here')))
    })
    server.faults.next(callback, { status: 404, code: 10062, message: 'Unknown interaction' })
    const taken = await server.as(alice).slash('status', {}, { channel: ops })
    expect(taken.respondedInMs).toBeUndefined()
    expect(answers.mock.calls).toMatchObject([[{ code: 10062 }]])
  })

  it('of a slow network only delays', async () => {
    const { server, ops } = await startGuild()
    server.faults.next(post, { hang: 100 })
    const startedAt = performance.now()
    await makeRest(server).post(Routes.channelMessages(ops), { body })
    expect(performance.now() - startedAt).toBeGreaterThan(95)
  })

  it('of a lost answer has done it; discord.js asks again only after a reset', async () => {
    const { server, ops, bob } = await startGuild()
    const client = await startBot(server)
    const enforced = { ...body, nonce: 'request-1', enforce_nonce: true }
    server.faults.next(post, { loseAnswer: true })
    await expect(client.rest.post(Routes.channelMessages(ops), { body })).rejects.toThrow()
    expect(server.seenBy(bob)).toHaveLength(1)
    server.faults.next(post, { loseAnswer: 'reset' })
    await client.rest.post(Routes.channelMessages(ops), { body })
    expect(server.seenBy(bob)).toHaveLength(3)
    server.faults.next(post, { loseAnswer: 'reset' })
    await client.rest.post(Routes.channelMessages(ops), { body: enforced })
    expect(server.seenBy(bob)).toHaveLength(4)
    expect(server.calls(post).map(({ status }) => status)).toEqual([0, 0, 200, 0, 200])
  })
})

describe('a fault of the gateway', () => {
  it('delays, doubles or loses an interaction', async () => {
    const { server, alice, ops } = await startGuild({ limits: { responseMs: 400 } })
    const heard: string[] = []
    await startBot(server, async (interaction) => {
      if (!interaction.isChatInputCommand()) return
      heard.push(interaction.id)
      await refused(interaction.reply('here'))
    })
    const slash = () => server.as(alice).slash('status', {}, { channel: ops })

    server.faults.late(100)
    expect((await slash()).respondedInMs).toBeGreaterThan(95)
    server.faults.twice()
    await slash()
    await vi.waitFor(() => expect(heard).toHaveLength(3))
    expect(heard[1]).toBe(heard[2])
    server.faults.lost()
    expect((await slash()).respondedInMs).toBeUndefined()
    server.faults.lost()
    server.faults.clear()
    expect((await slash()).respondedInMs).toBeDefined()
  })
})

describe("Discord's own rates", () => {
  it('let five messages through in five seconds, and answers to interactions always', async () => {
    const { server, ops } = await startGuild({ limits: { rates: true } })
    const send = () =>
      fetch(`${server.apiUrl}/v10/channels/${ops}/messages`, {
        method: 'POST',
        headers: { authorization: `Bot ${server.token}`, 'content-type': 'application/json' },
        body: JSON.stringify(body),
      })
    const answers = []
    for (let sent = 0; sent < 6; sent += 1) answers.push(await send())
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200, 429])
    expect(answers.map(({ headers }) => headers.get('x-ratelimit-remaining'))).toEqual(['4', '3', '2', '1', '0', '0'])
    expect(await answers[5]?.json()).toMatchObject({ global: false, retry_after: expect.any(Number) })

    const callbacks = await Promise.all(
      Array.from({ length: 60 }, () => fetch(`${server.apiUrl}/v10/interactions/1/x/callback`, { method: 'POST', body: '{}' })),
    )
    expect(new Set(callbacks.map(({ status }) => status))).toEqual(new Set([404]))
  })
})
