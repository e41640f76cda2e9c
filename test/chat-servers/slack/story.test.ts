import type { App, BlockAction, ButtonAction } from '@slack/bolt'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { closeAll, post, startBolt, startTown } from './support.ts'

afterEach(closeAll)

const button = (text: string, action_id: string) => ({
  type: 'actions' as const,
  elements: [{ type: 'button' as const, text: { type: 'plain_text' as const, text }, action_id, value: 'r1' }],
})

/** A bot that plans, is approved by a button, asks why in a modal, and says so. */
function listen(app: App): void {
  app.command('/jail', async ({ ack, command, client, respond }) => {
    await ack(`Planning ${command.text}`)
    await post(client, { channel: command.channel_id, text: `Plan: ${command.text}`, blocks: [button('Approve', 'approve')] })
    await respond({ text: 'Posted' })
  })
  app.action<BlockAction<ButtonAction>>('approve', async ({ ack, body, action, client }) => {
    await ack()
    await client.chat.update({
      channel: body.channel?.id ?? '',
      ts: body.message?.ts ?? '',
      text: `${action.value} approved by ${body.user.id}`,
      blocks: [],
    })
    await client.views.open({
      trigger_id: body.trigger_id,
      view: {
        type: 'modal',
        callback_id: 'why',
        private_metadata: body.channel?.id ?? '',
        title: { type: 'plain_text', text: 'Why?' },
        submit: { type: 'plain_text', text: 'Say' },
        blocks: [
          {
            type: 'input',
            block_id: 'reason',
            label: { type: 'plain_text', text: 'Reason' },
            element: { type: 'plain_text_input', action_id: 'text' },
          },
          {
            type: 'input',
            block_id: 'jail',
            optional: true,
            label: { type: 'plain_text', text: 'Jail' },
            element: { type: 'external_select', action_id: 'pick', min_query_length: 1 },
          },
        ],
      },
    })
  })
  app.options('pick', async ({ ack, payload }) => {
    await ack({
      options: ['web1', 'db1']
        .filter((name) => name.startsWith(payload.value))
        .map((value) => ({ text: { type: 'plain_text', text: value }, value })),
    })
  })
  app.view('why', async ({ ack, view, body, client }) => {
    const { values } = view.state
    const reason = values['reason']?.['text']?.value ?? ''
    if (reason.length < 3) return ack({ response_action: 'errors', errors: { reason: 'Say more' } })
    await ack()
    const jail = values['jail']?.['pick']?.selected_option?.value
    await post(client, { channel: view.private_metadata, text: `${body.user.id}: ${reason} (${jail})` })
  })
  app.event('app_mention', async ({ event, say }) => {
    await say({ text: `Heard ${event.text}`, thread_ts: event.ts })
  })
  app.shortcut('help', async ({ ack }) => ack())
}

describe.each(['socket', 'http'] as const)('Bolt unmodified, over %s', (mode) => {
  it('slash, post, press, update, modal, submit', async () => {
    const slack = await startTown()
    await startBolt(slack, mode, listen)
    const ada = slack.as('U1')

    const said = await ada.slash('/jail', 'create web1', { channel: 'C1' })
    expect(said.acknowledgedInMs).toBeLessThan(3000)
    await vi.waitFor(() =>
      expect(slack.seenBy('U1', 'C1').map(({ text }) => text)).toEqual(['Planning create web1', 'Plan: create web1', 'Posted']),
    )
    expect(slack.seenBy('U2').map(({ text }) => text)).toEqual(['Plan: create web1'])

    const [plan] = slack.seenBy('U2')
    const pressed = await slack.as('U2').press({ channel: 'C1', ts: plan?.ts ?? '', label: 'Approve' })
    expect(pressed.error).toBeUndefined()
    await vi.waitFor(() => expect(slack.views('U2')).toHaveLength(1))
    expect(slack.seenBy('U2')).toMatchObject([{ text: 'r1 approved by U2', blocks: [], edited: true }])

    const [view] = slack.views('U2')
    const bo = slack.as('U2')
    const id = view?.id ?? ''
    expect(await bo.submit(id)).toMatchObject({ error: 'field_required' })
    expect((await bo.submit(id, { reason: { text: 'no' } })).payload).toEqual({ response_action: 'errors', errors: { reason: 'Say more' } })
    expect(slack.views('U2')[0]?.errors).toEqual({ reason: 'Say more' })
    expect((await bo.suggest({ viewId: id, actionId: 'pick', typed: 'w' })).options.map(({ value }) => value)).toEqual(['web1'])
    await bo.choose({ viewId: id, actionId: 'pick', value: 'web1' })
    expect((await bo.submit(id, { reason: { text: 'because' } })).error).toBeUndefined()
    expect(slack.views('U2')).toEqual([])
    await vi.waitFor(() => expect(slack.seenBy('U2').at(-1)?.text).toBe('U2: because (web1)'))
  })

  it('a mention is heard, and answered in its thread', async () => {
    const slack = await startTown()
    await startBolt(slack, mode, listen)

    const { error } = await slack.as('U1').mention({ channel: 'C1', text: 'hello' })

    expect(error).toBeUndefined()
    await vi.waitFor(() => expect(slack.seenBy('U2')).toHaveLength(2))
    const [question, answer] = slack.seenBy('U2')
    expect(answer).toMatchObject({ text: `Heard <@${slack.bot.userId}> hello`, threadTs: question?.ts, user: slack.bot.userId })
  })

  it('a shortcut is heard', async () => {
    const slack = await startTown()
    await startBolt(slack, mode, listen)
    expect((await slack.as('U1').shortcut('help')).acknowledgedInMs).toBeGreaterThan(0)
  })
})

describe('a request URL', () => {
  it('is verified as Slack does it', async () => {
    const slack = await startTown()
    await startBolt(slack, 'http', listen)
    expect(await slack.verifyRequestUrl()).toBe(true)
  })

  it('that gets a wrong signature refuses, and does nothing', async () => {
    const slack = await startTown()
    const heard: string[] = []
    await startBolt(slack, 'http', (app) => app.command('/jail', async ({ ack, command }) => (heard.push(command.text), ack())))
    const url = slack.requestUrl ?? ''

    slack.setRequestUrl(url, { signingSecret: 'guessed' })
    expect(await slack.as('U1').slash('/jail', 'forged', { channel: 'C1' })).toMatchObject({ error: 'dispatch_failed' })
    slack.setRequestUrl(url)
    expect(await slack.as('U1').slash('/jail', 'true', { channel: 'C1' })).not.toHaveProperty('error')

    expect(heard).toEqual(['true'])
  })

  it('that is too old is refused', async () => {
    const slack = await startTown({ now: () => Date.now() - 6 * 60_000 })
    await startBolt(slack, 'http', listen)
    expect(await slack.as('U1').slash('/jail', 'list', { channel: 'C1' })).toMatchObject({ error: 'dispatch_failed' })
  })
})

describe('what nobody acknowledges', () => {
  it.each([
    ['socket', 'operation_timeout'],
    ['http', 'operation_timeout'],
  ] as const)('over %s is %s to the person', async (mode, error) => {
    const slack = await startTown({ delays: { acknowledge: 100 } })
    await startBolt(slack, mode, listen)
    expect(await slack.as('U1').slash('/unknown', '', { channel: 'C1' })).toEqual({
      acknowledgedInMs: undefined,
      payload: undefined,
      error,
    })
  })
})
