import { mkdtemp, mkdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Config } from '../config/schema.ts'
import { type Layout, layoutSchema } from '../core/layout.ts'
import { JailopsError } from '../core/errors.ts'
import { createLocalShell } from '../host/shell-local.ts'
import { loadKeys } from '../queue/keys.ts'
import { connectRedis } from '../queue/redis.ts'
import { loadTrusted } from '../queue/trusted.ts'
import { claimHost } from '../worker/only-one.ts'
import { loadCommands } from './commands-folder.ts'
import { keepHealth } from './health.ts'
import { loadAllKeys } from './host-keys.ts'
import { createLog, hidePassword } from './log.ts'
import { version } from './program.ts'
import { loadTemplates } from './our-templates.ts'
import { type HostService, serveHost, type Serving } from './serve-host.ts'
import { createReleasers, openOrRelease, type Releasers, sayReady, untilToldToStop } from './serving.ts'
import { serveOverSsh } from './ssh-host.ts'
import { runtimeOf } from './runtime.ts'
import { leave } from './leave.ts'

/** One process: the worker of this machine, of hosts that are reached by ssh, or both. */
export async function worker(options: { config?: string; lab?: boolean }): Promise<void> {
  const log = createLog('worker')
  const runtime = runtimeOf('worker', options)
  const { config, address } = runtime
  const overSsh = sshHosts(config)
  const names = [...(config.host === undefined ? [] : [config.host.name]), ...overSsh.map(({ name }) => name)]
  if (names.length === 0) throw nothingToServe()
  // what a person has to mend is found before anything is open
  const keys = await loadAllKeys(runtime.keys, [...(config.host === undefined ? [] : [{ name: config.host.name }]), ...overSsh])
  const trusted = await loadTrusted(runtime.keys)
  const commands = await loadCommands(config.commands)
  const templates = await loadTemplates()
  hidePassword(log, address)
  const stopped = untilToldToStop()
  const releasers = createReleasers((what, error) => log.warn({ error: String(error) }, `closing ${what}`))
  const report = (error: unknown) => log.warn({ error: String(error) }, 'redis')

  const open = async () => {
    const state = join(config.state, 'worker')
    await mkdir(state, { recursive: true, mode: 0o700 })
    releasers.add('claim', await claimHost(join(state, 'claim')))
    const redis = connectRedis(address, 'commands', report)
    releasers.add('redis', () => redis.disconnect())
    const keysOf = async (host: string) => keys.get(host) ?? loadKeys(runtime.keys, host)
    const serving: Serving = {
      redis,
      address,
      prefix: runtime.prefix,
      commands,
      templates,
      keysOf,
      trusted,
      bot: config.bot.name,
      log,
      version,
      thresholds: config.alerts.thresholds,
    }
    if (config.host !== undefined) {
      const layout = options.lab === true ? await labLayout(join(config.state, 'lab'), config.host.layout, releasers) : config.host.layout
      const here = await serveHere({ ...config.host, layout }, state, serving, releasers)
      await here.open()
    }
    await serveAllOverSsh(overSsh, state, serving, releasers)
    releasers.add(
      'health',
      keepHealth(config.state, 'worker', () => redis.status === 'ready'),
    )
    sayReady({ hosts: names })
    log.info({ hosts: names }, 'ready')
  }
  // told to stop before it is ready, a Redis that is away say, it does not wait for that
  await openOrRelease(releasers, () => Promise.race([open(), stopped]))

  const why = await stopped
  log.info({ why }, 'stopping')
  await releasers.releaseAll()
  await leave(0)
}

/** The machine that the worker itself runs on. */
async function serveHere(
  { name, layout, permissions }: NonNullable<Config['host']>,
  state: string,
  serving: Serving,
  releasers: Releasers,
): Promise<HostService> {
  const shell = createLocalShell({
    programFolders: layout.programFolders,
    jailRoots: layout.jailRoots,
    ...(layout.confineTo !== undefined && { confineTo: layout.confineTo }),
  })
  releasers.add('shell', () => shell.stop())
  const staging = await stagingFolder(layout, state)
  const service = await serveHost({ name, layout, permissions, shell, state, staging }, serving)
  releasers.add(name, () => service.stop())
  return service
}

async function serveAllOverSsh(hosts: ReturnType<typeof sshHosts>, state: string, serving: Serving, releasers: Releasers): Promise<void> {
  if (hosts.length === 0) return
  const controlFolder = await mkdtemp(join(tmpdir(), 'jailops-'))
  releasers.add('control sockets', () => rm(controlFolder, { recursive: true, force: true }))
  const begun = await Promise.allSettled(
    hosts.map((host) => serveOverSsh({ ...host, controlFolder, state: join(state, 'hosts', host.name) }, serving)),
  )
  const services = begun.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []))
  releasers.add('hosts over ssh', () => Promise.all(services.map((service) => service.stop())))
  for (const one of begun) if (one.status === 'rejected') throw one.reason
}

function sshHosts({ hosts }: Config) {
  return Object.entries(hosts).flatMap(([name, { ssh: target, layout = layoutSchema.parse({}), permissions = ['*'] }]) =>
    target === undefined ? [] : [{ name, target, layout, permissions }],
  )
}

function nothingToServe(): JailopsError {
  return new JailopsError(
    'config_error',
    'Say in jailops.yaml which host this is, for example host: { name: web1 }, or which are reached by ssh: jailops host add does that.',
  )
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
