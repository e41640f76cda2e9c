import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { SlackServer } from './server.ts'
import { closeAll, startSocket, startTown, webClient } from './support.ts'

let slack: SlackServer

beforeEach(async () => {
  slack = await startTown({ delays: { acknowledge: 1000, eventRetries: [10, 20, 30], ping: 20 } })
})
afterEach(closeAll)

const say = (text: string, delivery?: string) => slack.as('U1').slash('/jail', text, { channel: 'C1', ...(delivery && { delivery }) })

it('a slash command is an envelope as Slack sends it', async () => {
  const { heard } = await startSocket(slack)

  const delivered = await say('list', 'd1')

  expect(delivered.acknowledgedInMs).toBeLessThan(3000)
  expect(heard).toMatchObject([{ envelope_id: 'd1', type: 'slash_commands', accepts_response_payload: true }])
  expect(heard[0]?.body).toEqual({
    token: expect.any(String),
    team_id: slack.team.id,
    team_domain: slack.team.domain,
    channel_id: 'C1',
    channel_name: 'jails',
    user_id: 'U1',
    user_name: 'ada',
    command: '/jail',
    text: 'list',
    api_app_id: slack.bot.appId,
    is_enterprise_install: 'false',
    response_url: expect.stringContaining(`${slack.origin}/actions/`),
    trigger_id: 'trigger.d1',
  })
})

it('without a connection the person is told at once', async () => {
  expect(await say('list')).toMatchObject({ acknowledgedInMs: undefined, error: 'dispatch_failed' })
})

it('two connections take turns', async () => {
  const first = await startSocket(slack)
  const second = await startSocket(slack)
  for (const text of ['1', '2', '3', '4']) await say(text)
  expect([first.heard.length, second.heard.length]).toEqual([2, 2])
})

it('the eleventh connection is one too many', async () => {
  const reasons: string[] = []
  for (let count = 0; count < 11; count += 1) {
    const { url = '' } = await webClient(slack, slack.tokens.app).apps.connections.open({})
    const socket = new WebSocket(url)
    socket.addEventListener('message', ({ data }) =>
      reasons.push(String((JSON.parse(String(data)) as { reason?: string; type: string }).reason ?? 'hello')),
    )
    await new Promise((resolve) => socket.addEventListener('open', resolve))
  }
  await vi.waitFor(() => expect(reasons).toEqual([...Array.from({ length: 10 }, () => 'hello'), 'too_many_websockets']))
  expect(slack.sockets).toBe(10)
})

it('a URL is good for one connection', async () => {
  const { url = '' } = await webClient(slack, slack.tokens.app).apps.connections.open({})
  expect(await ended(new WebSocket(url))).toBe('open')
  expect(await ended(new WebSocket(url))).toBe('error')
})

describe('redelivery', () => {
  it('what a connection took with it comes over another, the same, marked', async () => {
    const heard: unknown[] = []
    const first = await startSocket(slack, () => undefined)
    const delivered = say('list', 'd1')
    await vi.waitFor(() => expect(first.heard).toHaveLength(1))
    const second = await startSocket(slack, ({ ack, ...rest }) => (heard.push(rest), ack('done')))

    await first.client.disconnect()

    expect(await delivered).toMatchObject({ payload: { text: 'done' } })
    expect(heard).toMatchObject([{ envelope_id: 'd1', retry_num: 1, retry_reason: 'timeout', body: first.heard[0]?.body }])
    expect(second.heard).toHaveLength(1)
  })

  it('where no connection is left, over the next one to open', async () => {
    const first = await startSocket(slack, () => undefined)
    const delivered = say('list')
    await vi.waitFor(() => expect(first.heard).toHaveLength(1))
    await first.client.disconnect()
    const second = await startSocket(slack)
    expect((await delivered).error).toBeUndefined()
    expect(second.heard).toHaveLength(1)
  })

  it('an event that nobody acknowledges comes three times more, with the same event_id', async () => {
    slack = await startTown({ delays: { acknowledge: 20, eventRetries: [0, 10, 20] } })
    const { heard } = await startSocket(slack, () => undefined)

    expect(await slack.as('U1').mention({ channel: 'C1', text: 'hi', delivery: 'd1' })).toMatchObject({ error: 'operation_timeout' })

    await vi.waitFor(() => expect(heard.map(({ retry_num }) => retry_num)).toEqual([0, 1, 2, 3]))
    expect(new Set(heard.map(({ body }) => body['event_id']))).toEqual(new Set(['Evd1']))
  })

  it('until it is acknowledged', async () => {
    slack = await startTown({ delays: { acknowledge: 20, eventRetries: [0, 10, 20] } })
    const { heard } = await startSocket(slack, ({ ack, retry_num }) => (retry_num === 1 ? ack() : undefined))
    await slack.as('U1').mention({ channel: 'C1', text: 'hi' })
    await vi.waitFor(() => expect(heard).toHaveLength(2))
    await slack.as('U2').mention({ channel: 'C1', text: 'you too' })
    await vi.waitFor(() => expect(heard).toHaveLength(4))
    expect(heard.map(({ retry_num }) => retry_num)).toEqual([0, 1, 0, 1])
  })
})

describe('the end of a connection', () => {
  it('is announced in the routine way, and the client comes back', async () => {
    const { client } = await startSocket(slack)
    const reconnected = new Promise((resolve) => client.once('reconnecting', resolve))

    slack.disconnectSockets('refresh_requested')

    expect(slack.sockets).toBe(0)
    await reconnected
    await vi.waitFor(() => expect(slack.sockets).toBe(1))
    expect((await say('list')).error).toBeUndefined()
  })

  it('takes only as many as asked, the oldest', async () => {
    const first = await startSocket(slack)
    const second = await startSocket(slack)
    slack.disconnectSockets('refresh_requested', { count: 1 })
    await say('1')
    await say('2')
    expect([first.heard.length, second.heard.length]).toEqual([0, 2])
  })

  it('that is warned of does not come from Slack', async () => {
    const { url = '' } = await webClient(slack, slack.tokens.app).apps.connections.open({})
    const heard: string[] = []
    new WebSocket(url).addEventListener('message', ({ data }) => heard.push(String(data)))
    await vi.waitFor(() => expect(heard).toHaveLength(1))
    slack.disconnectSockets('warning')
    await vi.waitFor(() => expect(JSON.parse(heard[1] ?? '{}')).toMatchObject({ type: 'disconnect', reason: 'warning' }))
    expect(slack.sockets).toBe(1)
  })

  it('without a word', async () => {
    const { client } = await startSocket(slack)
    const closed = new Promise((resolve) => client.once('close', resolve))
    slack.breakSockets()
    await closed
    await vi.waitFor(() => expect(slack.sockets).toBe(1))
  })

  it('refused connections are tried again', async () => {
    slack.refuseConnections(1)
    await startSocket(slack)
    expect(slack.counts()).toEqual({ 'apps.connections.open': 2 })
  })
})

it('pings keep a careful client', async () => {
  const { client } = await startSocket(slack)
  const lost = vi.fn()
  client.on('close', lost)
  // Longer than the client waits for a pong.
  await new Promise((resolve) => setTimeout(resolve, 700))
  expect(lost).not.toHaveBeenCalled()
  expect((await say('list')).error).toBeUndefined()
})

/** How the attempt to connect ended. */
function ended(socket: WebSocket): Promise<string> {
  return new Promise((resolve) => (['open', 'error'] as const).forEach((type) => socket.addEventListener(type, () => resolve(type))))
}
