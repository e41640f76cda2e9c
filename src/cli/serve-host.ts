import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { AlertThresholds } from '../core/alert.ts'
import type { Command } from '../core/command.ts'
import { passLostConnection } from '../core/errors.ts'
import type { FactName, ObservedFacts } from '../core/host.ts'
import type { Template } from '../core/jail.ts'
import type { Layout } from '../core/layout.ts'
import type { BotMessage } from '../core/message.ts'
import type { About } from '../core/proxy-status.ts'
import { createDrivers } from '../host/drivers.ts'
import { askLooks } from '../host/facts/looks.ts'
import { observe } from '../host/facts/observe.ts'
import { observeProxyLog } from '../host/facts/proxy-log.ts'
import type { SshTarget } from '../core/ssh-target.ts'
import type { Shell } from '../host/shell.ts'
import { createSigner, createVerifier } from '../queue/envelope.ts'
import type { Keys } from '../queue/keys.ts'
import { botQueue, hostQueue } from '../queue/queue-names.ts'
import { openReceiver, type Receiver } from '../queue/receiver.ts'
import type { connectRedis, RedisAddress } from '../queue/redis.ts'
import { redisTime } from '../queue/redis-clock.ts'
import { openSender } from '../queue/sender.ts'
import type { TrustedKeys } from '../queue/trusted.ts'
import { createAnswers } from '../worker/answers.ts'
import { createEffects } from '../worker/effects/index.ts'
import { createHaproxyReloads } from '../worker/reload-haproxy.ts'
import { createInventoryTeller } from '../worker/inventory.ts'
import { openJournalFolder } from '../worker/journal.ts'
import { createLogMemory } from '../worker/log-memory.ts'
import { createRenewing } from '../worker/renewing.ts'
import { createResourceLocks } from '../worker/locks.ts'
import { createPlanner } from '../worker/planner.ts'
import { createRetention } from '../worker/retention.ts'
import { withOwnFacts } from '../worker/own-facts.ts'
import { createSiteHistory } from '../worker/site-history.ts'
import { createWorker } from '../worker/worker.ts'
import { tendHost } from './tend-host.ts'
import { type Log, withDetails } from './log.ts'
import { createReleasers } from './serving.ts'
import { untilSent } from './until-sent.ts'

/** A host, and how its worker reaches it. */
export interface ServedHost {
  name: string
  layout: Layout
  permissions: string[]
  shell: Shell
  /** Absent: the worker runs on it. */
  target?: SshTarget
  /** On this machine: holds the journals. */
  state: string
  /** On the host: for copies that are checked before they count. It must exist, and be empty of anything of ours. */
  staging: string
  /** On the host, where that is elsewhere: for group files. It must exist. */
  groups?: string
}

/** What all hosts of one worker process share. */
export interface Serving {
  redis: ReturnType<typeof connectRedis>
  address: RedisAddress
  prefix: string
  commands: readonly Command[]
  /** Those that came with jailops. */
  templates: readonly Template[]
  keysOf(host: string): Promise<Keys>
  trusted: TrustedKeys
  /** The name that the bot signs with. */
  bot: string
  log: Log
  version: string
  /** When something about a proxy is worth telling. */
  thresholds: AlertThresholds
}

export interface HostService {
  /** Takes up what is open, and hears its queue from now on. Once, and again after `pause`. */
  open(): Promise<void>
  /** Leaves its queue alone: what comes meanwhile waits there. */
  pause(): Promise<void>
  stop(): Promise<void>
}

/** A sync that fails is only reported: the change is made. Where it is not known what came of it, the host is asked again. @throws connection_lost */
export async function settleOn(shell: Pick<Shell, 'run'>, report: (error: unknown) => void): Promise<void> {
  await shell.run({ argv: ['sync'], timeoutSeconds: 120 }).catch((error: unknown) => {
    passLostConnection(error)
    report(error)
  })
}

/** The worker of one host, with a queue of its own. */
export async function serveHost(host: ServedHost, serving: Serving): Promise<HostService> {
  const { name, layout, shell, target } = host
  const { redis, address, prefix, commands, bot, version } = serving
  const log = withDetails(serving.log, { host: name })
  const releasers = createReleasers((what, error) => log.warn({ error: String(error) }, `closing ${what}`))
  const report = (error: unknown) => log.warn({ error: String(error) }, 'redis')
  const alarm = (what: string, details: Record<string, unknown>) => log.error({ alarm: true, ...details }, what)
  const stopping = new AbortController()

  const signer = createSigner({ name, key: (await serving.keysOf(name)).privateKey })
  const verifier = createVerifier({ trusted: serving.trusted, from: (typ, signedBy) => typ === 'jailops-host' && signedBy === bot })
  const sender = openSender({ connection: redis, queue: botQueue, prefix })
  releasers.add('sender', () => sender.close())
  const send = async (message: BotMessage) => {
    const token = await signer.botMessage(message)
    await untilSent(() => sender.send(message.id, token), stopping.signal)
  }

  await mkdir(host.state, { recursive: true, mode: 0o700 })
  const journals = await openJournalFolder(join(host.state, 'journal'), Date.now, {
    ...(host.groups !== undefined && { groups: host.groups }),
  })
  // whose clock /host check holds against whose
  const otherEnd = target === undefined ? { redisTime: () => redisTime(redis) } : { target }
  const locks = createResourceLocks()
  const history = createSiteHistory()
  const proxyLog = createLogMemory(() => observeProxyLog(shell, layout))
  const hands = { shell, now: Date.now, sleep: (milliseconds: number) => delay(milliseconds) }
  const reloads = createHaproxyReloads({
    ...hands,
    file: join(host.state, 'haproxy-reload.json'),
    folder: host.groups ?? host.state,
    log: proxyLog,
    say: (what, details) => log.info(details, what),
  })
  const withdraw = (id: string) => sender.withdraw(id)
  const look = (wanted: readonly FactName[], reserved: Parameters<typeof observe>[2], about?: About): Promise<ObservedFacts> =>
    observe({ shell, layout, templates: serving.templates, ...otherEnd }, wanted, reserved, about)
  const tending = await tendHost({
    name,
    layout,
    shell,
    state: host.state,
    locks,
    reloads,
    thresholds: serving.thresholds,
    log,
    observe: (wanted) => look(wanted, { others: [], here: [] }),
    whyNotRenewed: (site) => renewing.problem(site),
    send,
    withdraw,
  })
  const lookAndTell = withOwnFacts(look, { history, tending, log: proxyLog })
  const told = join(host.state, 'told')
  const inventory = createInventoryTeller({
    host: name,
    now: Date.now,
    send,
    withdraw,
    toldBefore: Number(await readFile(told, 'utf8').catch(() => '0')) || 0,
    keepTold: (at) => writeFile(told, String(at), { mode: 0o600 }),
    observe: look,
    version,
    reachedBy: target === undefined ? 'local' : 'ssh',
  })
  const worker = createWorker({
    now: Date.now,
    commands,
    permissions: host.permissions,
    journals,
    answers: createAnswers({ host: name, now: Date.now, send }),
    locks,
    planner: createPlanner({
      host: name,
      layout,
      commands,
      now: Date.now,
      observe: lookAndTell,
      look: (looks) => askLooks(shell, looks),
      drivers: createDrivers,
    }),
    effects: createEffects({ ...hands, reloads, stagingFolder: host.staging }),
    gate: reloads.gate,
    endGroup: (groupFile, seconds) => shell.endGroup(groupFile, seconds),
    settle: () => settleOn(shell, report),
    verify: (token) => verifier.hostMessage(token, { host: name }),
    changed: () => {
      tending.changed()
      inventory.tell()
    },
    ended: (journal) => {
      history.note(journal)
      renewing.ended(journal)
    },
    alarm,
  })
  const renewing = createRenewing({
    host: name,
    now: Date.now,
    renewDays: layout.acme.renewDays,
    commands,
    journals,
    observe: look,
    begin: (message) => worker.begin(message),
    alarm,
  })
  const retention = createRetention({ journals, now: Date.now })
  await retention.start()
  releasers.add('retention', () => retention.stop())
  releasers.add('worker', () => worker.stop())
  releasers.add('renewing', () => renewing.stop())

  let hasResumed = false
  let receiver: Receiver | undefined

  async function pause(): Promise<void> {
    const closing = receiver
    receiver = undefined
    await Promise.all([inventory.stop(), tending.stop()])
    await closing?.close()
  }
  releasers.add('receiver', pause)

  return {
    async open() {
      if (stopping.signal.aborted) return
      if (!hasResumed) {
        await worker.resume()
        renewing.start()
      }
      hasResumed = true
      if (stopping.signal.aborted) return
      receiver = openReceiver({
        address,
        queue: hostQueue(name),
        prefix,
        handle: (id, token) => worker.receive(id, token),
        onProblem: report,
      })
      inventory.start()
      // what an earlier life had begun holds its locks by now: nobody mends what is only half done
      tending.start()
      await receiver.ready()
    },
    pause,
    async stop() {
      stopping.abort()
      await releasers.releaseAll()
    },
  }
}
