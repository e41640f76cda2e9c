import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { WebClient } from '@slack/web-api'
import type { SlackServer } from './server.ts'
import { closeAll, post, refusalOf, startBolt, startSocket, startTown, webClient } from './support.ts'

let slack: SlackServer
let client: WebClient

beforeEach(async () => {
  slack = await startTown({ delays: { acknowledge: 150, eventRetries: [0] } })
  client = webClient(slack)
})
afterEach(closeAll)

const say = (text = 'x') => post(client, { channel: 'C1', text })
const texts = () => slack.seenBy('U2').map(({ text }) => text)

describe('a planned fault of a call', () => {
  it('rate limited', async () => {
    slack.faults.next('chat.postMessage', { rateLimited: 7 })
    await expect(say()).rejects.toMatchObject({ retryAfter: 7 })
    await say()
    expect(texts()).toEqual(['x'])
  })

  it('an error, as often as asked, of that method only', async () => {
    slack.faults.next('chat.postMessage', { error: 'fatal_error' }, { times: 2 })
    expect(await refusalOf(say())).toMatchObject({ error: 'fatal_error' })
    await client.auth.test()
    expect(await refusalOf(say())).toMatchObject({ error: 'fatal_error' })
    await say()
    expect(slack.calls('chat.postMessage').map(({ answered }) => answered)).toEqual(['fatal_error', 'fatal_error', 'ok'])
  })

  it('a scope that is missing', async () => {
    slack.faults.next('*', { error: 'missing_scope', needed: 'files:write' })
    expect(await refusalOf(say())).toMatchObject({
      error: 'missing_scope',
      needed: 'files:write',
      provided: expect.stringContaining('chat:write'),
    })
  })

  it.each([500, 404])('status %i', async (status) => {
    slack.faults.next('chat.postMessage', { status })
    await expect(say()).rejects.toMatchObject({ code: 'slack_webapi_http_error', statusCode: status })
    expect(texts()).toEqual([])
  })

  it('an answer that takes its time', async () => {
    slack.faults.next('chat.postMessage', { hang: 100 })
    const hanging = say('late')
    await say('soon')
    expect(texts()).toEqual(['soon'])
    await hanging
    expect(texts()).toEqual(['soon', 'late'])
  })

  it('an answer that is lost: it was done all the same', async () => {
    slack.faults.next('chat.postMessage', { loseAnswer: true })
    await expect(say()).rejects.toMatchObject({ code: 'slack_webapi_request_error' })
    expect(texts()).toEqual(['x'])
  })

  it('of an upload', async () => {
    slack.faults.next('upload', { status: 500 })
    await expect(client.files.uploadV2({ channel_id: 'C1', filename: 'a.txt', content: 'x' })).rejects.toMatchObject({ statusCode: 500 })
    expect(texts()).toEqual([])
  })
})

describe('the app loses what it had', () => {
  it('its token, until all faults are cleared', async () => {
    slack.faults.expireToken()
    expect(await refusalOf(say())).toMatchObject({ error: 'token_expired' })
    slack.faults.clear()
    await say()
  })

  it('a scope', async () => {
    slack.faults.revokeScope('usergroups:read')
    const refused = await refusalOf(client.usergroups.list())
    expect(refused).toMatchObject({ error: 'missing_scope', needed: 'usergroups:read' })
    expect(refused['provided']).not.toContain('usergroups:read')
    await say()
  })
})

describe('deliveries', () => {
  it('come late, while the person waits', async () => {
    const { heard } = await startSocket(slack)
    slack.faults.late(50)
    const { acknowledgedInMs } = await slack.as('U1').slash('/jail', 'list', { channel: 'C1' })
    expect(acknowledgedInMs).toBeGreaterThanOrEqual(49)

    slack.faults.late(250)
    expect(await slack.as('U1').slash('/jail', 'list', { channel: 'C1' })).toMatchObject({ error: 'operation_timeout' })
    expect(heard).toHaveLength(1)
    await vi.waitFor(() => expect(heard).toHaveLength(2))
  })

  it('come twice over sockets, on both connections', async () => {
    const first = await startSocket(slack)
    const second = await startSocket(slack)
    slack.faults.twice()

    await slack.as('U1').slash('/jail', 'list', { channel: 'C1', delivery: 'd1' })

    await vi.waitFor(() => expect([first.heard.length, second.heard.length]).toEqual([1, 1]))
    const both = [...first.heard, ...second.heard]
    expect(both.map(({ envelope_id }) => envelope_id)).toEqual(['d1', 'd1'])
    expect(both.map(({ retry_num }) => retry_num).toSorted()).toEqual([1, undefined])
    expect(first.heard[0]?.body).toEqual(second.heard[0]?.body)
  })

  it('come twice over HTTP, the second marked as a retry; Bolt runs its listener for both', async () => {
    const heard: unknown[] = []
    await startBolt(slack, 'http', (app) =>
      app.command('/jail', async ({ ack, command, context }) => {
        heard.push([command.trigger_id, context.retryNum, context.retryReason])
        await ack()
      }),
    )
    slack.faults.twice()
    await slack.as('U1').slash('/jail', 'list', { channel: 'C1', delivery: 'd1' })
    await vi.waitFor(() => expect(heard).toHaveLength(2))
    expect(heard).toEqual(
      expect.arrayContaining([
        ['trigger.d1', undefined, undefined],
        ['trigger.d1', 1, 'http_timeout'],
      ]),
    )
  })

  it('of events come again over HTTP when they fail', async () => {
    const retries: unknown[] = []
    await startBolt(slack, 'http', (app) => {
      app.use(async ({ context, next }) => {
        retries.push(context.retryNum)
        await next()
      })
      app.event('app_mention', async () => undefined)
    })
    slack.setRequestUrl(slack.requestUrl?.replace('/slack/events', '/nowhere'))
    const good = slack.requestUrl?.replace('/nowhere', '/slack/events')
    const mentioned = slack.as('U1').mention({ channel: 'C1', text: 'hi' })
    slack.setRequestUrl(good)
    expect(await mentioned).toMatchObject({ error: 'dispatch_failed' })
    await vi.waitFor(() => expect(retries).toEqual([1]))
  })

  it('of the same thing twice by hand have the same ids', async () => {
    const { heard } = await startSocket(slack)
    for (const _ of [1, 2]) await slack.as('U1').mention({ channel: 'C1', text: 'hi', delivery: 'd1' })
    expect(heard.map(({ envelope_id, body }) => [envelope_id, body['event_id']])).toEqual([
      ['d1', 'Evd1'],
      ['d1', 'Evd1'],
    ])
  })
})
