import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { Layout } from '../core/layout.ts'
import { JailopsError } from '../core/errors.ts'
import type { BotMessage } from '../core/message.ts'
import { createDrivers } from '../host/drivers.ts'
import { observe } from '../host/facts/observe.ts'
import { createLocalShell } from '../host/shell-local.ts'
import { createSigner, createVerifier } from '../queue/envelope.ts'
import { loadKeys } from '../queue/keys.ts'
import { botQueue, hostQueue } from '../queue/queue-names.ts'
import { openReceiver } from '../queue/receiver.ts'
import { connectRedis } from '../queue/redis.ts'
import { openSender } from '../queue/sender.ts'
import { loadTrusted } from '../queue/trusted.ts'
import { createAnswers } from '../worker/answers.ts'
import { createEffects } from '../worker/effects/index.ts'
import { createInventoryTeller } from '../worker/inventory.ts'
import { openJournalFolder } from '../worker/journal.ts'
import { createResourceLocks } from '../worker/locks.ts'
import { claimHost } from '../worker/only-one.ts'
import { createPlanner } from '../worker/planner.ts'
import { createRetention } from '../worker/retention.ts'
import { createWorker } from '../worker/worker.ts'
import { loadCommands } from './commands-folder.ts'
import { keepHealth } from './health.ts'
import { createLog, hidePassword } from './log.ts'
import { createReleasers, type Releasers, sayReady, untilToldToStop } from './serving.ts'
import { runtimeOf } from './runtime.ts'
import { untilSent } from './until-sent.ts'
import { leave } from './leave.ts'

export async function worker(options: { config?: string; lab?: boolean }): Promise<void> {
  const log = createLog('worker')
  const { config, prefix, address, keys: keyFolder } = runtimeOf('worker', options)
  if (config.host === undefined)
    throw new JailopsError('config_error', 'Say in jailops.yaml which host this is, for example host: { name: web1 }')
  const { name: host, permissions } = config.host
  hidePassword(log, address)
  const stopped = untilToldToStop()
  const stopping = new AbortController()
  void stopped.then(() => stopping.abort())
  const releasers = createReleasers((what, error) => log.warn({ error: String(error) }, `closing ${what}`))
  const report = (error: unknown) => log.warn({ error: String(error) }, 'redis')
  const alarm = (what: string, details: Record<string, unknown>) => log.error({ alarm: true, ...details }, what)

  const state = join(config.state, 'worker')
  await mkdir(state, { recursive: true, mode: 0o700 })
  releasers.add('claim', await claimHost(join(state, 'claim')))
  const layout: Layout =
    options.lab === true ? await labLayout(join(config.state, 'lab'), config.host.layout, releasers) : config.host.layout
  const shell = createLocalShell({
    programFolders: layout.programFolders,
    jailRoots: layout.jailRoots,
    ...(layout.confineTo !== undefined && { confineTo: layout.confineTo }),
  })
  releasers.add('shell', () => shell.stop())

  const commands = await loadCommands(config.commands)
  const keys = await loadKeys(keyFolder, host)
  const signer = createSigner({ name: host, key: keys.privateKey })
  const verifier = createVerifier({
    trusted: await loadTrusted(keyFolder),
    from: (typ, signedBy) => typ === 'jailops-host' && signedBy === config.bot.name,
  })
  const redis = connectRedis(address, 'commands', report)
  releasers.add('redis', () => redis.disconnect())
  const sender = openSender({ connection: redis, queue: botQueue, prefix })
  releasers.add('sender', () => sender.close())
  const send = async (message: BotMessage) => {
    const token = await signer.botMessage(message)
    await untilSent(() => sender.send(message.id, token), stopping.signal)
  }

  const journals = await openJournalFolder(join(state, 'journal'), Date.now)
  const answers = createAnswers({ host, now: Date.now, send })
  const look = (wanted: Parameters<typeof observe>[1], reserved: Parameters<typeof observe>[2]) =>
    observe({ shell, layout }, wanted, reserved)
  const inventory = createInventoryTeller({ host, now: Date.now, send, observe: look })
  const theWorker = createWorker({
    now: Date.now,
    commands,
    permissions,
    journals,
    answers,
    locks: createResourceLocks(),
    planner: createPlanner({ host, layout, commands, now: Date.now, observe: look, drivers: createDrivers }),
    effects: createEffects({
      shell,
      now: Date.now,
      sleep: (milliseconds) => delay(milliseconds),
      stagingFolder: await stagingFolder(layout, state),
    }),
    endGroup: (groupFile, seconds) => shell.endGroup(groupFile, seconds),
    settle: () => shell.run({ argv: ['sync'], timeoutSeconds: 120 }).then(() => undefined, report),
    verify: (token) => verifier.hostMessage(token, { host }),
    changed: () => inventory.tell(),
    alarm,
  })
  const retention = createRetention({ journals, now: Date.now })
  await retention.start()
  releasers.add('retention', () => retention.stop())
  await theWorker.resume()
  releasers.add('worker', () => theWorker.stop())
  const receiver = openReceiver({
    address,
    queue: hostQueue(host),
    prefix,
    handle: (id, token) => theWorker.receive(id, token),
    onProblem: report,
  })
  releasers.add('receiver', () => receiver.close())
  inventory.start()
  releasers.add('inventory', () => inventory.stop())
  await receiver.ready()
  releasers.add(
    'health',
    keepHealth(config.state, 'worker', () => redis.status === 'ready'),
  )
  sayReady({ host })
  log.info({ host }, 'ready')

  const why = await stopped
  log.info({ why }, 'stopping')
  await releasers.releaseAll()
  await leave(0)
}

/** Where changed copies of configuration are checked before they count: inside whatever the shell may write to. */
async function stagingFolder(layout: Layout, state: string): Promise<string> {
  const folder = join(layout.confineTo ?? state, 'staging')
  // copies that an earlier life did not get to clear away
  await rm(folder, { recursive: true, force: true })
  await mkdir(folder, { recursive: true, mode: 0o700 })
  return folder
}

/** A lab instead of this machine: for docker-compose and for trying things out. */
async function labLayout(folder: string, { haproxy }: Layout, releasers: Releasers): Promise<Layout> {
  const { startLab } = await import('../lab/lab.ts')
  const { prepareProxy } = await import('./prepare-proxy.ts')
  const lab = await startLab({ folder, proxyAddress: haproxy.bindAddress, proxyPort: haproxy.bindPort })
  releasers.add('lab', () => lab.stop())
  await prepareProxy(lab.layout)
  return lab.layout
}
