import { setTimeout as delay } from 'node:timers/promises'
import { createBot } from '../bot/bot.ts'
import { createRequests } from '../bot/requests.ts'
import type { ChatAdapter } from '../chat/adapter.ts'
import { createSigner, createVerifier } from '../queue/envelope.ts'
import { createInventoryCache } from '../queue/inventory-cache.ts'
import { createInventories } from '../queue/inventory.ts'
import { loadKeys } from '../queue/keys.ts'
import { acquireLease } from '../queue/lease.ts'
import { botQueue, hostQueue } from '../queue/queue-names.ts'
import { openReceiver } from '../queue/receiver.ts'
import { connectRedis } from '../queue/redis.ts'
import { openSender } from '../queue/sender.ts'
import { createSeal } from '../queue/seal.ts'
import { createStore } from '../queue/store.ts'
import { loadTrusted } from '../queue/trusted.ts'
import { adaptersOf, mirrorsFrom } from './adapters.ts'
import { loadCommands } from './commands-folder.ts'
import { keepHealth } from './health.ts'
import { createLog, hidePassword, type Log } from './log.ts'
import { createReleasers, sayReady, untilToldToStop } from './serving.ts'
import { runtimeOf } from './runtime.ts'
import { untilSent } from './until-sent.ts'
import { leave } from './leave.ts'
import { version } from './program.ts'

/** How long a killed bot's place stays taken. */
const leaseMilliseconds = 4000
/** How long after its start the bot may hear what was said before it. */
const backlogMilliseconds = 10_000

export async function bot(options: { config?: string }): Promise<void> {
  const log = createLog('bot')
  const runtime = runtimeOf('bot', options)
  const { config, prefix, address } = runtime
  const name = config.bot.name
  hidePassword(log, address)
  const stopped = untilToldToStop()
  const releasers = createReleasers((what, error) => log.warn({ error: String(error) }, `closing ${what}`))
  const report = (error: unknown) => log.warn({ error: String(error) }, 'redis')
  const alarm = (what: string, details: Record<string, unknown>) => log.error({ alarm: true, ...details }, what)
  const onAlarm = (what: string, error: Error) => alarm('a stored record was not believed', { record: what, error: error.message })

  const commands = await loadCommands(config.commands)
  const keys = await loadKeys(runtime.keys, name)
  const signer = createSigner({ name, key: keys.privateKey })
  const seal = createSeal(keys.privateKey)
  const hostNames = Object.keys(config.hosts)
  const verifier = createVerifier({
    trusted: await loadTrusted(runtime.keys),
    from: (typ, signedBy) => (typ === 'jailops-bot' ? hostNames.includes(signedBy) : signedBy === name),
  })

  const redis = connectRedis(address, 'commands', report)
  releasers.add('redis', () => redis.disconnect())
  const giveUp = new AbortController()
  void stopped.then(() => giveUp.abort())
  const lease = await acquireLease({ redis, name: 'bot', milliseconds: leaseMilliseconds, prefix, signal: giveUp.signal })
  releasers.add('lease', () => lease.release())
  const store = createStore({ redis, prefix, seal, lease: { name: 'bot', token: lease.token }, onAlarm })
  releasers.add('store', () => store.close())
  const inventories = createInventoryCache(createInventories({ redis, prefix, seal, verifier, onAlarm }), report)
  await inventories.load().catch(report)

  const senders = new Map(hostNames.map((host) => [host, openSender({ connection: redis, queue: hostQueue(host), prefix })]))
  for (const [host, sender] of senders) releasers.add(`queue of ${host}`, () => sender.close())
  const onProblem = (platform: string) => (what: string, details: Record<string, unknown>) => log.warn({ platform, ...details }, what)
  const adapters = await adaptersOf({ runtime, commands, onProblem })
  const theBot = createBot({
    now: Date.now,
    commands,
    policy: config.policy,
    requests: createRequests({ store, now: Date.now }),
    adapters,
    mirrorsOf: mirrorsFrom(config.bot.mirrors),
    hosts: () =>
      hostNames.map((host) => {
        const known = inventories.of(host)
        return { name: host, seenAt: known?.heardAt ?? 0, ...(known !== undefined && { inventory: known.inventory }) }
      }),
    hostOf: ({ platform, channel }) => config.bot.channels[`${platform}:${channel}`]?.host,
    zone: Intl.DateTimeFormat().resolvedOptions().timeZone,
    version,
    sign: (message) => signer.hostMessage(message),
    post: (host, id, token) => untilSent(() => senders.get(host)?.send(id, token), giveUp.signal),
    withdraw: async (host, id) => (await senders.get(host)?.withdraw(id)) ?? false,
    verify: (token) => verifier.botMessage(token),
    keepInventory(message, token) {
      // one that lay in the queue while no bot ran is no sign of life; later the clocks of hosts do not count
      const heardAt = Date.now() - startedAt < backlogMilliseconds ? Math.min(Date.now(), message.expiresAt) : Date.now()
      return inventories.put(message.host, token, heardAt)
    },
    wasAbandoned: (id) => store.wasAbandoned(id),
    alarm,
  })
  const startedAt = Date.now()
  await theBot.start()
  releasers.add('bot', () => theBot.stop())
  const receiver = openReceiver({
    address,
    queue: botQueue,
    prefix,
    handle: (id, token) => theBot.hear(id, token),
    onProblem: report,
    concurrency: 4,
  })
  releasers.add('receiver', () => receiver.close())
  void tickUntil(giveUp.signal, () => theBot.tick(), log)
  await receiver.ready()
  releasers.add(
    'health',
    keepHealth(config.state, 'bot', () => redis.status === 'ready'),
  )
  sayReady({ web: webUrl(adapters) })
  log.info({ hosts: hostNames, adapters: adapters.map((adapter) => adapter.platform) }, 'ready')

  const why = await Promise.race([
    stopped,
    new Promise<string>((resolve) => lease.lost.addEventListener('abort', () => resolve('lease lost'))),
  ])
  log.info({ why }, 'stopping')
  giveUp.abort()
  await releasers.releaseAll()
  await leave(why === 'lease lost' ? 75 : 0)
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
