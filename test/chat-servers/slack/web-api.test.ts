import type { WebClient } from '@slack/web-api'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { publishedRates, type SlackServer } from './server.ts'
import { closeAll, post, refusalOf, startTown, webClient } from './support.ts'

let slack: SlackServer
let client: WebClient

beforeEach(async () => {
  slack = await startTown()
  client = webClient(slack)
})
afterEach(closeAll)

describe('messages', () => {
  it('are posted, edited and deleted', async () => {
    const { ts = '', message } = await post(client, { channel: 'C1', text: 'one' })
    expect(message).toMatchObject({ text: 'one', user: slack.bot.userId, bot_id: slack.bot.botId, ts })
    await client.chat.update({ channel: 'C1', ts, text: 'two' })
    expect(slack.seenBy('U2')).toMatchObject([{ ts, text: 'two', edited: true, channel: 'C1' }])
    await client.chat.delete({ channel: 'C1', ts })
    expect(slack.seenBy('U2')).toEqual([])
  })

  it('edited with a text alone lose their blocks', async () => {
    const { ts = '' } = await post(client, { channel: 'C1', text: 'one', blocks: [{ type: 'divider' }] })
    await client.chat.update({ channel: 'C1', ts, text: 'two' })
    expect(slack.seenBy('U2')).toMatchObject([{ text: 'two', blocks: [] }])
  })

  it('stand in threads', async () => {
    const { ts = '' } = await post(client, { channel: 'C1', text: 'top' })
    await post(client, { channel: 'C1', text: 'below', thread_ts: ts })
    expect(slack.seenBy('U1').map(({ threadTs }) => threadTs)).toEqual([undefined, ts])
  })

  it('to a person go into their direct messages', async () => {
    const { channel } = await post(client, { channel: 'U3', text: 'psst' })
    expect(channel).toBe((await client.conversations.open({ users: 'U3' })).channel?.id)
    expect(slack.seenBy('U3')).toMatchObject([{ text: 'psst', channel }])
    expect(slack.seenBy('U1')).toEqual([])
  })

  it('for one person only are seen by them, and cannot be reached again', async () => {
    const { message_ts: ts = '' } = await client.chat.postEphemeral({ channel: 'C1', user: 'U1', text: 'only you' })
    expect(slack.seenBy('U1')).toMatchObject([{ text: 'only you', ephemeralTo: 'U1' }])
    expect(slack.seenBy('U2')).toEqual([])
    expect(await refusalOf(client.chat.update({ channel: 'C1', ts, text: 'all' }))).toMatchObject({ error: 'message_not_found' })
    expect(await refusalOf(client.chat.postEphemeral({ channel: 'C1', user: 'U3', text: 'x' }))).toMatchObject({
      error: 'user_not_in_channel',
    })
  })

  it('show whom they would call', async () => {
    const text = 'hi <!channel> and <@U1>'
    await post(client, { channel: 'C1', text })
    await post(client, { channel: 'C1', text, blocks: [{ type: 'section', text: { type: 'plain_text', text } }] })
    await post(client, { channel: 'C1', text: 'hi &lt;!channel&gt;' })
    expect(slack.seenBy('U1').map(({ notifies }) => notifies)).toEqual([['<!channel>', '<@U1>'], [], []])
  })

  it('are cut at 40,000 characters, and no longer than 4,000 in an edit', async () => {
    const { ts = '' } = await post(client, { channel: 'C1', text: 'x'.repeat(40_001) })
    expect(slack.seenBy('U1')[0]?.text).toHaveLength(40_000)
    expect(await refusalOf(client.chat.update({ channel: 'C1', ts, text: 'x'.repeat(4001) }))).toMatchObject({ error: 'msg_too_long' })
  })

  it.each([
    ['C9', 'channel_not_found'],
    ['C2', 'not_in_channel'],
    ['C3', 'channel_not_found'],
    ['C4', 'is_archived'],
    ['U9', 'channel_not_found'],
  ])('to %s are refused: %s', async (channel, error) => {
    slack.addChannel({ id: 'C3', name: 'secret', members: ['U1'], isPrivate: true, botIsMember: false })
    slack.addChannel({ id: 'C4', name: 'old', members: ['U1'], isArchived: true })
    expect(await refusalOf(post(client, { channel, text: 'x' }))).toMatchObject({ error })
    expect(slack.calls('chat.postMessage')).toMatchObject([{ args: { channel, text: 'x' }, answered: error }])
  })

  it('of others, gone ones and empty ones are refused', async () => {
    const ts = slack.as('U1').say('C1', 'mine')
    expect(await refusalOf(client.chat.update({ channel: 'C1', ts, text: 'x' }))).toMatchObject({ error: 'cant_update_message' })
    expect(await refusalOf(client.chat.delete({ channel: 'C1', ts }))).toMatchObject({ error: 'cant_delete_message' })
    const { ts: own = '' } = await post(client, { channel: 'C1', text: 'x' })
    slack.deleteMessage('C1', own)
    expect(await refusalOf(client.chat.update({ channel: 'C1', ts: own, text: 'x' }))).toMatchObject({ error: 'message_not_found' })
    expect(await refusalOf(client.apiCall('chat.postMessage', { channel: 'C1' }))).toMatchObject({ error: 'no_text' })
    expect(await refusalOf(client.apiCall('chat.postMessage', { channel: 'C1', blocks: '[{' }))).toMatchObject({
      error: 'invalid_blocks_format',
    })
  })
})

describe('people', () => {
  it('auth.test says who the bot is', async () => {
    const answer = await client.auth.test()
    expect(answer).toMatchObject({ ok: true, user_id: slack.bot.userId, team_id: slack.team.id, bot_id: slack.bot.botId })
    expect(answer.response_metadata?.scopes).toContain('chat:write')
  })

  it.each([
    ['member', { deleted: false, is_restricted: false, is_ultra_restricted: false, is_bot: false }],
    ['guest', { deleted: false, is_restricted: true, is_ultra_restricted: false }],
    ['single-channel guest', { is_restricted: true, is_ultra_restricted: true }],
    ['stranger', { is_stranger: true }],
    ['bot', { is_bot: true }],
    ['deleted', { deleted: true }],
  ] as const)('users.info of a %s', async (kind, expected) => {
    slack.addUser({ id: 'U7', name: 'who', kind })
    const { user } = await client.users.info({ user: 'U7' })
    expect(user).toMatchObject({ id: 'U7', name: 'who', ...expected })
    expect(user?.team_id === slack.team.id).toBe(kind !== 'stranger')
  })

  it('user groups and their people', async () => {
    slack.addUserGroup({ id: 'S2', handle: 'gone', users: [], disabled: true })
    const { usergroups } = await client.usergroups.list({ include_users: true })
    expect(usergroups).toMatchObject([{ id: 'S1', handle: 'operators', users: ['U1', 'U2'] }])
    expect((await client.usergroups.users.list({ usergroup: 'S1' })).users).toEqual(['U1', 'U2'])
    expect(await refusalOf(client.usergroups.users.list({ usergroup: 'S9' }))).toMatchObject({ error: 'no_such_subteam' })
    expect(await refusalOf(client.users.info({ user: 'U9' }))).toMatchObject({ error: 'user_not_found' })
  })

  it('conversations.info needs a scope the bot did not ask for', async () => {
    const refused = await refusalOf(client.conversations.info({ channel: 'C1' }))
    expect(refused).toMatchObject({ error: 'missing_scope', needed: 'channels:read', provided: expect.stringContaining('chat:write') })
    const other = await startTown({ scopes: ['channels:read'] })
    const { channel } = await webClient(other).conversations.info({ channel: 'C2' })
    expect(channel).toMatchObject({ id: 'C2', name: 'elsewhere', is_member: false, is_private: false })
  })
})

describe('tokens', () => {
  it.each([
    ['xoxb-guessed', 'invalid_auth'],
    ['', 'not_authed'],
  ])('%s is %s', async (token, error) => {
    expect(await refusalOf(webClient(slack, token).auth.test())).toMatchObject({ error })
  })

  it('the app token opens connections, the bot token does the rest', async () => {
    expect(await refusalOf(client.apps.connections.open({}))).toMatchObject({ error: 'not_allowed_token_type' })
    expect(await refusalOf(webClient(slack, slack.tokens.app).auth.test())).toMatchObject({ error: 'not_allowed_token_type' })
    expect((await webClient(slack, slack.tokens.app).apps.connections.open({})).url).toMatch(/^ws:\/\/127\.0\.0\.1:/)
  })

  it('what Slack does not have is unknown_method', async () => {
    expect(await refusalOf(client.apiCall('chat.sing'))).toMatchObject({ error: 'unknown_method' })
  })
})

describe('files', () => {
  it('come with uploadV2 into a thread', async () => {
    const { ts = '' } = await post(client, { channel: 'C1', text: 'plan' })
    await client.files.uploadV2({
      channel_id: 'C1',
      thread_ts: ts,
      initial_comment: 'all of it',
      filename: 'plan.txt',
      title: 'The plan',
      content: 'jail –c\n',
    })
    expect(slack.seenBy('U1').at(-1)).toMatchObject({
      text: 'all of it',
      threadTs: ts,
      files: [{ name: 'plan.txt', title: 'The plan', content: 'jail –c\n' }],
    })
    expect(Object.keys(slack.counts())).toEqual([
      'chat.postMessage',
      'files.getUploadURLExternal',
      'upload',
      'files.completeUploadExternal',
    ])
  })

  it('that were not sent are not found, and go nowhere the bot is not', async () => {
    const { file_id: id = '' } = await client.files.getUploadURLExternal({ filename: 'a.txt', length: 1 })
    expect(await refusalOf(client.files.completeUploadExternal({ files: [{ id }], channel_id: 'C1' }))).toMatchObject({
      error: 'file_not_found',
    })
    const upload = client.files.uploadV2({ channel_id: 'C2', filename: 'a.txt', content: 'x' })
    expect(await refusalOf(upload)).toMatchObject({ error: 'not_in_channel' })
  })
})

describe('the rates Slack publishes', () => {
  it('one message a second in each channel', async () => {
    const clock = { now: 1_800_000_000_000 }
    const strict = await startTown({ limits: { rates: publishedRates }, now: () => clock.now })
    const hurried = webClient(strict)
    await post(hurried, { channel: 'C1', text: '1' })
    await post(hurried, { channel: 'U1', text: 'elsewhere' })
    await expect(post(hurried, { channel: 'C1', text: '2' })).rejects.toMatchObject({ retryAfter: 1 })
    clock.now += 1000
    await post(hurried, { channel: 'C1', text: '3' })
    expect(strict.calls('chat.postMessage').map(({ answered }) => answered)).toEqual(['ok', 'ok', 'ratelimited', 'ok'])
  })
})
