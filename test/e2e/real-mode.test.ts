import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type PrivateRedis, startPrivateRedis } from '../../src/queue/private-redis.ts'

/* Not the demo: a jailops.yaml, keys that were carried by hand, a worker of its own, and shell users who are proved. */

const main = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url))
const uid = process.getuid?.() ?? 0
let folder: string
let redis: PrivateRedis
const children: ChildProcess[] = []

function jailops(...args: string[]): Promise<{ code: number; out: string }> {
  return new Promise((resolve) => {
    const child = execFile(process.execPath, [main, ...args], (_error, stdout, stderr) =>
      resolve({ code: child.exitCode ?? -1, out: stdout + stderr }),
    )
  })
}

function configFor(side: string, extra: string): string {
  const path = join(folder, `${side}.yaml`)
  writeFileSync(path, `redis: { url: ${redis.socketPath} }\nkeys: ${folder}/keys-${side}\nstate: ${folder}/state-${side}\n${extra}`, {
    mode: 0o600,
  })
  return path
}

function start(...args: string[]): Promise<void> {
  const child = spawn(process.execPath, [main, ...args], { stdio: ['ignore', 'ignore', 'pipe', 'ipc'] })
  children.push(child)
  let said = ''
  child.stderr?.on('data', (chunk: Buffer) => (said += chunk.toString()))
  return new Promise((resolve, reject) => {
    child.on('message', () => resolve())
    child.on('exit', (code) => reject(new Error(`${args.join(' ')} ended with ${code}: ${said}`)))
  })
}

function publicLine(side: string, name: string): string {
  return readFileSync(join(folder, `keys-${side}`, `${name}.pub`), 'utf8').trim()
}

let bot: string
let host: string

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'real-'))
  redis = await startPrivateRedis({ folder: join(folder, 'redis') })
  host = configFor(
    'host',
    'host:\n  name: web1\n  permissions: ["jail.list", "jail.create", "jail.stop"]\n  layout: { haproxy: { bindPort: 18999 } }\n',
  )
  bot = configFor(
    'bot',
    `hosts: { web1: {} }\npolicy:\n  roles:\n    all: { permissions: ['*'], members: ['shell:user:${uid}'] }\n  approvals: [{ permissions: ['jail.stop'], count: 1 }]\n`,
  )
})

afterAll(async () => {
  for (const child of children) child.removeAllListeners('exit')
  await Promise.all(
    children.map(
      (child) =>
        new Promise((resolve) => {
          if (child.exitCode !== null || child.signalCode !== null) return resolve(undefined)
          child.once('exit', resolve)
          child.kill('SIGTERM')
        }),
    ),
  )
  await redis.stop()
  rmSync(folder, { recursive: true, force: true })
})

test('both configurations are good', async () => {
  expect(await jailops('config', 'check', '--config', bot)).toMatchObject({ code: 0 })
  expect(await jailops('config', 'check', '--config', host)).toMatchObject({ code: 0 })
})

test('enrolling prints the line for the other side and trusts what was carried over', async () => {
  const first = await jailops('host', 'enroll', 'bot', '--config', bot)
  expect(first.out).toContain(publicLine('bot', 'bot'))
  const second = await jailops('host', 'enroll', 'web1', '--config', host, '--trust', publicLine('bot', 'bot'))
  expect(second.out).toContain('bot is trusted')
  const third = await jailops('host', 'enroll', 'bot', '--config', bot, '--trust', publicLine('host', 'web1'))
  expect(third.code).toBe(0)
})

test('who speaks in the shell is proved, not claimed', async () => {
  await start('worker', '--lab', '--config', host)
  await start('bot', '--config', bot)

  const me = await jailops('run', '--config', bot, 'whoami')
  const claimed = await jailops('run', '--config', bot, '--as', 'ana', 'whoami')

  expect(me.out).toContain(`shell:user:${uid}`)
  expect(me.code).toBe(0)
  expect(claimed.code).toBe(3)
  expect(claimed.out).toContain('as')
})

test('a question is answered, and a change that needs no approval is carried out at once', async () => {
  const list = await jailops('run', '--config', bot, 'jail list')
  const created = await jailops('run', '--config', bot, '--json', 'jail create blog nginx:no')

  expect(list).toMatchObject({ code: 0 })
  expect(created.code).toBe(0)
  expect(JSON.parse(created.out)).toMatchObject({ state: 'done' })
  expect((await jailops('run', '--config', bot, 'jail list')).out).toMatch(/blog\s+running/)
})

test('the host refuses what its own configuration does not let the bot ask for', async () => {
  const refused = await jailops('run', '--config', bot, '--json', 'jail info blog')

  expect(refused.code).toBe(3)
  expect(JSON.parse(refused.out)).toMatchObject({ state: 'refused', reason: 'not_allowed_on_host' })
})

test('a second worker on the same host is refused', async () => {
  const second = await jailops('worker', '--lab', '--config', host)

  expect(second.code).toBe(2)
  expect(second.out).toContain('Another jailops worker')
})

test('both are well', async () => {
  expect(await jailops('health', '--config', bot)).toMatchObject({ code: 0 })
  expect(await jailops('health', '--config', host)).toMatchObject({ code: 0 })
})

test('a second bot waits, and takes over when the first is killed', async () => {
  const first = children.at(-1)
  const second = start('bot', '--config', bot)
  const whoever = await Promise.race([second.then(() => 'second'), jailops('run', '--config', bot, 'whoami').then(() => 'first')])
  expect(whoever).toBe('first')

  first?.removeAllListeners('exit')
  first?.kill('SIGKILL')
  await second

  expect(await jailops('run', '--config', bot, 'jail list')).toMatchObject({ code: 0 })
})
