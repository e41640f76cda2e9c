import { z } from 'zod'
import type { DiscordServer, SeenMessage, Snapshot } from '../discord/server.ts'
import { type Desk, filesOf, newest, orRefused } from './desk.ts'

const options = z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]))
const value = z.union([z.string(), z.array(z.string())])
const slash = { channel: z.string(), path: z.string(), options }

const actSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('slash'), ...slash }),
  z.strictObject({ kind: z.literal('complete'), ...slash, name: z.string(), typed: z.string() }),
  z.strictObject({ kind: z.literal('say'), channel: z.string(), text: z.string().min(1) }),
  z.strictObject({ kind: z.literal('press'), channel: z.string(), message: z.string(), customId: z.string() }),
  z.strictObject({
    kind: z.literal('choose'),
    channel: z.string(),
    message: z.string(),
    customId: z.string(),
    values: z.array(z.string()),
  }),
  z.strictObject({ kind: z.literal('submit'), customId: z.string(), values: z.record(z.string(), value) }),
  z.strictObject({ kind: z.literal('dismiss'), customId: z.string() }),
])
type Act = z.infer<typeof actSchema>

const rememberedCommands = 500

/** A person's Discord, for the page. */
export function discordDesk(server: DiscordServer): Desk {
  const listeners = new Set<() => void>()
  /** By interaction: who used which command. */
  const used = new Map<string, { name: string; command: string }>()

  function remember(interaction: string, name: string, command: string): void {
    used.set(interaction, { name, command })
    const [oldest] = used.keys()
    if (used.size > rememberedCommands && oldest !== undefined) used.delete(oldest)
    for (const listener of listeners) listener()
  }

  function stateFor(person: string) {
    const snapshot = server.snapshot()
    const { guild, bot, users, roles, channels } = snapshot
    const pings = server.mentions().filter((mention) => !('id' in mention) || [person, ...rolesOf(snapshot, person)].includes(mention.id))
    const mentioned = new Set(pings.map(({ message }) => message))
    return {
      rest: {
        place: guild.name,
        bot,
        names: Object.fromEntries([...users, ...roles, ...channels].map(({ id, name }) => [id, name])),
        isOnline: bot.online,
        users: users.map(({ id, name, bot: isBot }) => ({ id, name, isBot })),
        channels: channels
          .filter(({ kind, recipient }) => kind !== 'direct' || recipient === person)
          .map((channel) => (channel.kind === 'direct' ? { ...channel, name: bot.name } : channel)),
        commands: snapshot.commands,
        modal: server.modals(person).at(-1) ?? null,
      },
      messages: newest(server.seenBy(person)).map((message) => ({
        ...shown(message, person),
        author: { name: nameOf(snapshot, message.author), isApp: message.author === bot.id },
        mentioned: mentioned.has(message.id),
        reply: used.get(message.interaction ?? ''),
      })),
    }
  }

  return {
    people: () =>
      server
        .snapshot()
        .users.filter(({ bot }) => !bot)
        .map(({ id, name }) => ({ id, name })),
    stateFor,
    act: async (person, body) => {
      const act = actSchema.parse(body)
      const done = await orRefused(() => perform(server, person, act))
      if (act.kind === 'slash' && 'interaction' in done) remember(done.interaction, nameOf(server.snapshot(), person), act.path)
      return done
    },
    file: (person, { channel, message, index }) => server.seenBy(person, channel).find(({ id }) => id === message)?.files[index]?.content,
    onChange: (listener) => {
      listeners.add(listener)
      const stop = server.onChange(listener)
      return () => {
        listeners.delete(listener)
        stop()
      }
    },
  }
}

function shown({ channel, id, content, embeds, components, files, ephemeral, thinking, edited, at }: SeenMessage, person: string) {
  const withFiles = filesOf(files, { channel, message: id }, person)
  return { key: `${channel} ${id}`, channel, id, at, content, embeds, components, ephemeral, thinking, edited, files: withFiles }
}

function nameOf({ users }: Snapshot, user: string): string {
  return users.find(({ id }) => id === user)?.name ?? user
}

function rolesOf({ users }: Snapshot, user: string): string[] {
  return users.find(({ id }) => id === user)?.roles ?? []
}

/** @returns how the app took it: `error` where it did not respond */
async function perform(server: DiscordServer, user: string, act: Act) {
  const person = server.as(user)
  switch (act.kind) {
    case 'slash':
      return tell(await person.slash(act.path, act.options, act))
    case 'complete':
      return person.autocomplete(act.path, act.options, { name: act.name, typed: act.typed }, act)
    case 'say':
      return { id: person.say(act.channel, act.text) }
    case 'press':
      return tell(await person.press({ channel: act.channel, message: act.message, customId: act.customId }))
    case 'choose':
      return tell(await person.choose({ channel: act.channel, message: act.message, customId: act.customId, values: act.values }))
    case 'submit':
      return tell(await person.submit(act.customId, act.values))
    case 'dismiss':
      person.dismiss(act.customId)
      return {}
  }
}

function tell({ interaction, respondedInMs }: Awaited<ReturnType<ReturnType<DiscordServer['as']>['slash']>>) {
  return { interaction, ...(respondedInMs === undefined && { error: 'no response' }) }
}
