import { spawn, type ChildProcess } from 'node:child_process'
import { chmodSync, closeSync, existsSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { JailopsError } from '../core/errors.ts'
import { knock } from './knock.ts'

export interface PrivateRedis {
  socketPath: string
  pid: number
  /** Resolves when the process is gone, whoever ended it. It is not started again from here: the same call does that. */
  exited: Promise<{ code: number | null; signal: NodeJS.Signals | null }>
  stop(): Promise<void>
}

export interface PrivateRedisOptions {
  /** Holds the append-only file and the log; the next start in the same folder has all that was acknowledged. */
  folder: string
  /** Ends the server when this process dies without a word. */
  guard?: { add(name: string, pid: number): void; remove(name: string): void }
  /** The program; found on the PATH by default. */
  redisServer?: string
  /** As Redis writes it: `64mb`. When it is full, writes are refused; nothing is ever evicted. */
  maxMemory?: string
}

const longestSocketPath = 100
const startMilliseconds = 30_000

/** A Redis of our own: no port, a socket for its owner only, every write on disk before it is acknowledged. */
export async function startPrivateRedis(options: PrivateRedisOptions): Promise<PrivateRedis> {
  const folder = resolve(options.folder)
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  chmodSync(folder, 0o700)
  const run = runFolder(folder)
  const socketPath = join(run.path, 'redis.sock')
  try {
    await untilFree(folder)
    writeFileSync(join(folder, 'socket'), socketPath)
    const child = start(options, folder, socketPath)
    child.on('error', () => undefined) // told by pidOf
    const exited = new Promise<Awaited<PrivateRedis['exited']>>((done) => {
      child.once('exit', (code, signal) => done({ code, signal }))
    })
    const pid = await pidOf(child, options.redisServer)
    const name = `redis-${pid}`
    options.guard?.add(name, pid)
    child.once('exit', () => {
      options.guard?.remove(name)
      run.remove()
    })
    await untilReady(child, socketPath, folder)
    return { socketPath, pid, exited, stop: () => stop(child, exited) }
  } catch (error) {
    run.remove()
    throw error
  }
}

/** Where the socket lies: a Unix socket's path has room for about a hundred bytes only. */
function runFolder(folder: string): { path: string; remove(): void } {
  if (Buffer.byteLength(join(folder, 'redis.sock')) <= longestSocketPath) return { path: folder, remove: () => undefined }
  const path = mkdtempSync(join(tmpdir(), 'jailops-'))
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) }
}

/** Two servers on one append-only file would ruin it. A predecessor that a guard is just ending gets a moment. */
async function untilFree(folder: string): Promise<void> {
  const note = join(folder, 'socket')
  if (!existsSync(note)) return
  const deadline = performance.now() + 3000
  while ((await knock(readFileSync(note, 'utf8'))) !== 'closed') {
    if (performance.now() > deadline) {
      throw new JailopsError('config_error', `A Redis already runs in ${folder}; stop it first, or choose another folder.`)
    }
    await delay(50)
  }
}

function start(options: PrivateRedisOptions, folder: string, socketPath: string): ChildProcess {
  const log = openSync(join(folder, 'redis.log'), 'a', 0o600)
  try {
    // A group of its own: Ctrl-C in a terminal must reach us first, so that we stop in order.
    return spawn(options.redisServer ?? 'redis-server', settings(options, folder, socketPath), {
      cwd: folder,
      stdio: ['ignore', log, log],
      detached: true,
    })
  } finally {
    closeSync(log)
  }
}

function settings(options: PrivateRedisOptions, folder: string, socketPath: string): string[] {
  const values = {
    port: '0',
    unixsocket: socketPath,
    unixsocketperm: '700',
    dir: folder,
    daemonize: 'no',
    appendonly: 'yes',
    appendfsync: 'always',
    'no-appendfsync-on-rewrite': 'no',
    'aof-load-truncated': 'yes',
    save: '',
    maxmemory: options.maxMemory ?? '256mb',
    'maxmemory-policy': 'noeviction',
    logfile: join(folder, 'redis.log'),
  }
  return Object.entries(values).flatMap(([name, value]) => [`--${name}`, value])
}

async function pidOf(child: ChildProcess, program = 'redis-server'): Promise<number> {
  if (child.pid !== undefined) return child.pid
  const cause = await new Promise<Error>((done) => {
    child.once('error', done)
  })
  throw new JailopsError(
    'config_error',
    `The program ${program} was not found or cannot run; install Redis 7 or later, or give its path.`,
    { cause },
  )
}

async function untilReady(child: ChildProcess, socketPath: string, folder: string): Promise<void> {
  const deadline = performance.now() + startMilliseconds
  while ((await knock(socketPath)) !== 'ready') {
    if (hasEnded(child)) throw new JailopsError('store_unavailable', `redis-server ended at once. Its log says:\n${lastLines(folder)}`)
    if (performance.now() > deadline) {
      child.kill('SIGKILL')
      throw new JailopsError('store_unavailable', `redis-server did not answer in time. Its log says:\n${lastLines(folder)}`)
    }
    await delay(10)
  }
}

async function stop(child: ChildProcess, exited: Promise<unknown>): Promise<void> {
  if (!hasEnded(child)) {
    child.kill('SIGTERM')
    child.kill('SIGCONT') // a stopped process would not hear the first
  }
  const force = setTimeout(() => child.kill('SIGKILL'), 5000)
  await exited
  clearTimeout(force)
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null
}

function lastLines(folder: string): string {
  return readFileSync(join(folder, 'redis.log'), 'utf8').trimEnd().split('\n').slice(-6).join('\n')
}
