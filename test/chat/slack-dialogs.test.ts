import { afterEach, describe, expect, test, vi } from 'vitest'
import { JailopsError } from '../../src/core/errors.ts'
import type { Form, FormField } from '../../src/chat/adapter.ts'
import { fakeDoor, type FakeDoor } from './fake-door.ts'
import { actorIn, ids, type Mode, startAdapter, textOf, type Town } from './slack-harness.ts'

let town: Town
let door: FakeDoor
afterEach(() => town.stop())

async function start(mode: Mode = 'socket', change: Parameters<typeof startAdapter>[2] = {}): Promise<void> {
  door = fakeDoor()
  town = await startAdapter(door, mode, change)
}

function field(name: string, rest: Partial<FormField> = {}): FormField {
  return { name, label: name, hint: `what ${name} is`, required: false, kind: 'text', choices: [], ...rest }
}

const createForm: Form = {
  command: 'jail create',
  summary: 'Make a jail',
  fields: [
    field('jail', { required: true }),
    field('boot', { kind: 'yes-no', value: 'no' }),
    field('count', { kind: 'number', value: '3' }),
    field('size', { kind: 'choice', choices: ['small', 'big'] }),
    field('host'),
    field('dryRun', { label: 'dry-run', kind: 'yes-no' }),
  ],
}

const modalOf = (person: 'ana' | 'bo', callback = 'form') =>
  vi.waitFor(() => {
    const open = town.slack.views(ids[person]).at(-1)
    if (open?.view.callback_id !== callback) throw new Error(`no ${callback}`)
    return open
  })
const inputs = (open: Awaited<ReturnType<typeof modalOf>>) =>
  Object.fromEntries(open.view.blocks.flatMap((block) => (block.type === 'input' ? [[block.block_id, block]] : [])))
const told = (person: 'ana' | 'bo' | 'eve', words: RegExp) =>
  vi.waitFor(() => expect(town.slack.seenBy(ids[person]).map(textOf).join('\n')).toMatch(words))

describe.each(['socket', 'http'] as const)('a missing argument, over %s', (mode) => {
  test('is asked for in a modal, whose answer comes back as options', async () => {
    await start(mode)
    door.nextForm = createForm
    door.names = { host: ['web1', 'web2'] }
    const ana = town.slack.as(ids.ana)
    expect((await ana.slash('/jail', 'create', { channel: ids.ops })).error).toBeUndefined()
    const open = await modalOf('ana')
    expect(inputs(open)).toMatchObject({
      jail: { optional: false, element: { type: 'plain_text_input' }, hint: { text: 'what jail is' } },
      boot: { optional: true, element: { type: 'static_select', initial_option: { value: 'no' } } },
      count: { element: { type: 'number_input', initial_value: '3' } },
      size: { element: { type: 'static_select', options: [{ value: 'small' }, { value: 'big' }] } },
      host: { element: { type: 'static_select', options: [{ value: 'web1' }, { value: 'web2' }] } },
    })
    expect(open.view.private_metadata).not.toContain(ids.ana)
    expect(door.received).toEqual([])
    const sent = await ana.submit(open.id, { jail: { jail: 'blog' }, host: { host: 'web2' } }, { delivery: 'sent-1' })
    expect(sent.payload).toEqual({ response_action: 'clear' })
    expect(town.slack.views(ids.ana)).toEqual([])
    expect(door.received).toMatchObject([
      {
        actor: actorIn('ana'),
        place: { platform: 'slack', channel: ids.ops },
        said: { kind: 'options', command: 'jail create', options: { jail: 'blog', boot: 'no', count: '3', host: 'web2' } },
      },
    ])
    expect(door.received[0]?.delivery).toContain('sent-1')
  })

  test('what was typed is not lost where it could not be stored', async () => {
    await start(mode)
    door.nextForm = createForm
    const ana = town.slack.as(ids.ana)
    await ana.slash('/jail', 'create', { channel: ids.ops })
    const { id } = await modalOf('ana')
    door.before = () => Promise.reject(new JailopsError('store_full', 'The store is full.'))
    await ana.submit(id, { jail: { jail: 'blog' } })
    expect(town.slack.views(ids.ana)[0]?.errors).toMatchObject({ jail: 'The store is full. Nothing was done.' })
  })

  test('beyond a hundred values they are asked for while somebody types', async () => {
    await start(mode)
    door.nextForm = { ...createForm, command: 'jail info' }
    door.names = { jail: Array.from({ length: 150 }, (_, index) => `jail${index}`) }
    const ana = town.slack.as(ids.ana)
    await ana.slash('/jail', 'info', { channel: ids.ops })
    const open = await modalOf('ana')
    expect(inputs(open)).toMatchObject({ jail: { element: { type: 'external_select' } } })
    const { options } = await ana.suggest({ viewId: open.id, actionId: 'jail', typed: 'jail14' })
    expect(options.map(({ value }) => value)).toContain('jail149')
    expect((await ana.suggest({ viewId: open.id, actionId: 'jail', typed: 'jail' })).options).toHaveLength(100)
  })

  test('a mention without it gets a button in its thread that opens the form', async () => {
    await start(mode)
    door.nextForm = createForm
    const ana = town.slack.as(ids.ana)
    const thread = ana.say(ids.ops, 'a thread')
    await ana.mention({ channel: ids.ops, text: 'jail create', thread })
    const offer = await vi.waitFor(() => town.slack.seenBy(ids.ana).find(({ ephemeralTo }) => ephemeralTo === ids.ana) ?? expect.fail())
    expect(offer.threadTs).toBe(thread)
    await ana.press({ channel: ids.ops, ts: offer.ts, label: 'Fill in' })
    const { id } = await modalOf('ana')
    await ana.submit(id, { jail: { jail: 'blog' } })
    expect(door.received).toMatchObject([{ place: { channel: ids.ops, thread }, said: { kind: 'options', command: 'jail create' } }])
  })
})

describe('the chooser', () => {
  test.each(['jailops_message', 'jailops_global'])('opens from the shortcut %s, and turns into the form', async (callback) => {
    await start()
    const ana = town.slack.as(ids.ana)
    const thread = ana.say(ids.ops, 'a thread')
    const ts = ana.say(ids.ops, 'in it', thread)
    await ana.shortcut(callback, callback === 'jailops_message' ? { message: { channel: ids.ops, ts } } : {})
    const { id } = await modalOf('ana', 'chooser')
    if (callback === 'jailops_global') await ana.choose({ viewId: id, actionId: 'jailops-place', value: ids.ops })
    await ana.choose({ viewId: id, actionId: 'jailops-command', value: 'jail create' })
    await modalOf('ana')
    await ana.submit(id, { jail: { jail: 'blog' } })
    const place = callback === 'jailops_message' ? { channel: ids.ops, thread } : { channel: ids.ops }
    expect(door.received).toMatchObject([{ place, said: { kind: 'options', command: 'jail create', options: { jail: 'blog' } } }])
  })

  test('a form that belongs to no channel asks for one', async () => {
    await start()
    const ana = town.slack.as(ids.ana)
    await ana.shortcut('jailops_global')
    const { id } = await modalOf('ana', 'chooser')
    await ana.choose({ viewId: id, actionId: 'jailops-command', value: 'jail create' })
    expect(inputs(await modalOf('ana'))).toHaveProperty('jailops-place')
    await ana.submit(id, { jail: { jail: 'blog' }, 'jailops-place': { 'jailops-place': ids.ops } })
    expect(door.received).toMatchObject([{ place: { channel: ids.ops }, said: { options: { jail: 'blog' } } }])
  })

  test('offers nothing to whom the bot offers nothing, and says so', async () => {
    await start()
    vi.spyOn(door, 'commands').mockReturnValue([])
    await town.slack.as(ids.ana).slash('/jailops', '', { channel: ids.ops })
    await told('ana', /You have no role here/)
    expect(town.slack.views(ids.ana)).toEqual([])
  })
})

describe('whoever may not', () => {
  test('is told so instead of being shown a form, and nobody else sees it', async () => {
    await start()
    door.nextForm = createForm
    door.forbidden = () => {
      throw new JailopsError('permission_denied', 'Your role does not include it.')
    }
    await town.slack.as(ids.ana).slash('/jail', 'create', { channel: ids.ops })
    await told('ana', /does not include it/)
    expect(town.slack.views(ids.ana)).toEqual([])
    expect(town.slack.seenBy(ids.bo)).toEqual([])
  })

  test('a slow users.info does not cost the trigger: the form opens with text inputs', async () => {
    await start()
    town.slack.faults.next('users.info', { hang: 1400 })
    door.nextForm = createForm
    door.names = { host: ['web1'] }
    await town.slack.as(ids.ana).slash('/jail', 'create', { channel: ids.ops })
    const open = await vi.waitFor(() => modalOf('ana'))
    expect(inputs(open)).toMatchObject({ host: { element: { type: 'plain_text_input' } } })
  })
})

test('a modal that Slack refuses leaves a sentence', async () => {
  await start()
  door.nextForm = createForm
  town.slack.faults.next('views.open', { error: 'expired_trigger_id' })
  await town.slack.as(ids.ana).slash('/jail', 'create', { channel: ids.ops })
  await told('ana', /It came too late[^]*arguments/)
})

test('an unknown slash command, and a press that could not be stored, are acknowledged with a sentence', async () => {
  await start()
  const ana = town.slack.as(ids.ana)
  const { payload } = await ana.slash('/prison', 'x', { channel: ids.ops })
  expect(payload).toMatchObject({ response_type: 'ephemeral', text: expect.stringContaining('I know no command /prison') })
  const { adapter, slack } = town
  const press = { kind: 'cancel', request: 'r1' } as const
  const card = {
    request: 'r1',
    state: 'waiting',
    title: 't',
    fields: [],
    steps: [],
    files: [],
    footer: '',
    buttons: [{ label: 'Go', style: 'plain', press }],
  } as const
  await adapter.post(
    { platform: 'slack', channel: ids.ops },
    { ...card, fields: [], steps: [], files: [], buttons: [...card.buttons] },
    actorIn('ana'),
  )
  door.before = () => Promise.reject(new JailopsError('store_full', 'The store is full.'))
  const ts = slack.seenBy(ids.ana, ids.ops).find((message) => message.user === slack.bot.userId && !message.ephemeralTo)?.ts ?? ''
  expect((await ana.press({ channel: ids.ops, ts, label: 'Go' })).error).toBeUndefined()
  await told('ana', /The store is full\. Nothing was done/)
})

test('a mention says the same as a command, also with what Slack made of a host name', async () => {
  await start()
  const ana = town.slack.as(ids.ana)
  await ana.mention({ channel: ids.ops, text: 'proxy add <http://blog.example.com|blog.example.com> jail:blog', delivery: 'm1' })
  await ana.slash('/jailops', 'help', { channel: ids.ops })
  expect(door.received.map(({ said }) => said)).toEqual([
    { kind: 'text', text: 'proxy add blog.example.com jail:blog' },
    { kind: 'text', text: 'help' },
  ])
  expect(door.received[0]?.delivery).toContain('m1')
})
