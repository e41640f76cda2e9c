import type { WebClient } from '@slack/web-api'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { SlackServer } from './server.ts'
import { closeAll, post, startSocket, startTown, webClient } from './support.ts'

let slack: SlackServer
let client: WebClient
/** What the app heard, newest last. */
let bodies: Record<string, unknown>[]
/** What the app acknowledges the next delivery with. */
let answer: unknown
const clock = { now: 0 }

beforeEach(async () => {
  clock.now = 1_800_000_000_000
  slack = await startTown({ now: () => clock.now })
  client = webClient(slack)
  const heard: Record<string, unknown>[] = []
  bodies = heard
  answer = undefined
  await startSocket(slack, ({ body, ack }) => (heard.push(body), ack(answer)))
})
afterEach(closeAll)

const plain = (text: string) => ({ type: 'plain_text' as const, text })
const blocks = [
  {
    type: 'actions' as const,
    block_id: 'b',
    elements: [
      { type: 'button' as const, action_id: 'yes', text: plain('Yes'), value: 'v' },
      { type: 'button' as const, action_id: 'no', text: plain('No') },
      { type: 'static_select' as const, action_id: 'pick', options: [{ text: plain('One'), value: '1' }] },
    ],
  },
]
const texts = (user: string) => slack.seenBy(user).map(({ text }) => text)
const respond = (body: object, from = bodies.at(-1)) =>
  fetch(String(from?.['response_url']), { method: 'POST', body: JSON.stringify(body), headers: { 'content-type': 'application/json' } })

describe('a slash command', () => {
  it('is answered to the person only, or in the channel even where the bot is not', async () => {
    answer = { text: 'for you' }
    await slack.as('U1').slash('/jail', '', { channel: 'C2' })
    answer = { text: 'for all', response_type: 'in_channel' }
    await slack.as('U1').slash('/jail', '', { channel: 'C2' })
    expect(texts('U1')).toEqual(['for you', 'for all'])
    expect(texts('U3')).toEqual(['for all'])
  })

  it('answered with blocks that are wrong shows nothing', async () => {
    answer = { blocks: [{ type: 'header' }] }
    expect((await slack.as('U1').slash('/jail', '', { channel: 'C1' })).error).toMatch(/^invalid_response.*missing required field: text/)
    expect(texts('U1')).toEqual([])
  })

  it('does not work in threads', async () => {
    const ts = slack.as('U1').say('C1', 'top')
    expect(await slack.as('U1').slash('/jail', '', { channel: 'C1', thread: ts })).toMatchObject({ error: 'not_supported_in_threads' })
    expect(bodies).toEqual([])
  })

  it('is not typed where one is not, nor by the deleted', async () => {
    await expect(slack.as('U2').slash('/jail', '', { channel: 'C2' })).rejects.toThrow('U2 is not in C2')
    slack.addUser({ id: 'U4', name: 'old', kind: 'deleted' })
    expect(() => slack.as('U4')).toThrow('U4 is deleted')
    expect(() => slack.as('U9')).toThrow('no such person: U9')
  })
})

describe('a button', () => {
  it('is heard with its message and its place', async () => {
    const { ts = '' } = await post(client, { channel: 'C1', text: 'plan', blocks })
    await slack.as('U2').press({ channel: 'C1', ts, label: 'Yes', delivery: 'd1' })
    expect(bodies).toMatchObject([
      {
        type: 'block_actions',
        user: { id: 'U2', username: 'bo', team_id: slack.team.id },
        team: { id: slack.team.id },
        channel: { id: 'C1', name: 'jails' },
        container: { type: 'message', message_ts: ts, channel_id: 'C1', is_ephemeral: false },
        message: { ts, text: 'plan', user: slack.bot.userId, blocks: [{ block_id: 'b' }] },
        trigger_id: 'trigger.d1',
        actions: [{ type: 'button', action_id: 'yes', block_id: 'b', value: 'v', text: { text: 'Yes' } }],
      },
    ])
  })

  it('is pressed only by who sees it, and where it is', async () => {
    const { ts = '' } = await post(client, { channel: 'C1', text: 'plan', blocks })
    await expect(slack.as('U3').press({ channel: 'C1', ts, label: 'Yes' })).rejects.toThrow('U3')
    await expect(slack.as('U1').press({ channel: 'C1', ts, actionId: 'maybe' })).rejects.toThrow('no button maybe on the screen')
    await client.chat.update({ channel: 'C1', ts, text: 'done', blocks: [] })
    await expect(slack.as('U1').press({ channel: 'C1', ts, label: 'Yes' })).rejects.toThrow('no button Yes on the screen')
    slack.deleteMessage('C1', ts)
    await expect(slack.as('U1').press({ channel: 'C1', ts, label: 'Yes' })).rejects.toThrow('U1 sees no message')
    expect(bodies).toEqual([])
  })

  it('of an ephemeral message comes without the message', async () => {
    const { message_ts: ts = '' } = await client.chat.postEphemeral({ channel: 'C1', user: 'U1', text: 'you', blocks })
    await slack.as('U1').press({ channel: 'C1', ts, actionId: 'yes' })
    expect(bodies).toMatchObject([{ container: { message_ts: ts, is_ephemeral: true } }])
    expect(bodies[0]).not.toHaveProperty('message')
    await respond({ text: 'gone', delete_original: true })
    expect(texts('U1')).toEqual([])
  })

  it('has a select beside it', async () => {
    const { ts = '' } = await post(client, { channel: 'C1', text: 'plan', blocks })
    await slack.as('U1').choose({ channel: 'C1', ts, actionId: 'pick', value: '1' })
    expect(bodies).toMatchObject([{ actions: [{ type: 'static_select', selected_option: { value: '1' } }] }])
  })
})

describe('a stranger', () => {
  it('comes with another team', async () => {
    slack.addUser({ id: 'U8', name: 'sid', kind: 'stranger' })
    slack.addChannel({ id: 'C1', name: 'jails', members: ['U1', 'U2', 'U8'] })
    const { ts = '' } = await post(client, { channel: 'C1', text: 'plan', blocks })
    await slack.as('U8').press({ channel: 'C1', ts, label: 'Yes' })
    expect(bodies).toMatchObject([{ user: { id: 'U8' }, team: { id: slack.team.id } }])
    expect(bodies).not.toMatchObject([{ user: { team_id: slack.team.id } }])
  })
})

describe('a response_url', () => {
  it('is good for five answers', async () => {
    await slack.as('U1').slash('/jail', '', { channel: 'C1' })
    for (const text of ['1', '2', '3', '4']) expect((await respond({ text })).status).toBe(200)
    expect((await respond({ text: '5', response_type: 'in_channel' })).status).toBe(200)
    const sixth = await respond({ text: '6' })
    expect([sixth.status, await sixth.json()]).toEqual([404, { ok: false, error: 'used_url' }])
    expect(texts('U1')).toEqual(['1', '2', '3', '4', '5'])
    expect(texts('U2')).toEqual(['5'])
  })

  it('is good for thirty minutes', async () => {
    await slack.as('U1').slash('/jail', '', { channel: 'C1' })
    clock.now += 30 * 60_000
    expect((await respond({ text: 'just' })).status).toBe(200)
    clock.now += 1
    const late = await respond({ text: 'late' })
    expect([late.status, await late.json()]).toEqual([404, { ok: false, error: 'expired_url' }])
  })

  it('replaces and deletes the message whose button was pressed', async () => {
    const { ts = '' } = await post(client, { channel: 'C1', text: 'plan', blocks })
    await slack.as('U1').press({ channel: 'C1', ts, label: 'Yes' })
    await respond({ text: 'done', replace_original: true })
    expect(slack.seenBy('U2')).toMatchObject([{ ts, text: 'done', blocks: [], edited: true }])
    await respond({ delete_original: true })
    expect(texts('U2')).toEqual([])
  })

  it('refuses what cannot be shown', async () => {
    await slack.as('U1').slash('/jail', '', { channel: 'C1' })
    expect((await respond({})).status).toBe(400)
    expect((await respond({ blocks: [{ type: 'header' }] })).status).toBe(400)
  })
})

it('a message shortcut comes with its message', async () => {
  const ts = slack.as('U1').say('C1', 'look')
  await slack.as('U2').shortcut('explain', { message: { channel: 'C1', ts } })
  expect(bodies).toMatchObject([
    { type: 'message_action', callback_id: 'explain', message: { text: 'look', user: 'U1' }, channel: { id: 'C1' } },
  ])
})

it('a page can show all of it, and hears of every change', async () => {
  let changes = 0
  const stop = slack.onChange(() => (changes += 1))
  await post(client, { channel: 'U1', text: 'hi', blocks })
  expect(changes).toBe(1)
  stop()
  await client.chat.postEphemeral({ channel: 'C1', user: 'U2', text: 'only you' })
  expect(changes).toBe(1)

  const snapshot = slack.snapshot()
  expect(JSON.parse(JSON.stringify(snapshot))).toEqual(snapshot)
  expect(snapshot).toMatchObject({
    sockets: 1,
    messages: [{ text: 'hi' }, { text: 'only you', ephemeralTo: 'U2' }],
    channels: [{ id: 'C1', kind: 'public' }, { id: 'C2' }, { kind: 'direct', with: 'U1', members: ['U1'] }],
  })
})
