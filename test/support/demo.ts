import { spawn, type ChildProcess } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'
import { runInShell } from '../../src/chat/shell/client.ts'
import type { Said } from '../../src/chat/adapter.ts'
import type { Answer, Card } from '../../src/core/card.ts'

const main = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url))
const readySchema = z.strictObject({ ready: z.literal(true), web: z.string(), proxy: z.string(), stateDir: z.string() })

/** The real demo, as a process of its own, in a temporary folder. */
export interface Demo {
  web: string
  proxy: string
  stateDir: string
  process: ChildProcess
  /** The host's own files. */
  hostFolder: string
  pid(name: 'bot' | 'worker' | 'redis'): number
  say(person: string, text: string | Said, options?: SayOptions): Promise<Card>
  /** Says it, has bo approve it, and waits for the end. */
  sayApproved(person: string, text: string): Promise<Card>
  /** What the proxy answers for a host name. */
  get(host: string, path?: string): Promise<{ status: number; body: string }>
  /** With `keep` the state folder stays, for another start on it. */
  stop(options?: { keep?: boolean }): Promise<void>
}

export interface SayOptions {
  wait?: 'accepted' | 'approval' | 'end'
  delivery?: string
  onCard?(card: Card): void
  /** What is told to this person alone. */
  onAnswer?(answer: Answer): void
}

export interface DemoOptions {
  args?: readonly string[]
  env?: Record<string, string>
  /** A new temporary folder by default. */
  stateDir?: string
}

export async function startDemo(options: DemoOptions = {}): Promise<Demo> {
  const stateDir = options.stateDir ?? mkdtempSync(join(tmpdir(), 'demo-'))
  const child = spawn(process.execPath, [main, 'demo', '--headless', '--state-dir', stateDir, ...(options.args ?? [])], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...options.env },
  })
  let errors = ''
  child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()))
  const ready = await new Promise<z.infer<typeof readySchema>>((resolve, reject) => {
    createInterface({ input: child.stdout }).once('line', (line) => resolve(readySchema.parse(JSON.parse(line))))
    child.once('exit', (code) => reject(new Error(`the demo ended with ${code}: ${errors}`)))
  })
  const say: Demo['say'] = (person, text, { wait = 'end', delivery = randomUUID(), onCard, onAnswer } = {}) =>
    runInShell({
      socketPath: join(stateDir, 'run/shell.sock'),
      pointerFile: join(stateDir, 'shell.json'),
      as: person,
      text,
      delivery,
      wait,
      connectSeconds: 30,
      reconnectSeconds: 60,
      ...(onCard && { onCard }),
      ...(onAnswer && { onAnswer }),
    })
  return {
    web: ready.web,
    proxy: ready.proxy,
    stateDir,
    process: child,
    hostFolder: join(stateDir, 'lab/host'),
    pid: (name) => Number(readFileSync(join(stateDir, 'run', `${name}.pid`), 'utf8')),
    say,
    async sayApproved(person, text) {
      const asked = await say(person, text, { wait: 'approval' })
      if (asked.state !== 'waiting') return asked
      const vote = await say('bo', `approve ${asked.request}`)
      if (vote.state !== 'done') throw new Error(`${text} could not be approved: ${vote.reason} ${vote.text}`)
      return followed(say, person, asked.request)
    },
    async get(host, path = '/') {
      const { request } = await import('node:http')
      const { port, hostname } = new URL(ready.proxy)
      return new Promise((resolve, reject) => {
        const asking = request({ host: hostname, port, path, headers: { host, connection: 'close' }, timeout: 5000 }, (response) => {
          let body = ''
          response.on('data', (chunk: Buffer) => (body += chunk.toString()))
          response.on('end', () => resolve({ status: response.statusCode ?? 0, body }))
        })
        asking.on('error', reject)
        asking.end()
      })
    },
    async stop({ keep = false } = {}) {
      const ended = new Promise((resolve) => child.once('exit', resolve))
      if (child.exitCode === null && child.signalCode === null) {
        child.kill('SIGTERM')
        await ended
      }
      if (!keep) rmSync(stateDir, { recursive: true, force: true })
    },
  }
}

/** Polls `job show` until that request has ended. */
async function followed(say: Demo['say'], person: string, request: string): Promise<Card> {
  for (;;) {
    const shown = await say(person, `job show ${request}`)
    const about = shown.about
    if (about === undefined) return shown
    if (!['stored', 'planning', 'waiting', 'queued', 'running'].includes(about.state))
      return { ...shown, request: about.request, state: about.state, ...(about.reason !== undefined && { reason: about.reason }) }
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}
