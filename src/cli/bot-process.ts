import { setTimeout as delay } from 'node:timers/promises'
import { createBot } from '../bot/bot.ts'
import { createRequests } from '../bot/requests.ts'
import type { ChatAdapter } from '../chat/adapter.ts'
import type { Command } from '../core/command.ts'
import { createBacklog } from '../queue/backlog.ts'
import { createSigner, createVerifier } from '../queue/envelope.ts'
import { createInventoryCache } from '../queue/inventory-cache.ts'
import { createInventories } from '../queue/inventory.ts'
import type { Keys } from '../queue/keys.ts'
import { acquireLease } from '../queue/lease.ts'
import { botQueue, hostQueue } from '../queue/queue-names.ts'
import { openReceiver } from '../queue/receiver.ts'
import { connectRedis } from '../queue/redis.ts'
import { openSender, type Sender } from '../queue/sender.ts'
import { createSeal } from '../queue/seal.ts'
import { createShelf } from '../queue/shelf.ts'
import { createStore } from '../queue/store.ts'
import { loadTrusted, type TrustedKeys } from '../queue/trusted.ts'
import { adaptersOf, mirrorsFrom, placeOf } from './adapters.ts'
import { loadCommands } from './commands-folder.ts'
import { keepHealth } from './health.ts'
import { createLog, hidePassword, type Log } from './log.ts'
import { loadOwnKeys } from './host-keys.ts'
import { ownZone } from './own-zone.ts'
import { createReleasers, openOrRelease, type Releasers, sayReady, untilToldToStop } from './serving.ts'
import { type Runtime, runtimeOf } from './runtime.ts'
import { untilSent } from './until-sent.ts'
import { leave } from './leave.ts'
import { version } from './program.ts'

/** How long a killed bot's place stays taken. */
const leaseMilliseconds = 4000

export async function bot(options: { config?: string }): Promise<void> {
  const log = createLog('bot')
  const runtime = runtimeOf('bot', options)
  // what a person has to mend is found before anything is open
  const signing: Signing = {
    keys: await loadOwnKeys(runtime.keys, runtime.config.bot.name),
    trusted: await loadTrusted(runtime.keys),
    commands: await loadCommands(runtime.config.commands),
  }
  hidePassword(log, runtime.address)
  const stopped = untilToldToStop()
  const giveUp = new AbortController()
  void stopped.then(() => giveUp.abort())
  const releasers = createReleasers((what, error) => log.warn({ error: String(error) }, `closing ${what}`))

  // told to stop before it is ready, a Redis that is away say, it does not wait for that
  const opening = () => Promise.race([open(runtime, signing, { log, releasers, giveUp: giveUp.signal }), stopped.then(() => undefined)])
  const opened = await openOrRelease(releasers, opening)

  const leaseLost = new Promise<string>((resolve) => opened?.leaseLost.addEventListener('abort', () => resolve('lease lost')))
  const why = await Promise.race([stopped, leaseLost])
  log.info({ why }, 'stopping')
  giveUp.abort()
  await releasers.releaseAll()
  await leave(why === 'lease lost' ? 75 : 0)
}

interface Signing {
  keys: Keys
  trusted: TrustedKeys
  commands: readonly Command[]
}

interface Opening {
  log: Log
  releasers: Releasers
  /** Aborted when the bot is told to stop. */
  giveUp: AbortSignal
}

/** Opens all that a bot needs, and its doors last. */
async function open(
  runtime: Runtime,
  { keys, trusted, commands }: Signing,
  { log, releasers, giveUp }: Opening,
): Promise<{ leaseLost: AbortSignal }> {
  const { config, prefix, address } = runtime
  const { name } = config.bot
  const report = (error: unknown) => log.warn({ error: String(error) }, 'redis')
  const alarm = (what: string, details: Record<string, unknown>) => log.error({ alarm: true, ...details }, what)
  const onAlarm = (what: string, error: Error) => alarm('a stored record was not believed', { record: what, error: error.message })
  const signer = createSigner({ name, key: keys.privateKey })
  const seal = createSeal(keys.privateKey)
  const hostNames = Object.keys(config.hosts)
  const verifier = createVerifier({
    trusted,
    from: (typ, signedBy) => (typ === 'jailops-bot' ? hostNames.includes(signedBy) : signedBy === name),
  })

  const redis = connectRedis(address, 'commands', report)
  releasers.add('redis', () => redis.disconnect())
  const lease = await acquireLease({ redis, name: 'bot', milliseconds: leaseMilliseconds, prefix, signal: giveUp })
  releasers.add('lease', () => lease.release())
  const store = createStore({ redis, prefix, seal, lease: { name: 'bot', token: lease.token }, onAlarm })
  releasers.add('store', () => store.close())
  const shelf = (what: string) => createShelf({ redis, prefix, name: what, seal, lease: { name: 'bot', token: lease.token }, onAlarm })
  const inventories = createInventoryCache(createInventories({ redis, prefix, seal, verifier, onAlarm }), report)
  await inventories.load().catch(report)

  const senders = new Map<string, Sender>()
  /** Of any host, also one that is configured no more: what lies on its queue is to be taken back. */
  const senderOf = (host: string) => {
    const known = senders.get(host) ?? openSender({ connection: redis, queue: hostQueue(host), prefix })
    senders.set(host, known)
    return known
  }
  releasers.add('queues of hosts', () => Promise.all([...senders.values()].map((sender) => sender.close())))
  const onProblem = (platform: string) => (what: string, details: Record<string, unknown>) => log.warn({ platform, ...details }, what)
  const adapters = await adaptersOf({ runtime, commands, onProblem })
  const theBot = createBot({
    now: Date.now,
    commands,
    policy: config.policy,
    requests: createRequests({ store, now: Date.now, alarm }),
    adapters,
    mirrorsOf: mirrorsFrom(config.bot.mirrors),
    shelves: { alerts: shelf('alerts'), boards: shelf('boards') },
    alertChannels: config.alerts.channels.map(placeOf),
    hosts: () =>
      hostNames.map((host) => {
        const { heardAt = 0, inventory, problem } = inventories.of(host) ?? {}
        return { name: host, seenAt: heardAt, ...(inventory !== undefined && { inventory }), ...(problem !== undefined && { problem }) }
      }),
    hostOf: ({ platform, channel }) => config.bot.channels[`${platform}:${channel}`]?.host,
    zone: ownZone(),
    version,
    sign: (message) => signer.hostMessage(message),
    post: ({ host, id, token, isQuestion }) => untilSent(() => senderOf(host).send(id, token, { isKept: !isQuestion }), giveUp),
    withdraw: (host, id) => senderOf(host).withdraw(id),
    verify: (token) => verifier.botMessage(token),
    keepInventory(message, token) {
      // one that lay in the queue while no bot ran is no sign of life; of all others the clocks of hosts do not count
      const heardAt = backlog.isOver() ? Date.now() : Math.min(Date.now(), message.expiresAt)
      return inventories.put(message.host, token, heardAt)
    },
    wasAbandoned: (id) => store.wasAbandoned(id),
    alarm,
  })
  const backlog = createBacklog((id, token) => theBot.hear(id, token))
  // also where it does not start: one of its doors may be open by then
  releasers.add('bot', () => theBot.stop())
  await theBot.start()
  const receiver = openReceiver({
    address,
    queue: botQueue,
    prefix,
    handle: backlog.hear,
    onProblem: report,
    concurrency: 4,
  })
  releasers.add('receiver', () => receiver.close())
  void tickUntil(giveUp, () => theBot.tick(), log)
  await receiver.ready()
  const toItself = openSender({ connection: redis, queue: botQueue, prefix })
  releasers.add('own queue', () => toItself.close())
  untilSent(() => toItself.send(backlog.mark, ''), giveUp).catch(() => undefined)
  releasers.add(
    'health',
    keepHealth(config.state, 'bot', () => redis.status === 'ready'),
  )
  sayReady({ web: webUrl(adapters) })
  log.info({ hosts: hostNames, adapters: adapters.map((adapter) => adapter.platform) }, 'ready')
  return { leaseLost: lease.lost }
}

function webUrl(adapters: readonly ChatAdapter[]): string | undefined {
  const web: (ChatAdapter & { url?: () => string }) | undefined = adapters.find((adapter) => adapter.platform === 'web')
  return web?.url?.()
}

async function tickUntil(signal: AbortSignal, tick: () => Promise<void>, log: Log): Promise<void> {
  while (!signal.aborted) {
    await tick().catch((error: unknown) => log.warn({ error: String(error) }, 'tick'))
    await delay(1000, undefined, { signal }).catch(() => undefined)
  }
}
