import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { MessageFlags, InteractionResponseType } from 'discord-api-types/v10'
import { onTestFinished } from 'vitest'
import type { ChatAdapter, Said } from '../../src/chat/adapter.ts'
import { createDiscordAdapter, type DiscordOptions } from '../../src/chat/discord/discord.ts'
import type { Actor } from '../../src/core/policy.ts'
import {
  type Delivered,
  type DiscordServer,
  type DiscordServerOptions,
  type SeenMessage,
  startDiscordServer,
} from '../chat-servers/discord/server.ts'
import type { Harness, Taken } from './adapter-conformance.ts'
import { commandsOfTests } from './discord-commands.ts'
import { type FakeDoor, fakeDoor } from './fake-door.ts'
import { temporaryFolder } from './folder.ts'

/** A Discord with ana and bo, both members with a role, and a channel. */
export interface Town {
  server: DiscordServer
  ana: string
  bo: string
  operators: string
  ops: string
  /** For what an adapter keeps. */
  folder: string
  /** What the adapter had to report, in order. */
  problems: string[]
  options: DiscordOptions
  actor(person: 'ana' | 'bo'): Actor
  place: { platform: string; channel: string }
  close(): Promise<void>
}

export async function startTown(serverOptions: DiscordServerOptions = {}): Promise<Town> {
  const server = await startDiscordServer(serverOptions)
  const operators = server.addRole({ name: 'operators' })
  const [ana, bo] = [server.addUser({ name: 'ana', globalName: 'Ana' }), server.addUser({ name: 'bo' })]
  server.addMember({ user: ana, roles: [operators], nick: 'Ana of ops' })
  server.addMember({ user: bo, roles: [operators] })
  const ops = server.addChannel({ name: 'ops' })
  const folder = temporaryFolder()
  const problems: string[] = []
  return {
    server,
    ana,
    bo,
    operators,
    ops,
    folder,
    problems,
    options: {
      commands: commandsOfTests,
      token: server.token,
      guild: server.guildId,
      apiUrl: server.apiUrl,
      registrationFile: join(folder, 'discord.json'),
      now: serverOptions.now ?? Date.now,
      onProblem: (what, details) => problems.push(`${what} ${JSON.stringify(details)}`),
    },
    actor: (person) => ({
      platform: 'discord',
      id: person === 'ana' ? ana : bo,
      name: person === 'ana' ? 'Ana of ops' : 'bo',
      groups: [operators],
      kind: 'person',
    }),
    place: { platform: 'discord', channel: ops },
    async close() {
      await server.stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

export async function makeDiscordHarness(): Promise<Harness> {
  const town = await startTown()
  const { server, ops } = town
  const ids = new Map<string, string>()
  let adapter = createDiscordAdapter(town.options)
  const idOf = (name: string) => {
    const id = ids.get(name) ?? String(1_300_000_000_000_000_000n + BigInt(ids.size))
    ids.set(name, id)
    return id
  }

  function send(person: 'ana' | 'bo', said: Said, delivery: string): Promise<Delivered> {
    const they = server.as(town[person])
    const where = { channel: ops, delivery: idOf(person === 'ana' ? delivery : `${person}-${delivery}`) }
    if (said.kind === 'text') return they.slash('jailops', { say: said.text }, where)
    if (said.kind === 'press') return they.press({ ...where, label: said.press.kind === 'say' ? 'Drain' : 'Approve' })
    return they.slash(said.command, Object.fromEntries(Object.entries(said.options).map(([key, value]) => [key, String(value)])), where)
  }

  return {
    adapter: () => adapter,
    async start(door) {
      adapter = createDiscordAdapter(town.options)
      await adapter.start(door)
    },
    stop: () => adapter.stop(),
    actor: town.actor,
    place: town.place,
    send: async (person, said, delivery) => takenOf(await send(person, said, delivery)),
    seenBy: async (person) => server.seenBy(town[person]).map(readBy),
    async vanish(message) {
      const [channel = '', id = ''] = message.split('/')
      server.deleteMessage(channel, id)
    },
    idOf,
    live: [
      /@everyone/,
      /<[@#:/t]/,
      /\]\(/,
      /\*bold\*/,
      /\w:\/\//,
      // oxlint-disable-next-line no-control-regex -- what a terminal would obey
      /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/,
      /[\u202a-\u202e\u2066-\u2069]/,
    ],
    speaks: ['text', 'options', 'press'],
    async close() {
      await adapter.stop()
      await town.close()
    },
  }
}

export function takenOf({ response }: Delivered): Taken {
  if (response === undefined) throw new Error('The application did not respond.')
  if (response.type === InteractionResponseType.DeferredMessageUpdate) return { kind: 'acknowledged' }
  if (response.type !== InteractionResponseType.ChannelMessageWithSource) throw new Error(`an unexpected response ${response.type}`)
  if (response.data.flags !== MessageFlags.Ephemeral) throw new Error('everybody sees the response')
  const sentence = read(response.data.content ?? '')
  return sentence.startsWith('Taken up') ? { kind: 'acknowledged' } : { kind: 'refused', sentence }
}

/** A message as its reader sees it: what markdown keeps from being obeyed stands there in wide letters. */
export function readBy({ content, embeds, components, files }: SeenMessage): string {
  const parts = embeds.flatMap(({ title, description, author, footer, fields = [] }) => [
    literal(author?.name ?? ''),
    read(title ?? ''),
    read(description ?? ''),
    ...fields.flatMap(({ name, value }) => [read(name), read(value)]),
    literal(footer?.text ?? ''),
  ])
  return [
    read(content),
    ...parts,
    literal(JSON.stringify(components)),
    ...files.map(({ name, content: text }) => literal(`${name}\n${printable(text)}`)),
  ].join('\n')
}

/** Discord's markdown: in code and behind a backslash nothing is obeyed. */
function read(markdown: string): string {
  return markdown.replace(/```[^]*?```|`[^`]*`|\\[^0-9A-Za-z\s]/g, (part) => literal(part.startsWith('\\') ? part.slice(1) : part))
}

const wide: Record<string, string> = { '@': '＠', '<': '‹', '[': '［', ']': '］', '*': '＊', ':': '∶' }

function literal(text: string): string {
  return text.replace(/[@<[\]*:]/g, (character) => wide[character] ?? character)
}

/** A file is shown by a viewer that obeys nothing. */
function printable(text: string): string {
  return text.replace(/[^\n\P{C}]/gu, '?')
}

export interface Bot extends Town {
  door: FakeDoor
  adapter: ChatAdapter
  /** Typed into a channel, as the person, and taken. */
  say(line: string, person?: 'ana' | 'bo'): Promise<Delivered>
  /** All that this person sees. */
  sees(person?: 'ana' | 'bo'): string
}

/** The adapter in its town, until the test ends. */
export async function startBot(serverOptions: DiscordServerOptions = {}, change: Partial<DiscordOptions> = {}): Promise<Bot> {
  const town = await startTown(serverOptions)
  const door = fakeDoor()
  const adapter = createDiscordAdapter({ ...town.options, ...change })
  onTestFinished(async () => {
    await adapter.stop()
    await town.close()
  })
  await adapter.start(door)
  return {
    ...town,
    door,
    adapter,
    say: (line, person = 'ana') => town.server.as(town[person]).slash('jailops', { say: line }, { channel: town.ops }),
    sees: (person = 'ana') => town.server.seenBy(town[person]).map(readBy).join('\n\n'),
  }
}
