import type { APIApplicationCommand, APIEmbed, APIMessageTopLevelComponent } from 'discord-api-types/v10'
import type { DiscordLimits, Mention, SeenModal } from './interface.ts'
import { recentList, type RecentList } from './bounded.ts'
import { snowflakes } from './snowflake.ts'

export interface User {
  id: string
  name: string
  globalName: string | undefined
  isBot: boolean
  directMessagesClosed: boolean
}

export interface Role {
  id: string
  name: string
  permissions: bigint
}

export interface Member {
  user: string
  roles: string[]
  nick: string | undefined
  joinedAt: number
}

export interface Channel {
  id: string
  name: string
  kind: 'text' | 'thread' | 'direct'
  parent: string | undefined
  /** Of a direct channel. */
  recipient: string | undefined
  botMayView: boolean
  botMaySend: boolean
  /** Oldest first. */
  messages: Map<string, Message>
  fileBytes: number
}

export interface StoredFile {
  id: string
  name: string
  description: string | undefined
  type: string
  content: Buffer
}

export interface Message {
  id: string
  channel: string
  author: string
  content: string
  embeds: APIEmbed[]
  components: APIMessageTopLevelComponent[]
  files: StoredFile[]
  flags: number
  nonce: string | number | undefined
  /** Milliseconds since 1970, as are all times here. */
  at: number
  editedAt: number | undefined
  edits: number
  /** Of an ephemeral message: the only one who sees it. */
  to: string | undefined
  interaction: string | undefined
}

export interface OpenModal extends SeenModal {
  user: string
  /** The message whose button opened it. */
  message: string | undefined
  /** How the form arrived, to send it back in the same shape. */
  layout: { customId: string; kind: 'row' | 'label' | 'text'; id: number }[]
}

/** Everything that this Discord knows, and nothing that it does. */
export interface World {
  origin: string
  token: string
  applicationId: string
  botUserId: string
  guild: { id: string; name: string; owner: string }
  limits: DiscordLimits
  now(): number
  newId(): string
  users: Map<string, User>
  roles: Map<string, Role>
  members: Map<string, Member>
  channels: Map<string, Channel>
  commands: Map<string, APIApplicationCommand>
  modals: OpenModal[]
  mentions: RecentList<Mention>
  changed(): void
}

export interface WorldOptions {
  token: string
  now: () => number
  limits: DiscordLimits
  ids: { application?: string; guild?: string }
  guildName: string
  changed: () => void
}

export function createWorld({ token, now, limits, ids, guildName, changed }: WorldOptions): World {
  const newId = snowflakes(now)
  const applicationId = ids.application ?? newId()
  const guild = { id: ids.guild ?? newId(), name: guildName, owner: newId() }
  const bot = { id: applicationId, name: 'jailops', globalName: undefined, isBot: true, directMessagesClosed: false }
  const owner = { id: guild.owner, name: 'owner', globalName: 'Owner', isBot: false, directMessagesClosed: false }
  const member = (user: string): [string, Member] => [user, { user, roles: [], nick: undefined, joinedAt: now() }]
  return {
    origin: '',
    token,
    applicationId,
    // As for every application made since 2016.
    botUserId: applicationId,
    guild,
    limits,
    now,
    newId,
    users: new Map([bot, owner].map((user) => [user.id, user])),
    roles: new Map(),
    members: new Map([member(bot.id), member(owner.id)]),
    channels: new Map(),
    commands: new Map(),
    modals: [],
    mentions: recentList(1000),
    changed,
  }
}

export function findMessage(world: World, channel: string, message: string): Message | undefined {
  return world.channels.get(channel)?.messages.get(message)
}

/** Stores the message as the channel's newest, and forgets what the channel has too much of. */
export function keepMessage(world: World, channel: Channel, message: Message): void {
  channel.messages.set(message.id, message)
  channel.fileBytes += bytesOf(message)
  for (const oldest of channel.messages.values()) {
    const isTooMuch =
      channel.messages.size > world.limits.keptMessagesPerChannel || channel.fileBytes > world.limits.keptFileBytesPerChannel
    if (!isTooMuch || oldest === message) break
    dropMessage(world, channel, oldest)
  }
  world.changed()
}

export function dropMessage(world: World, channel: Channel, message: Message): void {
  if (channel.messages.delete(message.id)) channel.fileBytes -= bytesOf(message)
  world.changed()
}

export function replaceFiles(channel: Channel, message: Message, files: StoredFile[]): void {
  channel.fileBytes -= bytesOf(message)
  message.files = files
  channel.fileBytes += bytesOf(message)
}

function bytesOf({ files }: Message): number {
  return files.reduce((sum, { content }) => sum + content.length, 0)
}

export function nameOf(world: World, user: string): string {
  const known = world.users.get(user)
  return world.members.get(user)?.nick ?? known?.globalName ?? known?.name ?? user
}
