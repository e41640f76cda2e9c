import { createBot } from '../../src/bot/bot.ts'
import { createRequests } from '../../src/bot/requests.ts'
import type { ChatAdapter, Door } from '../../src/chat/adapter.ts'
import type { Command } from '../../src/core/command.ts'
import { hasEnded } from '../../src/core/card.ts'
import { policySchema } from '../../src/core/policy.ts'
import { createSigner, createVerifier } from '../../src/queue/envelope.ts'
import { loadKeys } from '../../src/queue/keys.ts'
import { acquireLease } from '../../src/queue/lease.ts'
import { botQueue, hostQueue } from '../../src/queue/queue-names.ts'
import { openReceiver } from '../../src/queue/receiver.ts'
import { connectRedis, whenReady } from '../../src/queue/redis.ts'
import { openSender } from '../../src/queue/sender.ts'
import { createSeal } from '../../src/queue/seal.ts'
import { createShelf } from '../../src/queue/shelf.ts'
import { createStore } from '../../src/queue/store.ts'
import { loadTrusted } from '../../src/queue/trusted.ts'
import { touch } from './touch.ts'
import { names, type Place } from './place.ts'

/** The real bot as bot-process.ts wires it, in this process, with a chat that is a function call. */
export interface BotSide {
  door: Door
  /** Resolves when the card of that request has shown its end. */
  ended(request: string): Promise<void>
  stop(): Promise<void>
}

export interface BotSideOptions {
  hosts?: readonly string[]
  commands?: readonly Command[]
}

export async function startBotSide(
  { keys: folder, redis: { socketPath } }: Place,
  { hosts = [names.host], commands = [touch] }: BotSideOptions = {},
): Promise<BotSide> {
  const now = Date.now
  const keys = `${folder}/bot`
  const { privateKey } = await loadKeys(keys, names.bot)
  const signer = createSigner({ name: names.bot, key: privateKey })
  const verifier = createVerifier({ trusted: await loadTrusted(keys), from: () => true })
  const redis = connectRedis({ socketPath }, 'commands')
  await whenReady(redis, 5000)
  const lease = await acquireLease({ redis, name: 'bot', milliseconds: 4000 })
  const kept = { redis, seal: createSeal(privateKey), lease: { name: 'bot', token: lease.token }, onAlarm: complain }
  const store = createStore(kept)
  const senders = new Map(hosts.map((host) => [host, openSender({ connection: redis, queue: hostQueue(host) })]))
  const chat = functionChat()
  const bot = createBot({
    now,
    commands,
    policy: policySchema.parse({ roles: { all: { permissions: ['*'], members: ['bench:user:ana'] } } }),
    requests: createRequests({ store, now }),
    adapters: [chat.adapter],
    mirrorsOf: () => [],
    shelves: { alerts: createShelf({ ...kept, name: 'alerts' }), boards: createShelf({ ...kept, name: 'boards' }) },
    alertChannels: [],
    hosts: () => hosts.map((name) => ({ name, seenAt: now() })),
    hostOf: () => undefined,
    zone: 'UTC',
    version: '0.0.0',
    sign: (message) => signer.hostMessage(message),
    post: async ({ host, id, token }) => senders.get(host)?.send(id, token),
    withdraw: async (host, id) => (await senders.get(host)?.withdraw(id)) ?? false,
    verify: (token) => verifier.botMessage(token),
    keepInventory: async () => undefined,
    wasAbandoned: (id) => store.wasAbandoned(id),
    alarm: complain,
  })
  await bot.start()
  const receiver = openReceiver({ address: { socketPath }, queue: botQueue, handle: (id, token) => bot.hear(id, token), concurrency: 4 })
  await receiver.ready()
  return {
    door: chat.door(),
    ended: chat.ended,
    async stop() {
      await receiver.close()
      await bot.stop()
      for (const sender of senders.values()) await sender.close()
      store.close()
      await lease.release()
      redis.disconnect()
    },
  }
}

function complain(what: string, why: unknown): void {
  process.stderr.write(`${what}: ${JSON.stringify(why)}\n`)
}

function functionChat() {
  let door: Door | undefined
  const over = new Set<string>()
  const waiting = new Map<string, () => void>()
  const show: ChatAdapter['post'] = async (_place, { request, state }) => {
    if (!hasEnded(state)) return request
    if (state !== 'done') throw new Error(`${request} ended as ${state}`)
    over.add(request)
    waiting.get(request)?.()
    return request
  }
  const adapter: ChatAdapter = {
    platform: 'bench',
    traits: { postsOnce: false, settleMilliseconds: 300, whispersRefusals: true, keepsMessages: true },
    start: async (opened) => void (door = opened),
    identify: async (actor) => actor,
    post: show,
    edit: (place, _message, card, asker) => show(place, card, asker),
    whisper: async (_place, _actor, { title, text }) => {
      throw new Error(`${title}: ${text}`)
    },
    confide: async () => undefined,
    stop: async () => undefined,
  }
  return {
    adapter,
    door() {
      if (door === undefined) throw new Error('the bot has not started')
      return door
    },
    ended: (request: string) =>
      new Promise<void>((resolve) => {
        if (over.has(request)) resolve()
        else waiting.set(request, resolve)
      }),
  }
}
