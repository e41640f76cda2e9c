import type { KnownBlock } from '@slack/types'
import { bound } from './bound.ts'
import type { ChannelSpec, SeenFile, SeenMessage, SlackSnapshot, UserGroupSpec, UserKind, UserSpec } from './interface.ts'
import { liveMentions } from './mentions.ts'
import { refusal } from './refusal.ts'

export type User = Required<UserSpec>
export type UserGroup = Required<UserGroupSpec>
export type Message = Omit<SeenMessage, 'notifies'>

export interface Channel {
  id: string
  name: string
  kind: 'public' | 'private' | 'direct'
  members: Set<string>
  isArchived: boolean
  botIsMember: boolean
  /** The person of a direct message. */
  with?: string
  messages: Map<string, Message>
}

export interface NewMessage {
  channel: Channel
  user: string
  text: string
  blocks?: KnownBlock[]
  files?: SeenFile[]
  threadTs?: string | undefined
  ephemeralTo?: string | undefined
}

export const team = { id: 'T0JAILOPS', domain: 'jailops', name: 'Jailops' } as const
const strangersTeam = 'T0ELSEWHERE'
export const bot = { userId: 'U0JAILBOT', botId: 'B0JAILBOT', appId: 'A0JAILOPS', name: 'jailops' } as const

export function teamOf({ kind }: { kind: UserKind }): string {
  return kind === 'stranger' ? strangersTeam : team.id
}

const mostForgotten = 50_000

/** People, channels and messages: what all sides of this Slack share. */
export class World {
  readonly users = new Map<string, User>()
  readonly userGroups = new Map<string, UserGroup>()
  readonly channels = new Map<string, Channel>()
  readonly now: () => number
  readonly #messagesPerChannel: number
  readonly #forgotten = new Map<string, true>()
  readonly #listeners = new Set<() => void>()
  #lastTs = 0

  constructor(now: () => number, messagesPerChannel: number) {
    this.now = now
    this.#messagesPerChannel = messagesPerChannel
    this.addUser({ id: bot.userId, name: bot.name, kind: 'bot' })
  }

  addUser({ id, name, realName = name, kind = 'member' }: UserSpec): void {
    this.users.set(id, { id, name, realName, kind })
    this.changed()
  }

  addUserGroup({ id, handle, users, disabled = false }: UserGroupSpec): void {
    this.userGroups.set(id, { id, handle, users: [...users], disabled })
    this.changed()
  }

  addChannel({ id, name, members, isPrivate = false, isArchived = false, botIsMember = true }: ChannelSpec): void {
    const messages = this.channels.get(id)?.messages ?? new Map<string, Message>()
    this.channels.set(id, {
      id,
      name,
      kind: isPrivate ? 'private' : 'public',
      members: new Set(members),
      isArchived,
      botIsMember,
      messages,
    })
    this.changed()
  }

  /** The bot's conversation with one person; made where there is none. */
  directMessage(user: string): Channel {
    const id = `D${user.slice(1)}`
    const known = this.channels.get(id)
    if (known) return known
    const members = new Set([user])
    const made: Channel = {
      id,
      name: 'directmessage',
      kind: 'direct',
      members,
      isArchived: false,
      botIsMember: true,
      with: user,
      messages: new Map(),
    }
    this.channels.set(id, made)
    return made
  }

  /** A channel as the bot sees it: private ones only from inside. @throws Refusal channel_not_found */
  channel(id: string): Channel {
    const channel = this.channels.get(id)
    if (!channel || (channel.kind === 'private' && !channel.botIsMember)) throw refusal('channel_not_found')
    return channel
  }

  /** Where the bot may post; a person's id is the direct message with them. @throws Refusal */
  writable(id: string): Channel {
    const user = this.users.get(id)
    if (user?.kind === 'deleted') throw refusal('channel_not_found')
    if (user) return this.directMessage(id)
    const channel = this.channel(id)
    if (channel.isArchived) throw refusal('is_archived')
    if (!channel.botIsMember) throw refusal('not_in_channel')
    return channel
  }

  post({ channel, user, text, blocks = [], files = [], threadTs, ephemeralTo }: NewMessage): Message {
    const message: Message = {
      channel: channel.id,
      ts: this.newTs(),
      user,
      ...(threadTs !== undefined && { threadTs }),
      ...(ephemeralTo !== undefined && { ephemeralTo }),
      text,
      blocks,
      files,
      edited: false,
    }
    this.#keep(channel, message)
    return message
  }

  edit(message: Message, text: string, blocks: KnownBlock[]): void {
    Object.assign(message, { text, blocks, edited: true })
    const channel = this.channels.get(message.channel)
    if (channel?.messages.delete(message.ts)) this.#keep(channel, message)
  }

  /** The bot's message at this place, or `forgotten` where it had to make room: Slack itself would still have it. */
  ofBot({ id, messages }: Channel, ts: string): Message | 'forgotten' | undefined {
    return messages.get(ts) ?? (this.#forgotten.has(`${id} ${ts}`) ? 'forgotten' : undefined)
  }

  remove({ channel, ts }: { channel: string; ts: string }): void {
    this.channels.get(channel)?.messages.delete(ts)
    this.#forgotten.delete(`${channel} ${ts}`)
    this.changed()
  }

  canSee(user: string, message: Message): boolean {
    const isMember = this.channels.get(message.channel)?.members.has(user) ?? false
    return isMember && (message.ephemeralTo === undefined || message.ephemeralTo === user)
  }

  seenBy(user: string, channel?: string): SeenMessage[] {
    return this.#messages((message) => (channel === undefined || message.channel === channel) && this.canSee(user, message))
  }

  /** @throws Error where the person cannot see it: what a test asks for is not there */
  messageSeenBy(user: string, channel: string, ts: string): Message {
    const message = this.channels.get(channel)?.messages.get(ts)
    if (!message || !this.canSee(user, message)) throw new Error(`${user} sees no message ${ts} in ${channel}`)
    return message
  }

  person(id: string): User {
    const user = this.users.get(id)
    if (!user) throw new Error(`no such person: ${id}`)
    if (user.kind === 'deleted') throw new Error(`${id} is deleted and can do nothing`)
    return user
  }

  /** Seconds with six digits, never the same twice. */
  newTs(): string {
    this.#lastTs = Math.max(this.#lastTs + 1, Math.floor(this.now() * 1000))
    return `${Math.floor(this.#lastTs / 1e6)}.${String(this.#lastTs % 1e6).padStart(6, '0')}`
  }

  snapshot(): Pick<SlackSnapshot, 'users' | 'userGroups' | 'channels' | 'messages'> {
    return {
      users: [...this.users.values()],
      userGroups: [...this.userGroups.values()].map(({ id, handle, users }) => ({ id, handle, users: [...users] })),
      channels: [...this.channels.values()].map(({ messages: _messages, members, ...channel }) => ({ ...channel, members: [...members] })),
      messages: this.#messages(() => true),
    }
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }

  changed(): void {
    for (const listener of this.#listeners) listener()
  }

  /** As the newest; those that were not changed for longest make room. */
  #keep({ id, messages }: Channel, message: Message): void {
    messages.set(message.ts, message)
    for (const { ts, user, ephemeralTo } of bound(messages, this.#messagesPerChannel)) {
      if (user === bot.userId && ephemeralTo === undefined) this.#forgotten.set(`${id} ${ts}`, true)
    }
    bound(this.#forgotten, mostForgotten)
    this.changed()
  }

  #messages(isWanted: (message: Message) => boolean): SeenMessage[] {
    const all = [...this.channels.values()].flatMap(({ messages }) => [...messages.values()].filter(isWanted))
    all.sort((a, b) => (a.ts < b.ts ? -1 : 1))
    return all.map((message) => ({ ...message, notifies: liveMentions(message.text, message.blocks) }))
  }
}
