import { z } from 'zod'
import { createBot, type Bot } from '../../src/bot/bot.ts'
import type { KnownHost } from '../../src/bot/hosts.ts'
import { createRequests } from '../../src/bot/requests.ts'
import type { ChatAdapter, Door, Incoming } from '../../src/chat/adapter.ts'
import type { Answer, Card } from '../../src/core/card.ts'
import { JailopsError } from '../../src/core/errors.ts'
import { type BotMessage, botMessageSchema, type HostMessage, hostMessageSchema, messageId, type ToBot } from '../../src/core/message.ts'
import { type Actor, type Policy, policySchema } from '../../src/core/policy.ts'
import type { Shelf } from '../../src/queue/shelf.ts'
import { commands } from './bench-commands.ts'
import type { Store } from '../../src/queue/store.ts'

export const policy: Policy = policySchema.parse({
  people: { ana: ['web:user:ana', 'web:user:ana2'] },
  roles: {
    all: { permissions: ['*'], members: ['web:user:ana', 'web:user:bo', 'web:user:cy'] },
    viewer: { permissions: ['jail.list', 'job.show'], members: ['web:user:eve'] },
  },
  approvals: [{ permissions: ['jail.create'], count: 1, expiresMinutes: 5 }],
})

export const web1: KnownHost = {
  name: 'web1',
  seenAt: 0,
  inventory: { jails: ['blog', 'shop'], trash: ['old'], routes: ['a.example.com'] },
}
export const web2: KnownHost = { name: 'web2', seenAt: 0, inventory: { jails: ['wiki', 'shop'], trash: [], routes: ['b.example.com'] } }

let deliveries = 0
export function incoming(id: string, said: Incoming['said'] | string, kind: Incoming['actor']['kind'] = 'person'): Incoming {
  deliveries += 1
  return {
    delivery: `d${deliveries}`,
    actor: { platform: 'web', id, name: id, groups: [], kind },
    place: { platform: 'web', channel: 'ops' },
    said: typeof said === 'string' ? { kind: 'text', text: said } : said,
  }
}

/** The process is gone. */
export class Death extends Error {}

/** What outlives a bot: store, chat, queue, clock. */
export interface World {
  records: Map<string, { text: string; ended: boolean }>
  deliveries: Map<string, string>
  /** Messages of the chat, by id, with all cards they showed. */
  chat: Map<string, Card[]>
  whispers: { to: string; answer: Answer }[]
  /** The same, of what nobody else may see. */
  confided: { to: string; answer: Answer }[]
  /** What the host's queue was given: id → the tokens under it. */
  queue: Map<string, string[]>
  alarms: string[]
  time: { now: number }
  store: { fails: boolean }
  /** What the platform says of who speaks. */
  who: { says(actor: Actor): Promise<Actor> }
  chatDown: { yes: boolean }
  /** Default hosts of channels. */
  channels: Map<string, string>
  /** How often a record was stored after its admission. */
  saves: { count: number }
  /** Ids of the messages that were asked back from a queue. */
  withdrawn: string[]
  /** The host has taken its messages off the queue. */
  hostHasThem: { yes: boolean }
  policy: Policy
  /** What the bot keeps beside requests. */
  shelves: { alerts: Map<string, string>; boards: Map<string, string> }
  /** Messages that somebody took away. */
  gone: Set<string>
}

export function makeWorld(): World {
  return {
    records: new Map(),
    deliveries: new Map(),
    chat: new Map(),
    whispers: [],
    confided: [],
    queue: new Map(),
    alarms: [],
    time: { now: 1_000_000 },
    store: { fails: false },
    who: { says: async (actor) => actor },
    chatDown: { yes: false },
    hostHasThem: { yes: false },
    channels: new Map(),
    saves: { count: 0 },
    withdrawn: [],
    policy,
    shelves: { alerts: new Map(), boards: new Map() },
    gone: new Set(),
  }
}

export interface LivingBot {
  bot: Bot
  door(): Door
  isDead(): boolean
}

/** One life of the bot, which ends when it has touched the world so many times. */
export async function startBot(world: World, hosts: readonly KnownHost[] = [web1], moments = Number.POSITIVE_INFINITY): Promise<LivingBot> {
  let left = moments
  let dead = false
  const moment = async () => {
    await Promise.resolve()
    if (left <= 0) dead = true
    if (dead) throw new Death()
    left -= 1
  }
  const inReach = () => {
    if (world.store.fails) throw new JailopsError('store_unavailable', 'Redis is away.')
  }
  const store: Store = {
    async admit({ delivery, id, record }) {
      await moment()
      inReach()
      const first = world.deliveries.get(delivery)
      if (first !== undefined) return { id: first, fresh: false }
      world.deliveries.set(delivery, id)
      world.records.set(id, { text: record, ended: false })
      await moment()
      return { id, fresh: true }
    },
    wasAbandoned: () => false,
    async load(id) {
      inReach()
      return world.records.get(id)?.text
    },
    async save(id, text, ended) {
      await moment()
      inReach()
      world.saves.count += 1
      world.records.set(id, { text, ended })
      await moment()
    },
    open: async () => [...world.records].filter(([, { ended }]) => !ended).map(([id]) => id),
    recent: async (limit) => [...world.records.keys()].toReversed().slice(0, limit),
    close: () => undefined,
  }
  const shelfOf = (held: Map<string, string>): Shelf => ({
    all: async () => new Map(held),
    async put(id, record) {
      await moment()
      inReach()
      held.set(id, record)
      await moment()
    },
    async remove(id) {
      await moment()
      inReach()
      held.delete(id)
    },
  })
  let opened: Door | undefined
  const speaks = () => {
    if (world.chatDown.yes) throw new Error('the chat is away')
  }
  const adapter: ChatAdapter = {
    platform: 'web',
    traits: { postsOnce: true, settleMilliseconds: 0, whispersRefusals: false, keepsMessages: true },
    identify: (actor) => world.who.says(actor),
    start: async (door) => void (opened = door),
    async post(_place, card) {
      await moment()
      speaks()
      world.chat.set(card.request, [...(world.chat.get(card.request) ?? []), card])
      await moment()
      return card.request
    },
    async edit(_place, message, card, _asker, whereGone) {
      await moment()
      speaks()
      if (whereGone === 'leave' && world.gone.has(message)) throw new JailopsError('message_gone', 'It is not there any more.')
      world.chat.set(message, [...(world.chat.get(message) ?? []), card])
      await moment()
      return message
    },
    async whisper(_place, actor, answer) {
      await moment()
      world.whispers.push({ to: actor.id, answer })
    },
    async confide(_place, actor, answer) {
      await moment()
      if (world.chatDown.yes) throw new JailopsError('cannot_show', 'the chat is away')
      world.confided.push({ to: actor.id, answer })
      await moment()
    },
    stop: async () => undefined,
  }
  const alarm = (what: string) => void (dead || world.alarms.push(what))
  const bot = createBot({
    now: () => world.time.now,
    commands,
    policy: world.policy,
    requests: createRequests({ store, now: () => world.time.now, alarm }),
    adapters: [adapter],
    mirrorsOf: () => [],
    shelves: { alerts: shelfOf(world.shelves.alerts), boards: shelfOf(world.shelves.boards) },
    alertChannels: [{ platform: 'web', channel: 'alerts' }],
    hosts: () => hosts,
    hostOf: ({ channel }) => world.channels.get(channel),
    zone: 'UTC',
    version: '0.1.0',
    sign: async (message) => JSON.stringify({ ...message, signedBy: Math.random() }),
    async post({ id, token }) {
      await moment()
      world.queue.set(id, [...(world.queue.get(id) ?? []), token])
    },
    verify: async (token) => botMessageSchema.parse(JSON.parse(token)),
    keepInventory: async () => undefined,
    async withdraw(_host, id) {
      world.withdrawn.push(id)
      return !world.hostHasThem.yes
    },
    wasAbandoned: () => false,
    alarm,
  })
  await bot.start()
  const door = () => {
    if (opened === undefined) throw new Error('the door is not open')
    return opened
  }
  return { bot, door, isDead: () => dead }
}

export function fromHost(request: string, number: number, body: ToBot, host = 'web1'): BotMessage {
  return { id: messageId(request, body.kind, number), request, host, issuedAt: 0, expiresAt: 1, number, body }
}

export function hear({ bot }: LivingBot, message: BotMessage): Promise<void> {
  return bot.hear(message.id, JSON.stringify(message))
}

/** What the host has been sent, in the order of its first arrival. */
export function sentTo(world: World): HostMessage[] {
  return [...world.queue.values()].map(([token = '']) => hostMessageSchema.parse(withoutSigner(JSON.parse(token))))
}

function withoutSigner(value: unknown): unknown {
  const { signedBy: _signedBy, ...message } = z.looseObject({ signedBy: z.number() }).parse(value)
  return message
}

export function lastCard(world: World, request: string): Card | undefined {
  return world.chat.get(request)?.at(-1)
}
