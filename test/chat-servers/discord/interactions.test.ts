import {
  ActionRowBuilder,
  ButtonBuilder,
  ButtonStyle,
  MessageFlags,
  ModalBuilder,
  type RepliableInteraction,
  StringSelectMenuBuilder,
  TextInputBuilder,
  TextInputStyle,
} from 'discord.js'
import { describe, expect, it, vi } from 'vitest'
import { ClientRefusal } from './server.ts'
import { refused, startBot, startGuild } from './trial.ts'

const button = (id: string, label: string) => new ButtonBuilder().setCustomId(id).setLabel(label).setStyle(ButtonStyle.Primary)
const rowOf = <Part extends ButtonBuilder | StringSelectMenuBuilder>(...parts: Part[]) => new ActionRowBuilder<Part>().addComponents(parts)

async function replyLate(interaction: RepliableInteraction): Promise<unknown> {
  await vi.waitUntil(() => Date.now() - interaction.createdTimestamp > 60)
  return refused(interaction.reply('too late'))
}

describe('a slash command', () => {
  it('arrives as it was registered, and its reply is seen', async () => {
    const { server, alice, bob, ops } = await startGuild()
    await startBot(server, async (interaction) => {
      if (!interaction.isChatInputCommand()) return
      const { options } = interaction
      const whose = options.getUser('for')?.username
      const words = [
        options.getSubcommand(),
        options.getString('name'),
        options.getString('size'),
        options.getInteger('count'),
        options.getBoolean('boot'),
      ]
      await interaction.reply({ content: `${interaction.user.username}: ${words.join(' ')} ${whose}` })
    })

    const given = { name: 'web', size: 'Small', count: 2, boot: true, for: bob }
    const taken = await server.as(alice).slash('jail create', given, { channel: ops })

    expect(taken.response?.type).toBe(4)
    expect(taken.respondedInMs).toBeLessThan(3000)
    expect(taken.message()?.content).toBe('alice: create web s 2 true bob')
    expect(server.seenBy(bob, ops)).toHaveLength(1)
    expect(server.registrations()).toEqual({ bulk: 1, single: 0 })
  })

  it('tells the roles of who sent it', async () => {
    const { server, alice, keepers, ops } = await startGuild()
    const roles = vi.fn()
    await startBot(server, async (interaction) => {
      if (interaction.inCachedGuild() && interaction.isChatInputCommand()) roles([...interaction.member.roles.cache.keys()])
      if (interaction.isChatInputCommand()) await interaction.deferReply()
    })
    await server.as(alice).slash('status', {}, { channel: ops })
    expect(new Set(roles.mock.lastCall?.[0])).toEqual(new Set([server.guildId, keepers]))
  })

  it.each([
    ['no such', {}, 'no command'],
    ['jail destroy', { name: 'web' }, 'no /jail destroy'],
    ['jail', {}, 'needs one of: create, net'],
    ['jail create', {}, 'requires "name"'],
    ['jail create', { name: 'web', colour: 'red' }, 'no option "colour"'],
    ['jail create', { name: 7 }, 'is a text'],
    ['jail create', { name: 'web', size: 'Huge' }, 'one of its choices'],
    ['jail create', { name: 'web', count: 10 }, 'from 1 to 9'],
    ['jail create', { name: 'web', count: 1.5 }, 'whole number'],
    ['jail create', { name: 'web', boot: 'yes' }, 'true or false'],
    ['jail create', { name: 'web', for: '123456789012345678' }, 'nobody'],
    ['secret', {}, 'not shown'],
  ])("is not sent by a person's client: /%s %o", async (path, options: Record<string, string | number>, why) => {
    const { server, alice, ops } = await startGuild()
    await startBot(server)
    const sent = server.as(alice).slash(path, options, { channel: ops })
    await expect(sent).rejects.toThrow(ClientRefusal)
    await expect(sent).rejects.toThrow(why)
  })

  it('that is answered late gets 10062, and the person sees no answer', async () => {
    const { server, alice, ops } = await startGuild({ limits: { responseMs: 50 } })
    const answers: Promise<unknown>[] = []
    await startBot(server, (interaction) => {
      if (interaction.isChatInputCommand()) answers.push(replyLate(interaction))
    })
    const taken = await server.as(alice).slash('status', {}, { channel: ops })

    expect(taken).toMatchObject({ respondedInMs: undefined, response: undefined })
    expect(await answers[0]).toMatchObject({ status: 404, code: 10062 })
    expect(server.seenBy(alice)).toEqual([])
  })

  it('can be delivered twice; only the first answer counts', async () => {
    const { server, alice, ops } = await startGuild()
    const answers: Promise<unknown>[] = []
    const ids: string[] = []
    await startBot(server, (interaction) => {
      if (!interaction.isChatInputCommand()) return
      ids.push(interaction.id)
      answers.push(refused(interaction.reply('here')))
    })
    await server.as(alice).slash('status', {}, { channel: ops, delivery: 'one' })
    const again = await server.as(alice).slash('status', {}, { channel: ops, delivery: 'one' })
    await vi.waitFor(() => expect(answers).toHaveLength(2))

    expect(new Set(ids).size).toBe(1)
    expect(await answers[1]).toMatchObject({ status: 400, code: 40060 })
    expect(again.response?.type).toBe(4)
    expect(server.seenBy(alice)).toHaveLength(1)
  })
})

describe('replies', () => {
  it('that are ephemeral are seen by one person, and can be changed for 15 minutes', async () => {
    let now = Date.now()
    const { server, alice, bob, ops } = await startGuild({ now: () => now })
    const kept: RepliableInteraction[] = []
    const client = await startBot(server, async (interaction) => {
      if (!interaction.isChatInputCommand()) return
      kept.push(interaction)
      await interaction.deferReply({ flags: MessageFlags.Ephemeral })
    })

    const taken = await server.as(alice).slash('status', {}, { channel: ops })
    expect(taken.message()).toMatchObject({ thinking: true, ephemeral: true })
    await vi.waitUntil(() => kept[0]?.deferred)
    await kept[0]?.editReply('fine')
    await kept[0]?.followUp({ content: 'and more', flags: MessageFlags.Ephemeral })
    expect(server.seenBy(alice).map(({ content, thinking, edited }) => [content, thinking, edited])).toEqual([
      ['fine', false, false],
      ['and more', false, false],
    ])
    expect(server.seenBy(bob)).toEqual([])

    const channel = await client.channels.fetch(ops)
    const card = channel?.isSendable() ? await channel.send('card') : undefined
    now += 15 * 60_000 + 1
    expect(await refused(kept[0]?.editReply('too late') ?? Promise.resolve())).toMatchObject({ status: 401, code: 50027 })
    await card?.edit('still mine')
    expect(server.seenBy(bob)).toMatchObject([{ content: 'still mine', edited: true }])
  })

  it('have no follow-up before the first response, and are gone once deleted', async () => {
    const { server, alice, ops } = await startGuild()
    const early = vi.fn()
    await startBot(server, async (interaction) => {
      if (!interaction.isChatInputCommand()) return
      early(await refused(interaction.webhook.send('early')))
      await interaction.reply('first')
      await interaction.followUp('second')
      await interaction.deleteReply()
      early(await refused(interaction.fetchReply()))
    })
    await server.as(alice).slash('status', {}, { channel: ops })
    await vi.waitFor(() => expect(early).toHaveBeenCalledTimes(2))
    expect(early.mock.calls).toMatchObject([[{ code: 10015 }], [{ code: 10008 }]])
    expect(server.seenBy(alice).map(({ content }) => content)).toEqual(['second'])
  })

  it('come back with the response where that is asked for', async () => {
    const { server, alice, ops } = await startGuild()
    const made = vi.fn()
    await startBot(server, async (interaction) => {
      if (!interaction.isChatInputCommand()) return
      const response = await interaction.reply({ content: 'here', withResponse: true })
      made(response.resource?.message?.content, response.interaction.responseMessageId)
    })
    const taken = await server.as(alice).slash('status', {}, { channel: ops })
    await vi.waitFor(() => expect(made).toHaveBeenCalledWith('here', taken.message()?.id))
  })
})

describe('buttons, menus and forms', () => {
  it('lead from a button to a form to a changed message', async () => {
    const { server, alice, ops } = await startGuild()
    await startBot(server, async (interaction) => {
      if (interaction.isChatInputCommand()) await interaction.reply({ content: 'Sure?', components: [rowOf(button('deny:1', 'Deny'))] })
      if (interaction.isButton()) {
        const why = new TextInputBuilder().setCustomId('why').setLabel('Why?').setStyle(TextInputStyle.Short).setMaxLength(20)
        const form = new ModalBuilder().setCustomId('reason:1').setTitle('Deny')
        await interaction.showModal(form.addComponents(new ActionRowBuilder<TextInputBuilder>().addComponents(why)))
      }
      if (interaction.isModalSubmit() && interaction.isFromMessage()) {
        await interaction.update({ content: `Denied: ${interaction.fields.getTextInputValue('why')}`, components: [] })
      }
    })
    const person = server.as(alice)
    await person.slash('status', {}, { channel: ops })
    const pressed = await person.press({ channel: ops, label: 'Deny' })

    expect(pressed.response?.type).toBe(9)
    expect(server.modals(alice)).toMatchObject([{ customId: 'reason:1', fields: [{ customId: 'why', required: true }] }])
    await expect(person.submit('reason:1', { why: '' })).rejects.toThrow('required')
    await expect(person.submit('reason:1', { why: 'x'.repeat(21) })).rejects.toThrow('20 characters')
    const submitted = await person.submit('reason:1', { why: 'too big' })

    expect(submitted.response?.type).toBe(7)
    expect(server.modals(alice)).toEqual([])
    expect(server.seenBy(alice)).toMatchObject([{ content: 'Denied: too big', components: [], edited: true }])
    await expect(person.press({ channel: ops, label: 'Deny' })).rejects.toThrow('no button')
  })

  it('are seen to be disabled, or chosen from', async () => {
    const { server, alice, bob, ops } = await startGuild()
    const chosen = vi.fn()
    await startBot(server, async (interaction) => {
      if (interaction.isChatInputCommand()) {
        const menu = new StringSelectMenuBuilder()
          .setCustomId('size')
          .addOptions({ label: 'Small', value: 's' }, { label: 'Large', value: 'l' })
        const components = [rowOf(button('off', 'Off').setDisabled(true)), rowOf(menu)]
        await interaction.reply({ content: 'Which?', components, flags: MessageFlags.Ephemeral })
      }
      if (!interaction.isStringSelectMenu()) return
      chosen(interaction.values)
      await interaction.deferUpdate()
    })
    await server.as(alice).slash('status', {}, { channel: ops })

    await expect(server.as(alice).press({ channel: ops, customId: 'off' })).rejects.toThrow('disabled')
    await expect(server.as(bob).choose({ channel: ops, customId: 'size', values: ['l'] })).rejects.toThrow('no menu')
    await expect(server.as(alice).choose({ channel: ops, customId: 'size', values: ['xl'] })).rejects.toThrow('no "xl"')
    const taken = await server.as(alice).choose({ channel: ops, customId: 'size', values: ['l'] })
    expect(taken.response?.type).toBe(6)
    expect(chosen).toHaveBeenCalledWith(['l'])
  })
})

describe('completing an option', () => {
  it('knows what is typed and what is filled in', async () => {
    const { server, alice, ops } = await startGuild()
    await startBot(server, async (interaction) => {
      if (!interaction.isAutocomplete()) return
      const value = `${interaction.options.getFocused()}-${interaction.options.getInteger('count')}`
      await interaction.respond([{ name: value, value }])
    })
    const typed = { name: 'name', typed: 'we' }
    const completed = await server.as(alice).autocomplete('jail create', { count: 2 }, typed, { channel: ops })
    expect(completed).toMatchObject({ choices: [{ name: 'we-2', value: 'we-2' }] })
    const size = server.as(alice).autocomplete('jail create', {}, { name: 'size', typed: 'S' }, { channel: ops })
    await expect(size).rejects.toThrow('does not complete')
  })

  it.each([
    ['26 choices', Array.from({ length: 26 }, (_, index) => ({ name: `n${index}`, value: 'v' })), 'choices'],
    ['a long name', [{ name: 'n'.repeat(101), value: 'v' }], 'name'],
    ['a long value', [{ name: 'n', value: 'v'.repeat(101) }], 'value'],
  ])('refuses %s', async (_, choices, field) => {
    const { server, alice, ops } = await startGuild({ limits: { responseMs: 200 } })
    const answers = vi.fn()
    await startBot(server, async (interaction) => {
      if (interaction.isAutocomplete()) answers(await refused(interaction.respond(choices)))
    })
    const completed = await server.as(alice).autocomplete('jail create', {}, { name: 'name', typed: '' }, { channel: ops })
    expect(completed).toEqual({ nothing: 'Loading options failed' })
    expect(answers.mock.calls).toMatchObject([[{ code: 50035 }]])
    expect(JSON.stringify(answers.mock.calls[0])).toContain(field)
  })
})
