import { InteractionResponseType } from 'discord-api-types/v10'
import { describe, expect, test, vi } from 'vitest'
import { z } from 'zod'
import type { Form } from '../../src/chat/adapter.ts'
import create from '../../commands/jail/create.ts'
import { JailopsError } from '../../src/core/errors.ts'
import { cardOf, waitingCard } from './example-cards.ts'
import { readBy, startBot, takenOf } from './discord-harness.ts'

const field = { hint: 'a hint', required: false, kind: 'text' as const, choices: [] }
const form: Form = {
  command: 'proxy add',
  summary: 'Adds a site',
  fields: [
    { ...field, name: 'site', label: 'site', required: true, value: 'blog.example.com' },
    { ...field, name: 'jail', label: 'jail', required: true },
    { ...field, name: 'size', label: 'size', kind: 'choice', choices: ['small', 'large'] },
    { ...field, name: 'dryRun', label: 'dry-run', kind: 'yes-no' },
    { ...field, name: 'port', label: 'port', kind: 'number' },
    { ...field, name: 'host', label: 'host', value: 'web1' },
  ],
}

const manyCommands = ['net add', ...Array.from('abcdefghijklmnopqrstuvwxy', (letter) => `v${letter}`)].map((words) => ({
  ...create,
  args: z.object({ jail: z.string().describe('which jail') }),
  path: `jail ${words}`,
}))

describe('a slash command', () => {
  test('arrives as typed options under the names of the schema, and says so to that person alone', async () => {
    const { server, ana, ops, door, actor, sees } = await startBot()
    const taken = await server.as(ana).slash('jail create', { jail: 'blog', 'dry-run': true }, { channel: ops })
    expect(door.received).toMatchObject([
      { said: { kind: 'options', command: 'jail create', options: { jail: 'blog', dryRun: true } }, actor: actor('ana') },
    ])
    expect(door.received[0]?.delivery).toBe(`discord:${taken.interaction}:${ana}`)
    expect(sees('ana')).toMatch(/Taken up∶ \/jail create blog dryRun∶yes \(r1\)/)
    expect(sees('bo')).not.toContain('Taken up')
  })

  test('three words that are a command of their own are those three words', async () => {
    const { server, ana, ops, door } = await startBot({}, { commands: manyCommands })
    door.names = { jail: ['blog'] }
    await server.as(ana).slash('jail-net add', { jail: 'blog' }, { channel: ops })
    expect(door.received).toMatchObject([{ said: { kind: 'options', command: 'jail net add', options: { jail: 'blog' } } }])
    expect(await server.as(ana).autocomplete('jail-net add', {}, { name: 'jail', typed: 'b' }, { channel: ops })).toMatchObject({
      choices: [{ value: 'blog' }],
    })
    expect(door.asked.at(-1)).toMatchObject({ command: 'jail net add', argument: 'jail' })
  })

  test('its reply goes when the card stands', async () => {
    const { say, adapter, place, actor, sees } = await startBot()
    await say('jail create blog')
    await adapter.post(place, cardOf('r1', { title: 'The card' }), actor('ana'))
    await vi.waitFor(() => expect(sees()).not.toContain('Taken up'))
    expect(sees()).toContain('The card')
  })

  test('its reply becomes the refusal that belongs to it, the others stay', async () => {
    const { server, say, adapter, place, actor, sees } = await startBot()
    await say('jail create blog')
    await say('jail create shop')
    await adapter.whisper(place, actor('ana'), { title: '/jail create blog', text: 'there is one' })
    expect(sees()).toMatch(/there is one/)
    expect(sees().match(/Taken up∶ \/jail create \w+/g)).toEqual(['Taken up∶ /jail create shop'])
    expect(server.calls('POST /webhooks/:application/:token')).toEqual([])
  })

  test('a response that Discord calls late cancels nothing', async () => {
    const { server, say, door, adapter, place, actor, sees, problems } = await startBot({ limits: { responseMs: 300 } })
    server.faults.next('POST /interactions/:interaction/:token/callback', { status: 404, code: 10062, message: 'Unknown interaction' })
    expect((await say('jail create blog')).response).toBeUndefined()
    expect(door.stored()).toHaveLength(1)
    await vi.waitFor(() => expect(problems.join()).toContain('too late'))
    await adapter.post(place, cardOf('r1', { title: 'Goes on' }), actor('ana'))
    expect(sees()).toContain('Goes on')
    await adapter.whisper(place, actor('ana'), { title: 'Between us' })
    expect(server.directChannel(actor('ana').id)).toBeDefined()
    expect(sees('ana')).toContain('Between us')
    expect(sees('bo')).not.toContain('Between us')
  })

  test('dispatched twice it is one delivery, and nothing is reported', async () => {
    const { server, say, door, problems } = await startBot()
    server.faults.twice()
    await say('jail create blog')
    await vi.waitFor(() => expect(server.calls('POST /interactions/:interaction/:token/callback')).toHaveLength(2))
    expect(door.received).toHaveLength(2)
    expect(door.stored()).toHaveLength(1)
    expect(problems).toEqual([])
  })

  test('who may not say it gets the sentence and no form', async () => {
    const { say, door } = await startBot()
    door.nextForm = form
    door.forbidden = () => {
      throw new JailopsError('permission_denied', 'You may not.')
    }
    expect(takenOf(await say('proxy add'))).toEqual({ kind: 'refused', sentence: 'You may not.' })
    expect(door.received).toEqual([])
  })
})

describe('a form', () => {
  test('asks for what is missing first, carries what has no place, and comes back as typed options', async () => {
    const { server, ana, say, door } = await startBot()
    door.nextForm = form
    door.names = { jail: ['blog', 'shop'] }
    expect((await say('proxy add blog.example.com host:web1')).response?.type).toBe(InteractionResponseType.Modal)
    const [modal] = server.modals(ana)
    expect(modal?.fields.map(({ customId }) => customId)).toEqual(['jail', 'site', 'size', 'dryRun', 'port'])
    expect(modal?.fields[0]).toMatchObject({ placeholder: 'blog, shop', required: true })
    expect(modal?.fields[2]?.kind).toBe('select')
    door.nextForm = undefined
    const taken = await server.as(ana).submit(modal?.customId ?? '', { jail: 'blog', dryRun: ['yes'] })
    expect(takenOf(taken)).toEqual({ kind: 'acknowledged' })
    const options = { host: 'web1', jail: 'blog', site: 'blog.example.com', dryRun: 'yes' }
    expect(door.received.map(({ said }) => said)).toEqual([{ kind: 'options', command: 'proxy add', options }])
  })

  test('what is too long for its id is kept', async () => {
    const { server, ana, say, door } = await startBot()
    const long = 'x'.repeat(5000)
    door.nextForm = { ...form, fields: form.fields.map((one) => (one.name === 'host' ? { ...one, value: long } : one)) }
    await say('proxy add')
    await server.as(ana).submit(server.modals(ana)[0]?.customId ?? '', { jail: 'blog' })
    expect(door.received[0]?.said).toMatchObject({ options: { host: long, jail: 'blog' } })
  })
})

describe('completion', () => {
  test('of an option and of a whole line is answered from memory', async () => {
    const { server, ana, ops, door } = await startBot()
    door.names = { jail: Array.from({ length: 40 }, (_, index) => `blog${index}`) }
    door.completions = [
      { text: 'jail create ', hint: 'Makes a jail' },
      { text: `jail ${'x'.repeat(200)}`, hint: '' },
    ]
    const values = await server.as(ana).autocomplete('jail create', {}, { name: 'jail', typed: 'blog' }, { channel: ops })
    expect(values).toMatchObject({ choices: expect.arrayContaining([{ name: 'blog1 – on web1', value: 'blog1' }]) })
    expect(values).toHaveProperty('choices.length', 25)
    const lines = await server.as(ana).autocomplete('jailops', {}, { name: 'say', typed: 'jail' }, { channel: ops })
    expect(lines).toMatchObject({ choices: [{ name: 'jail create – Makes a jail', value: 'jail create ' }] })
    expect(door.received).toEqual([])
  })
})

describe('completion delivered twice', () => {
  test('is answered once, and in any order each answer is to its own question', async () => {
    const { server, ana, ops, door, problems } = await startBot()
    door.names = { jail: ['blog', 'shop'] }
    server.faults.twice()
    server.faults.late(150)
    const ask = (typed: string) => server.as(ana).autocomplete('jail create', {}, { name: 'jail', typed }, { channel: ops })
    const [first, second] = await Promise.all([ask('bl'), ask('sh')])
    expect(first).toMatchObject({ choices: [{ value: 'blog' }] })
    expect(second).toMatchObject({ choices: [{ value: 'shop' }] })
    expect(problems).toEqual([])
  })
})

describe('a thread', () => {
  test('is a place of its own', async () => {
    const { server, ana, ops, door, adapter, actor } = await startBot()
    const thread = server.addChannel({ name: 'about blog', kind: 'thread', parent: ops })
    await server.as(ana).slash('jail list', {}, { channel: thread })
    expect(door.received[0]?.place).toEqual({ platform: 'discord', channel: thread })
    await adapter.post({ platform: 'discord', channel: thread }, cardOf('r1', { title: 'In the thread' }), actor('ana'))
    expect(server.seenBy(ana, thread).map(readBy).join()).toContain('In the thread')
  })
})

describe('a button', () => {
  test('of an unknown kind is a sentence; a refusal is told to the one who pressed', async () => {
    const { server, bo, ops, door, adapter, place, actor, sees } = await startBot()
    await adapter.post(place, waitingCard(), actor('ana'))
    door.before = () => Promise.reject(new JailopsError('store_full', 'The store is full.'))
    expect(takenOf(await server.as(bo).press({ channel: ops, label: 'Approve' }))).toMatchObject({
      kind: 'refused',
      sentence: expect.stringContaining('full'),
    })
    door.before = async () => {}
    await server.as(bo).press({ channel: ops, label: 'Approve' })
    await adapter.whisper(place, actor('bo'), { title: 'Not yours' })
    expect(sees('bo')).toContain('Not yours')
    expect(sees('ana')).not.toMatch(/Not yours|full/)
    expect(sees('ana')).toContain('Create the jail blog')
  })
})

describe('who speaks', () => {
  const base = {
    application_id: '1',
    token: 'token-of-nobody',
    type: 2,
    data: { name: 'jail', options: [{ type: 1, name: 'list', options: [] }] },
  }
  const user = { id: '77', username: 'eve' }

  test.each([
    ['somebody of another server', { guild_id: '99', member: { user, roles: ['5'], nick: null } }, { kind: 'stranger', groups: [] }],
    ['somebody in a direct message', { user }, { kind: 'stranger', groups: [] }],
    ['a bot', { guild_id: 'here', member: { user: { ...user, bot: true }, roles: [], nick: null } }, { kind: 'bot' }],
  ])('%s is no member', async (_who, from, expected) => {
    const { server, door, ops } = await startBot()
    const guild = 'guild_id' in from && from.guild_id === 'here' ? { guild_id: server.guildId } : {}
    server.faults.malformed({ t: 'INTERACTION_CREATE', d: { ...base, id: '123456789012345678', channel_id: ops, ...from, ...guild } })
    await vi.waitFor(() => expect(door.received).toMatchObject([{ actor: { id: '77', name: 'eve', ...expected } }]))
  })
})

describe('malformed dispatches', () => {
  const address = { id: '123456789012345678', application_id: '1', token: 'some-token' }
  const wrong = [
    { t: 'INTERACTION_CREATE', d: null },
    { t: 'INTERACTION_CREATE', d: { type: 4 } },
    { t: 'INTERACTION_CREATE', d: { ...address, type: 4, channel_id: '1', member: {} } },
    { t: 'INTERACTION_CREATE', d: { ...address, type: 2, data: { name: 5 } } },
    { t: 'INTERACTION_CREATE', d: { ...address, type: 99 } },
    { t: 'GUILD_CREATE', d: null },
    { t: 'CHANNEL_UPDATE', d: { id: {} } },
    { t: 'MESSAGE_CREATE', d: 'x' },
    { t: 'NOBODY_KNOWS', d: [] },
    { t: 'error', d: null },
  ]

  test('end nothing: what is said next is heard, and each is in the log', async () => {
    const { server, say, door, problems } = await startBot()
    for (const packet of wrong) server.faults.malformed(packet)
    expect(takenOf(await say('jail list'))).toEqual({ kind: 'acknowledged' })
    expect(door.received).toHaveLength(1)
    expect(problems.filter((line) => line.includes('not understood'))).toHaveLength(5)
    expect(server.gateway.identifies()).toBe(1)
  })

  test('one that can be answered is answered', async () => {
    const { server } = await startBot()
    server.faults.malformed({ t: 'INTERACTION_CREATE', d: { ...address, type: 4 } })
    await vi.waitFor(() =>
      expect(server.calls('POST /interactions/:interaction/:token/callback')).toMatchObject([{ body: { type: 8, data: { choices: [] } } }]),
    )
  })
})

test('a reader sees nothing live of what the person typed', async () => {
  const { server, ana, say } = await startBot()
  await say('@everyone <@123> [a](http://b) `x`')
  expect(server.mentions()).toEqual([])
  expect(server.seenBy(ana).map(readBy).join()).not.toMatch(/@everyone|<@|\]\(|http:\/\//)
})
