import type { KnownBlock, ModalView } from '@slack/types'
import type { WebClient } from '@slack/web-api'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { SlackServer } from './server.ts'
import { closeAll, post, refusalOf, startSocket, startTown, webClient } from './support.ts'

let slack: SlackServer
let client: WebClient

beforeEach(async () => {
  slack = await startTown()
  client = webClient(slack)
})
afterEach(closeAll)

const long = (length: number): string => 'x'.repeat(length)
const many = <Thing>(count: number, make: (index: number) => Thing): Thing[] => Array.from({ length: count }, (_, index) => make(index))
const plain = (length: number) => ({ type: 'plain_text' as const, text: long(length) })
const mrkdwn = (length: number) => ({ type: 'mrkdwn' as const, text: long(length) })
const button = (more: object = {}) => ({ type: 'button' as const, text: plain(1), ...more })
const actions = (...elements: unknown[]): KnownBlock => ({ type: 'actions', elements }) as KnownBlock
const option = (value = 'v') => ({ text: plain(75), value })
const select = (more: object = {}) => ({ type: 'static_select' as const, options: [option()], ...more })

/** What just fits, and the same with one more, refused with this complaint. */
const messages: [name: string, fits: KnownBlock[], tooMuch: KnownBlock[], complaint: string][] = [
  [
    '50 blocks',
    many(50, () => ({ type: 'divider' })),
    many(51, () => ({ type: 'divider' })),
    'no more than 50 items allowed [json-pointer:/blocks]',
  ],
  [
    'section text',
    [{ type: 'section', text: mrkdwn(3000) }],
    [{ type: 'section', text: mrkdwn(3001) }],
    'must be less than 3001 characters [json-pointer:/blocks/0/text/text]',
  ],
  [
    '10 fields',
    [{ type: 'section', fields: many(10, () => mrkdwn(1)) }],
    [{ type: 'section', fields: many(11, () => mrkdwn(1)) }],
    'no more than 10 items allowed [json-pointer:/blocks/0/fields]',
  ],
  [
    'a field',
    [{ type: 'section', fields: [plain(2000)] }],
    [{ type: 'section', fields: [plain(2001)] }],
    'must be less than 2001 characters [json-pointer:/blocks/0/fields/0/text]',
  ],
  [
    '25 elements',
    [actions(...many(25, () => button()))],
    [actions(...many(26, () => button()))],
    'no more than 25 items allowed [json-pointer:/blocks/0/elements]',
  ],
  [
    'header',
    [{ type: 'header', text: plain(150) }],
    [{ type: 'header', text: plain(151) }],
    'must be less than 151 characters [json-pointer:/blocks/0/text/text]',
  ],
  [
    'button text',
    [actions(button({ text: plain(75) }))],
    [actions(button({ text: plain(76) }))],
    'must be less than 76 characters [json-pointer:/blocks/0/elements/0/text/text]',
  ],
  [
    'button value',
    [actions(button({ value: long(2000) }))],
    [actions(button({ value: long(2001) }))],
    'must be less than 2001 characters [json-pointer:/blocks/0/elements/0/value]',
  ],
  [
    'action_id',
    [actions(button({ action_id: long(255) }))],
    [actions(button({ action_id: long(256) }))],
    'must be less than 256 characters [json-pointer:/blocks/0/elements/0/action_id]',
  ],
  [
    'block_id',
    [{ type: 'divider', block_id: long(255) }],
    [{ type: 'divider', block_id: long(256) }],
    'must be less than 256 characters [json-pointer:/blocks/0/block_id]',
  ],
  [
    'context',
    [{ type: 'context', elements: many(10, () => mrkdwn(1)) }],
    [{ type: 'context', elements: many(11, () => mrkdwn(1)) }],
    'no more than 10 items allowed [json-pointer:/blocks/0/elements]',
  ],
  [
    '100 options',
    [actions(select({ options: many(100, (index) => ({ text: plain(1), value: `${index}` })) }))],
    [actions(select({ options: many(101, (index) => ({ text: plain(1), value: `${index}` })) }))],
    'no more than 100 items allowed [json-pointer:/blocks/0/elements/0/options]',
  ],
  [
    'option value',
    [actions(select({ options: [option(long(150))] }))],
    [actions(select({ options: [option(long(151))] }))],
    'must be less than 151 characters [json-pointer:/blocks/0/elements/0/options/0/value]',
  ],
  [
    'an action_id twice',
    [actions(button({ action_id: 'a' }), button({ action_id: 'b' }))],
    [actions(button({ action_id: 'a' }), button({ action_id: 'a' }))],
    '`action_id` "a" already exists [json-pointer:/blocks/0/elements/1/action_id]',
  ],
  [
    'a block_id twice',
    [
      { type: 'divider', block_id: 'a' },
      { type: 'divider', block_id: 'b' },
    ],
    [
      { type: 'divider', block_id: 'a' },
      { type: 'divider', block_id: 'a' },
    ],
    '`block_id` "a" already exists [json-pointer:/blocks/1/block_id]',
  ],
  [
    'empty text',
    [{ type: 'section', text: mrkdwn(1) }],
    [{ type: 'section', text: mrkdwn(0) }],
    'must be more than 0 characters [json-pointer:/blocks/0/text/text]',
  ],
  [
    'an unknown block',
    [{ type: 'divider' }],
    [{ type: 'divide' } as unknown as KnownBlock],
    'unsupported type: divide [json-pointer:/blocks/0/type]',
  ],
  [
    'an unknown property',
    [{ type: 'divider' }],
    [{ type: 'divider', colour: 'red' } as KnownBlock],
    'invalid additional property: colour [json-pointer:/blocks/0]',
  ],
  [
    'a missing field',
    [{ type: 'header', text: plain(1) }],
    [{ type: 'header' } as KnownBlock],
    'missing required field: text [json-pointer:/blocks/0]',
  ],
]

const sections = (last: number): KnownBlock[] => [
  ...many(4, () => ({ type: 'section' as const, text: mrkdwn(3000) })),
  { type: 'section', text: mrkdwn(last) },
]

describe('blocks of a message', () => {
  it.each(messages)('%s', async (_name, fits, tooMuch, complaint) => {
    const { ts = '' } = await post(client, { channel: 'C1', text: 'x', blocks: fits })
    const expected = { error: 'invalid_blocks', errors: [complaint], response_metadata: { messages: [`[ERROR] ${complaint}`] } }
    expect(await refusalOf(post(client, { channel: 'C1', text: 'x', blocks: tooMuch }))).toMatchObject(expected)
    expect(await refusalOf(client.chat.update({ channel: 'C1', ts, text: 'x', blocks: tooMuch }))).toMatchObject(expected)
    expect(await refusalOf(client.chat.postEphemeral({ channel: 'C1', user: 'U1', text: 'x', blocks: tooMuch }))).toMatchObject(expected)
    expect(slack.seenBy('U1')).toHaveLength(1)
  })

  it('13,000 characters in all', async () => {
    const room = 13_000 - JSON.stringify(sections(0)).length
    await post(client, { channel: 'C1', text: 'x', blocks: sections(room) })
    const refused = await refusalOf(post(client, { channel: 'C1', text: 'x', blocks: sections(room + 1) }))
    expect(refused).toMatchObject({ error: 'msg_blocks_too_long' })
  })
})

const modal = (more: Partial<ModalView> = {}): ModalView => ({ type: 'modal', title: plain(24), blocks: [{ type: 'divider' }], ...more })
const input: KnownBlock = { type: 'input', label: plain(1), element: { type: 'plain_text_input' } }

const views: [name: string, fits: ModalView, tooMuch: ModalView, complaint: string][] = [
  ['title', modal(), modal({ title: plain(25) }), 'must be less than 25 characters [json-pointer:/view/title/text]'],
  [
    'submit',
    modal({ submit: plain(24) }),
    modal({ submit: plain(25) }),
    'must be less than 25 characters [json-pointer:/view/submit/text]',
  ],
  [
    'private_metadata',
    modal({ private_metadata: long(3000) }),
    modal({ private_metadata: long(3001) }),
    'must be less than 3001 characters [json-pointer:/view/private_metadata]',
  ],
  [
    'callback_id',
    modal({ callback_id: long(255) }),
    modal({ callback_id: long(256) }),
    'must be less than 256 characters [json-pointer:/view/callback_id]',
  ],
  [
    '100 blocks',
    modal({ blocks: many(100, () => ({ type: 'divider' })) }),
    modal({ blocks: many(101, () => ({ type: 'divider' })) }),
    'no more than 100 items allowed [json-pointer:/view/blocks]',
  ],
  [
    'an input without submit',
    modal({ blocks: [input], submit: plain(1) }),
    modal({ blocks: [input] }),
    'missing required field: submit [json-pointer:/view]',
  ],
]

describe('a view', () => {
  it.each(views)('%s', async (_name, fits, tooMuch, complaint) => {
    const triggers: string[] = []
    await startSocket(slack, async ({ body, ack }) => (triggers.push(String(body['trigger_id'])), ack()))
    await slack.as('U1').slash('/jail', '', { channel: 'C1' })
    await slack.as('U1').slash('/jail', '', { channel: 'C1' })

    await client.views.open({ trigger_id: triggers[0] ?? '', view: fits })
    const refused = await refusalOf(client.views.open({ trigger_id: triggers[1] ?? '', view: tooMuch }))

    expect(refused).toMatchObject({ error: 'invalid_arguments', response_metadata: { messages: [`[ERROR] ${complaint}`] } })
    expect(slack.views('U1')).toHaveLength(1)
  })
})
