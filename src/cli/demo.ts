import { existsSync, statSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join, resolve } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { demoBot, demoConfig, demoHost, sshHostsOf } from '../config/demo.ts'
import { loadConfig, readFileFromDisk } from '../config/load.ts'
import type { Config } from '../config/schema.ts'
import { JailopsError } from '../core/errors.ts'
import { absolutePath } from '../core/layout.ts'
import { startGuard } from '../guard/guard.ts'
import { type LabOptions, startLab } from '../lab/lab.ts'
import { startPrivateRedis, type PrivateRedis } from '../queue/private-redis.ts'
import { claimHost } from '../worker/only-one.ts'
import { keepRunning, type Child } from './children.ts'
import { loadCommands } from './commands-folder.ts'
import { createAll } from './keys.ts'
import { prepareProxy } from './prepare-proxy.ts'
import { mainFile } from './program.ts'
import { demoFileVariable } from './runtime.ts'
import { createReleasers, untilToldToStop } from './serving.ts'
import { demoFolder } from './state-folder.ts'
import { leave } from './leave.ts'

export interface DemoOptions {
  headless?: boolean
  stateDir?: string
  port: string
  proxyPort?: string
  config?: string
  managers?: string
  zfs?: boolean
}

const triesBeforeReady = 5

/** Everything on one machine: a private Redis, a FreeBSD host in a folder, and bot and worker as processes of their own. */
export async function demo(options: DemoOptions): Promise<void> {
  const stopped = untilToldToStop()
  const say = (line: string) => void (options.headless === true || process.stdout.write(`${line}\n`))
  const releasers = createReleasers((what, error) => process.stderr.write(`jailops: closing ${what}: ${String(error)}\n`), 30_000)
  try {
    const state = stateFolder(options.stateDir)
    const asked = { web: portOf(options.port), proxy: options.proxyPort === undefined ? undefined : portOf(options.proxyPort) }
    await mustBeFree(asked.web)
    await mustBeFree(asked.proxy ?? 0)
    const added = options.config === undefined ? undefined : settingsIn(options.config)
    await loadCommands(added?.commands ?? []) // what is wrong with them is said here and now, not in a log
    const hosts = [demoHost, ...sshHostsOf(added).map(([name]) => name)]
    const places = { run: join(state, 'run'), log: join(state, 'log'), keys: join(state, 'keys'), file: join(state, 'demo.json') }
    await mkdir(state, { recursive: true, mode: 0o700 })
    releasers.add('claim', await claimHost(join(state, 'claim'), (pid) => inTheWay(pid, state)))
    for (const folder of [places.run, places.log]) await mkdir(folder, { recursive: true })
    for (const host of hosts) await createAll({ folder: places.keys, bot: demoBot, host })

    // whatever happens to this process, the guard ends the real Redis, HAProxy and nginx
    const guard = startGuard(join(places.run, 'guard'))
    releasers.add('guard', () => guard.stop())
    say('Starting a private Redis, a FreeBSD host in a folder, HAProxy, a bot and a worker …')
    const managers = labManagers(options.managers)
    const lab = await startLab({
      folder: join(state, 'lab'),
      managers,
      zfs: options.zfs === true || managers.includes('iocage'),
      ...(asked.proxy !== undefined && { proxyPort: asked.proxy }),
    })
    releasers.add('lab', () => lab.stop())
    await prepareProxy(lab.layout)

    const web = asked.web || (await listenOnce(0))
    const writeDemoFile = (socketPath: string) =>
      writeFile(
        places.file,
        JSON.stringify({
          config: demoConfig({ stateDir: state, layout: lab.layout, ports: { web }, added }),
          socketPath,
          keys: places.keys,
        }),
        { mode: 0o600 },
      )
    const children: Child[] = []
    const redis = await keepRedis({
      folder: join(state, 'redis'),
      guard,
      pidFile: join(places.run, 'redis.pid'),
      moved: async (socketPath) => {
        await writeDemoFile(socketPath)
        for (const child of children) child.restart()
      },
    })
    releasers.add('redis', () => redis.stop())
    await writeDemoFile(redis.socketPath)

    const startsInVain = Promise.withResolvers<never>()
    for (const name of ['worker', 'bot']) {
      let ends = 0
      const child = keepRunning({
        name,
        args: [mainFile, name],
        env: { ...process.env, [demoFileVariable]: places.file },
        logFile: join(places.log, `${name}.log`),
        pidFile: join(places.run, `${name}.pid`),
        onEnd: (code, signal) => {
          process.stderr.write(`jailops: the ${name} ended (${signal ?? code}) and is started again; see ${places.log}\n`)
          if (++ends === triesBeforeReady)
            startsInVain.reject(
              new JailopsError('worker_failed', `The ${name} does not start; ${join(places.log, `${name}.log`)} says why.`),
            )
        },
      })
      children.push(child)
      releasers.add(name, () => child.stop())
    }
    const ready = await Promise.race([Promise.all(children.map((child) => child.ready)), stopped, startsInVain.promise])
    startsInVain.promise.catch(() => undefined) // from now on they are kept running, however often they end
    if (typeof ready !== 'string')
      tellReady(options, { web: `http://127.0.0.1:${web}`, proxy: `http://127.0.0.1:${lab.layout.haproxy.bindPort}`, stateDir: state })
    await stopped
    say('Stopping …')
  } finally {
    await releasers.releaseAll()
  }
  await leave(0)
}

function tellReady({ headless }: DemoOptions, where: { web: string; proxy: string; stateDir: string }): void {
  if (headless === true) return void process.stdout.write(`${JSON.stringify({ ready: true, ...where })}\n`)
  process.stdout.write(`
  Open  ${where.web}
  As ana (operator) type        /jail create blog
  Switch to bo (approver), click Approve, and watch the steps.
  Then                          /proxy add blog.example.com
  and, once approved, in a shell
    curl -H 'Host: blog.example.com' ${where.proxy}/
    npx jailops run --as ana "jail list"

  Everything is in ${where.stateDir}. Ctrl-C ends it all.
`)
}

/** Without its warnings: what it leaves out, roles say, the demo has itself. @throws config_error */
function settingsIn(file: string): Config {
  // what is to write it may still be at it, and its hosts would be missing without a word
  if (existsSync(file) && statSync(file).size === 0) throw new JailopsError('config_error', `There is nothing in ${file} yet.`)
  return loadConfig({ file, environment: process.env, readFile: readFileFromDisk }).config
}

/** @throws usage: the host's folder lies in it, and its path goes into HAProxy's, nginx's and jail's files */
function stateFolder(named: string | undefined): string {
  const folder = named === undefined ? demoFolder() : resolve(named)
  if (absolutePath.safeParse(folder).success) return folder
  throw new JailopsError(
    'usage',
    `The demo cannot live in ${folder}: configuration files name its path, so it may hold letters, digits and . _ + @ - only. Say another one: --state-dir FOLDER`,
  )
}

interface KeptRedis {
  socketPath: string
  stop(): Promise<void>
}

/** A private Redis that is started again when it dies; `moved` is told when its socket is another one then. */
async function keepRedis(options: {
  folder: string
  guard: Parameters<typeof startPrivateRedis>[0]['guard'] & object
  pidFile: string
  moved(socketPath: string): Promise<void>
}): Promise<KeptRedis> {
  let stopping = false
  const start = async () => {
    const redis = await startPrivateRedis({ folder: options.folder, guard: options.guard })
    await writeFile(options.pidFile, `${redis.pid}\n`)
    return redis
  }
  let current: PrivateRedis = await start()
  const watch = async () => {
    while (!stopping) {
      const { socketPath, exited } = current
      await exited
      if (stopping) return
      process.stderr.write('jailops: Redis ended and is started again\n')
      current = await start().catch(async (error: unknown) => {
        process.stderr.write(`jailops: ${String(error)}\n`)
        await delay(500)
        return current
      })
      if (current.socketPath !== socketPath) await options.moved(current.socketPath)
    }
  }
  void watch()
  return {
    socketPath: current.socketPath,
    async stop() {
      stopping = true
      await current.stop()
    },
  }
}

function inTheWay(pid: string, state: string): string {
  return `A demo runs in ${state} already (process ${pid}). Use that one, stop it, or start this one elsewhere: --state-dir FOLDER`
}

function portOf(text: string): number {
  const port = Number(text)
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port
  throw new JailopsError('usage', `${text} is no port; write a number from 0 to 65535.`)
}

/** 0 stands for any. @throws usage */
async function mustBeFree(port: number): Promise<void> {
  if (port === 0) return
  await listenOnce(port).catch((cause: unknown) => {
    throw new JailopsError('usage', `Port ${port} of 127.0.0.1 cannot be had: something else listens there. Choose another one.`, { cause })
  })
}

/** The port that it was; for 0 a free one, chosen once, so that the page comes back at the same place when the bot is started again. */
function listenOnce(port: number): Promise<number> {
  return new Promise((resolvePort, reject) => {
    const probe = createServer()
    probe.once('error', reject)
    probe.listen(port, '127.0.0.1', () => {
      const address = probe.address()
      probe.close(() => resolvePort(typeof address === 'object' && address !== null ? address.port : 0))
    })
  })
}

/** @throws config_error */
function labManagers(text = ''): NonNullable<LabOptions['managers']> {
  return text
    .split(',')
    .filter((word) => word !== '')
    .map((word) => {
      const known = (['bastille', 'iocage', 'ezjail'] as const).find((one) => one === word.trim())
      if (known !== undefined) return known
      throw new JailopsError(
        'config_error',
        `There is no jail manager ${word}; --managers takes bastille, iocage and ezjail, with commas between.`,
      )
    })
}
