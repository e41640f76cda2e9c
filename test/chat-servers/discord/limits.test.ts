import { Routes } from 'discord-api-types/v10'
import { describe, expect, it } from 'vitest'
import { makeRest, refused, startBot, startGuild } from './trial.ts'

const text = (length: number) => 'x'.repeat(length)
const many = <Entry>(count: number, make: (index: number) => Entry) => Array.from({ length: count }, (_, index) => make(index))
const button = (index: number, more: object = {}) => ({ type: 2, style: 1, label: 'B', custom_id: `b${index}`, ...more })
const row = (...components: object[]) => ({ type: 1, components })
const menu = (more: object) => row({ type: 3, custom_id: 'm', options: [{ label: 'A', value: 'a' }], ...more })
const field = { name: text(256), value: text(1024) }
const v2 = 1 << 15

const largest: [string, object][] = [
  ['content of 2000', { content: text(2000) }],
  ['10 embeds', { embeds: many(10, () => ({ title: 'x' })) }],
  ['6000 characters in embeds', { embeds: [{ description: text(4096) }, { description: text(1904) }] }],
  ['25 fields', { embeds: [{ fields: many(25, () => ({ name: 'n', value: 'v' })) }] }],
  [
    'the longest of everything',
    { embeds: [{ title: text(256), author: { name: text(256) }, footer: { text: text(2048) }, fields: [field] }] },
  ],
  ['5 rows of 5 buttons', { content: 'x', components: many(5, (r) => row(...many(5, (b) => button(r * 5 + b, { label: text(80) })))) }],
  ['25 choices', { content: 'x', components: [menu({ options: many(25, (index) => ({ label: 'A', value: `a${index}` })) })] }],
  ['4000 characters of V2', { flags: v2, components: [{ type: 10, content: text(4000) }] }],
]

const tooLarge: [string, object, string][] = [
  ['content of 2001', { content: text(2001) }, 'content'],
  ['11 embeds', { embeds: many(11, () => ({ title: 'x' })) }, 'embeds'],
  ['6001 characters in embeds', { embeds: [{ description: text(4096) }, { description: text(1905) }] }, 'embeds'],
  ['a title of 257', { embeds: [{ title: text(257) }] }, 'embeds.0.title'],
  ['a description of 4097', { embeds: [{ description: text(4097) }] }, 'embeds.0.description'],
  ['26 fields', { embeds: [{ fields: many(26, () => ({ name: 'n', value: 'v' })) }] }, 'embeds.0.fields'],
  ['a field name of 257', { embeds: [{ fields: [{ name: text(257), value: 'v' }] }] }, 'embeds.0.fields.0.name'],
  ['a field value of 1025', { embeds: [{ fields: [{ name: 'n', value: text(1025) }] }] }, 'embeds.0.fields.0.value'],
  ['an empty field value', { embeds: [{ fields: [{ name: 'n', value: ' ' }] }] }, 'embeds.0.fields.0.value'],
  ['a footer of 2049', { embeds: [{ footer: { text: text(2049) } }] }, 'embeds.0.footer.text'],
  ['an author of 257', { embeds: [{ author: { name: text(257) } }] }, 'embeds.0.author.name'],
  ['an empty embed', { embeds: [{}] }, 'embeds.0.description'],
  ['6 rows', { content: 'x', components: many(6, (index) => row(button(index))) }, 'components'],
  ['6 buttons', { content: 'x', components: [row(...many(6, (index) => button(index)))] }, 'components.0.components'],
  ['a label of 81', { content: 'x', components: [row(button(0, { label: text(81) }))] }, 'components.0.components.0.label'],
  ['a custom_id of 101', { content: 'x', components: [row(button(0, { custom_id: text(101) }))] }, 'components.0.components.0.custom_id'],
  ['a button without a label', { content: 'x', components: [row(button(0, { label: '' }))] }, 'components.0.components.0.label'],
  ['a custom_id twice', { content: 'x', components: [row(button(0), button(0))] }, 'components'],
  [
    '26 choices',
    { components: [menu({ options: many(26, (i) => ({ label: 'A', value: `${i}` })) })] },
    'components.0.components.0.options',
  ],
  ['a placeholder of 151', { components: [menu({ placeholder: text(151) })] }, 'components.0.components.0.placeholder'],
  ['V2 with content', { flags: v2, content: 'x', components: [{ type: 10, content: 'x' }] }, 'content'],
  ['V2 with embeds', { flags: v2, embeds: [{ title: 'x' }], components: [{ type: 10, content: 'x' }] }, 'embeds'],
  ['V2 without its flag', { content: 'x', components: [{ type: 10, content: 'x' }] }, 'components.0.type'],
  ['41 components', { flags: v2, components: [{ type: 17, components: many(40, () => ({ type: 14 })) }] }, 'components'],
  [
    '4001 characters of V2',
    {
      flags: v2,
      components: [
        { type: 10, content: text(4000) },
        { type: 10, content: 'x' },
      ],
    },
    'components',
  ],
]

describe('a message', () => {
  it.each(largest)('may have %s', async (_, body) => {
    const { server, ops, bob } = await startGuild()
    await makeRest(server).post(Routes.channelMessages(ops), { body })
    expect(server.seenBy(bob)).toHaveLength(1)
  })

  it.each(tooLarge)('may not have %s', async (_, body, path) => {
    const { server, ops, bob } = await startGuild()
    const answer = await refused(makeRest(server).post(Routes.channelMessages(ops), { body }))
    expect(answer).toMatchObject({ status: 400, code: 50035, raw: { message: 'Invalid Form Body' } })
    expect(answer).toHaveProperty(`raw.errors.${path}._errors.0.code`)
    expect(server.seenBy(bob)).toEqual([])
  })

  it('may not be empty, nor become so', async () => {
    const { server, ops } = await startGuild()
    const rest = makeRest(server)
    expect(await refused(rest.post(Routes.channelMessages(ops), { body: { content: ' ' } }))).toMatchObject({ status: 400, code: 50006 })
    const { id } = (await rest.post(Routes.channelMessages(ops), { body: { content: 'x' } })) as { id: string }
    expect(await refused(rest.patch(Routes.channelMessage(ops, id), { body: { content: null } }))).toMatchObject({ code: 50006 })
  })

  it('has files of 10 MiB, and 25 MiB in all', async () => {
    const { server, ops } = await startGuild()
    const MiB = 1024 * 1024
    const send = (...sizes: number[]) => {
      const files = sizes.map((size, index) => ({ name: `${index}.bin`, data: Buffer.alloc(size) }))
      return makeRest(server).post(Routes.channelMessages(ops), { body: {}, files })
    }
    await send(10 * MiB)
    expect(await refused(send(10 * MiB + 1))).toMatchObject({ status: 413, code: 40005 })
    expect(await refused(send(9 * MiB, 9 * MiB, 9 * MiB))).toMatchObject({ status: 413, code: 40005 })
  })
})

const command = (more: object = {}) => ({ name: 'jail', description: 'x', ...more })
const option = (more: object = {}) => ({ type: 3, name: 'name', description: 'x', ...more })
const sub = (index: number, options: object[] = []) => ({ type: 1, name: `s${index}`, description: 'x', options })

const badCommands: [string, object, string][] = [
  ['a name of 33', { name: text(33) }, '0.name'],
  ['a name in capitals', { name: 'Jail' }, '0.name'],
  ['a name with a space', { name: 'a b' }, '0.name'],
  ['no description', { description: '' }, '0.description'],
  ['a description of 101', { description: text(101) }, '0.description'],
  ['26 options', { options: many(26, (index) => option({ name: `o${index}` })) }, '0.options'],
  ['26 subcommands', { options: many(26, (index) => sub(index)) }, '0.options'],
  ['26 choices', { options: [option({ choices: many(26, (index) => ({ name: 'n', value: `${index}` })) })] }, '0.options.0.choices'],
  ['a choice of 101', { options: [option({ choices: [{ name: 'n', value: text(101) }] })] }, '0.options.0.choices.0.value'],
  ['an option twice', { options: [option(), option()] }, '0.options.1'],
  [
    'required after optional',
    { options: [sub(0, [option({ name: 'a' }), option({ name: 'b', required: true })])] },
    '0.options.0.options.1',
  ],
  ['choices and autocomplete', { options: [option({ autocomplete: true, choices: [{ name: 'n', value: 'v' }] })] }, '0.options.0.choices'],
  ['a subcommand beside an option', { options: [sub(0), option()] }, '0.options.1.type'],
  [
    '8001 characters',
    {
      options: many(25, (i) =>
        sub(
          i,
          many(4, (j) => option({ name: `o${j}`, description: text(90) })),
        ),
      ),
    },
    '0',
  ],
]

describe('a command', () => {
  it.each(badCommands)('may not have %s', async (_, more, path) => {
    const { server } = await startGuild()
    const put = makeRest(server).put(Routes.applicationGuildCommands(server.applicationId, server.guildId), { body: [command(more)] })
    const answer = await refused(put)
    expect(answer).toMatchObject({ status: 400, code: 50035 })
    expect(answer).toHaveProperty(`raw.errors.${path}._errors.0.code`)
    expect(server.commands()).toEqual([])
  })

  it('is one of 100, and of 200 new ones a day; a known name is not new', async () => {
    let now = Date.now()
    const { server } = await startGuild({ now: () => now })
    const put = (prefix: string, count: number) => {
      const body = many(count, (index) => command({ name: `${prefix}${index}` }))
      return makeRest(server).put(Routes.applicationGuildCommands(server.applicationId, server.guildId), { body })
    }
    expect(await refused(put('x', 101))).toMatchObject({ code: 30032 })
    await put('a', 100)
    const [first] = server.commands()
    await put('a', 100)
    expect(server.commands()[0]?.id).toBe(first?.id)
    await put('b', 100)
    expect(await refused(put('c', 1))).toMatchObject({ code: 30034 })
    now += 24 * 60 * 60_000
    await put('c', 1)
    expect(server.registrations()).toEqual({ bulk: 5, single: 0 })
  })
})

const input = (more: object = {}) => ({ type: 4, custom_id: 'why', label: 'Why?', style: 1, ...more })

describe('a form', () => {
  it.each([
    ['a title of 46', { title: text(46) }, 'title'],
    ['6 rows', { components: many(6, (index) => row(input({ custom_id: `${index}` }))) }, 'components'],
    ['a label of 46', { components: [row(input({ label: text(46) }))] }, 'components.0.components.0.label'],
    ['two inputs in a row', { components: [row(input(), input({ custom_id: 'b' }))] }, 'components.0.components'],
    ['a field twice', { components: [row(input()), row(input())] }, 'components'],
  ])('may not have %s', async (_, more: object, path) => {
    const { server, alice, ops } = await startGuild({ limits: { responseMs: 200 } })
    const answers: Promise<unknown>[] = []
    await startBot(server, (interaction) => {
      const data = { custom_id: 'f', title: 'Form', components: [row(input())], ...more }
      const answer = makeRest(server).post(Routes.interactionCallback(interaction.id, interaction.token), {
        body: { type: 9, data },
        auth: false,
      })
      answers.push(refused(answer))
    })
    await server.as(alice).slash('status', {}, { channel: ops })
    expect(await answers[0]).toMatchObject({ code: 50035 })
    expect(await answers[0]).toHaveProperty(`raw.errors.${path}._errors.0.code`)
    expect(server.modals(alice)).toEqual([])
  })
})
