import { Routes } from 'discord-api-types/v10'
import { AttachmentBuilder, type SendableChannels } from 'discord.js'
import { describe, expect, it } from 'vitest'
import { makeRest, refused, startBot, startGuild, type Trial } from './trial.ts'

async function channelOf({ server, ops }: Trial, id = ops): Promise<SendableChannels> {
  const client = await startBot(server)
  const channel = await client.channels.fetch(id)
  if (!channel?.isSendable()) throw new Error('discord.js takes it for a channel that nobody can write to')
  return channel
}

const file = (name: string, content: string) => new AttachmentBuilder(Buffer.from(content), { name })

describe('an ordinary message', () => {
  it('comes with its files, keeps them or not, and goes', async () => {
    const trial = await startGuild()
    const channel = await channelOf(trial)
    const message = await channel.send({ content: 'plan', files: [file('plan.txt', 'ä 1'), file('log.txt', '2')] })
    const [plan] = trial.server.seenBy(trial.bob)

    expect(plan).toMatchObject({ id: message.id, author: trial.server.botUserId, edited: false })
    expect(plan?.files).toEqual([
      { name: 'plan.txt', content: 'ä 1' },
      { name: 'log.txt', content: '2' },
    ])
    expect(await (await fetch(message.attachments.first()?.url ?? '')).text()).toBe('ä 1')

    const names = () => trial.server.seenBy(trial.bob)[0]?.files.map(({ name }) => name)
    // discord.js lists new files only, unless it is told which to keep: so the others go.
    const kept = [...message.attachments.values()].slice(0, 1)
    await message.edit({ content: 'done' })
    expect(names()).toEqual(['plan.txt', 'log.txt'])
    await message.edit({ files: [file('more.txt', '3')], attachments: kept })
    expect(names()).toEqual(['plan.txt', 'more.txt'])
    await message.edit({ files: [file('last.txt', '4')] })
    expect(names()).toEqual(['last.txt'])
    await message.delete()
    expect(trial.server.seenBy(trial.bob)).toEqual([])
    expect(await refused(message.edit('again'))).toMatchObject({ status: 404, code: 10008 })
  })

  it('with the same enforced nonce is the same message', async () => {
    let now = Date.now()
    const { server, ops, bob } = await startGuild({ now: () => now })
    const rest = makeRest(server)
    const send = (body: object) => rest.post(Routes.channelMessages(ops), { body: { content: 'card', ...body } }) as Promise<{ id: string }>
    const first = await send({ nonce: 'request-1', enforce_nonce: true })
    const second = await send({ nonce: 'request-1', enforce_nonce: true })
    expect(second.id).toBe(first.id)
    await send({ nonce: 'request-1' })
    now += 6 * 60_000
    await send({ nonce: 'request-1', enforce_nonce: true })
    expect(server.seenBy(bob)).toHaveLength(3)
  })

  it('needs a channel that the bot may see and write to', async () => {
    const { server, ops } = await startGuild()
    const rest = makeRest(server)
    const send = (channel: string) => refused(rest.post(Routes.channelMessages(channel), { body: { content: 'x' } }))
    const hidden = server.addChannel({ name: 'hidden', botMayView: false })
    expect(await send('123456789012345678')).toMatchObject({ status: 404, code: 10003 })
    expect(await send(hidden)).toMatchObject({ status: 403, code: 50001 })
    server.setChannel(ops, { botMaySend: false })
    expect(await send(ops)).toMatchObject({ status: 403, code: 50013 })
    expect(server.invalidRequests()).toBe(2)
  })

  it("is edited by its author only, and not when it is somebody's own", async () => {
    const { server, alice, ops } = await startGuild()
    const said = server.as(alice).say(ops, 'hello')
    const edit = makeRest(server).patch(Routes.channelMessage(ops, said), { body: { content: 'x' } })
    expect(await refused(edit)).toMatchObject({ status: 403, code: 50005 })
  })

  it('can vanish behind the back of the bot', async () => {
    const trial = await startGuild()
    const message = await (await channelOf(trial)).send('card')
    trial.server.deleteMessage(trial.ops, message.id)
    expect(await refused(message.edit('x'))).toMatchObject({ code: 10008 })
  })

  it('stands in a thread as in a channel', async () => {
    const trial = await startGuild()
    const thread = trial.server.addChannel({ name: 'night shift', kind: 'thread', parent: trial.ops })
    await (await channelOf(trial, thread)).send('card')
    expect(trial.server.seenBy(trial.alice, thread)).toHaveLength(1)
  })
})

describe('a direct message', () => {
  it('is seen by its recipient only', async () => {
    const { server, alice, bob } = await startGuild()
    const client = await startBot(server)
    await (await client.users.fetch(alice)).send('psst')
    expect(server.seenBy(alice, server.directChannel(alice))).toMatchObject([{ content: 'psst' }])
    expect(server.seenBy(bob)).toEqual([])
  })

  it('does not reach who has closed them', async () => {
    const { server } = await startGuild()
    const client = await startBot(server)
    const shy = server.addUser({ name: 'shy', directMessagesClosed: true })
    expect(await refused((await client.users.fetch(shy)).send('psst'))).toMatchObject({ status: 403, code: 50007 })
  })
})

describe('mentions', () => {
  it('ping by default in ordinary messages, and not where nothing may be parsed', async () => {
    const trial = await startGuild()
    const { server, bob, keepers } = trial
    const channel = await channelOf(trial)
    const content = `@everyone @here <@${bob}> <@&${keepers}>`
    await channel.send({ content, allowedMentions: { parse: [] } })
    await channel.send({ embeds: [{ description: content }] })
    const quiet = await channel.send('nobody')
    await quiet.edit({ content, allowedMentions: { parse: ['everyone'] } })
    expect(server.mentions()).toEqual([])

    await channel.send(content)
    expect(server.mentions().map(({ kind }) => kind)).toEqual(['everyone', 'here', 'user', 'role'])
    await channel.send({ content, allowedMentions: { roles: [keepers] } })
    expect(server.mentions().slice(4)).toMatchObject([{ kind: 'role', id: keepers }])
  })

  it('of everybody and of roles do not ping from a reply', async () => {
    const { server, alice, bob, keepers, ops } = await startGuild()
    await startBot(server, async (interaction) => {
      if (interaction.isChatInputCommand()) await interaction.reply(`@everyone <@${bob}> <@&${keepers}>`)
    })
    await server.as(alice).slash('status', {}, { channel: ops })
    expect(server.mentions()).toMatchObject([{ kind: 'user', id: bob }])
  })
})

describe('what can be read', () => {
  it('is the guild, its people and its roles', async () => {
    const { server, alice, keepers, ops } = await startGuild()
    const client = await startBot(server)
    const guild = await client.guilds.fetch(server.guildId)
    expect((await guild.members.fetch({ user: alice, force: true })).roles.cache.has(keepers)).toBe(true)
    expect((await guild.roles.fetch()).get(keepers)?.name).toBe('keepers')
    expect(client.channels.cache.has(ops)).toBe(true)
    expect((await client.application.fetch()).id).toBe(server.applicationId)
    const stranger = server.addUser({ name: 'stranger' })
    expect(await refused(guild.members.fetch({ user: stranger, force: true }))).toMatchObject({ code: 10007 })
  })

  it('is everything, by the page of a developer', async () => {
    const { server, alice, ops } = await startGuild()
    let changes = 0
    server.onChange(() => (changes += 1))
    await startBot(server, async (interaction) => {
      if (interaction.isChatInputCommand()) await interaction.reply({ content: 'psst', flags: 64 })
    })
    await server.as(alice).slash('status', {}, { channel: ops })
    const snapshot = server.snapshot()
    expect(structuredClone(snapshot)).toEqual(snapshot)
    expect(snapshot).toMatchObject({ bot: { online: true }, channels: [{ id: ops }], messages: [{ content: 'psst', to: alice }] })
    expect(snapshot.commands).toHaveLength(3)
    expect(changes).toBeGreaterThan(2)
  })
})
