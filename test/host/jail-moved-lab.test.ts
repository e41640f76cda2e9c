import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import jailCreate from '../../commands/jail/create.ts'
import jailRestart from '../../commands/jail/restart.ts'
import jailStart from '../../commands/jail/start.ts'
import jailStop from '../../commands/jail/stop.ts'
import proxyAdd from '../../commands/proxy/add.ts'
import type { Command } from '../../src/core/command.ts'
import { ask } from '../long/proxy-prober.ts'
import { type LabHands, labHands } from './lab-hands.ts'

/* Somebody gives a jail another address in its manager's own file. Each test goes on where the one before it ended. */

const site = 'blog.example.com'
let hands: LabHands
beforeAll(async () => {
  hands = await labHands({})
  await run(jailCreate, { jail: 'blog' })
  await run(proxyAdd, { site })
}, 120_000)
afterAll(() => hands?.stop())

const run = async (command: Command, args: Record<string, unknown>) => hands.carryOut((await hands.plan(command, args)).steps)
const blog = async () => (await hands.facts()).jail('blog')
const byHand = (flag: string) =>
  hands.carryOut([{ title: 'By hand', action: { kind: 'run', argv: ['jail', '-f', fileOfBlog(), flag, 'blog'], timeoutSeconds: 60 } }])
const status = async () => {
  const { bindAddress: address, bindPort: port } = hands.lab.layout.haproxy
  return (await ask({ address, port }, site)).status
}

/** And where its nginx listens, which jailops wrote there when it made the jail: it is the jail's own since. */
function editAddress(from: string, to: string): void {
  replaceIn(fileOfBlog(), from, to)
  for (const name of ['listen.inc', '20-status.conf'])
    replaceIn(join(hands.lab.layout.jailRoots, 'blog/usr/local/etc/nginx/jailops', name), from, to)
}

const fileOfBlog = () => join(hands.lab.layout.jailConfFolder, 'blog.conf')

function replaceIn(file: string, from: string, to: string): void {
  const text = readFileSync(file, 'utf8')
  if (!text.includes(from)) throw new Error(`${file} has no ${from}`)
  writeFileSync(file, text.replaceAll(from, to))
}

test('a jail is not stopped by a file that says another address than it has', async () => {
  const { address: before = '' } = await blog()
  const next = before.replace(/[0-9]+$/, '77')
  replaceIn(fileOfBlog(), before, next)

  expect(await blog()).toMatchObject({ address: before, nextAddress: next })
  await expect(hands.plan(jailRestart, { jail: 'blog' })).rejects.toMatchObject({ code: 'host_not_ready' })
  replaceIn(fileOfBlog(), next, before)
})

test('a start leads its sites to where it is then', async () => {
  const { address: before = '' } = await blog()
  const next = before.replace(/[0-9]+$/, '77')
  await run(jailStop, { jail: 'blog' })
  editAddress(before, next)

  await run(jailStart, { jail: 'blog' })

  expect([(await blog()).address, await status()]).toEqual([next, 200])
  expect((await hands.facts()).proxy.backends.some(({ isStale }) => isStale)).toBe(false)
})

test('so does a restart of one that was started with it by hand', async () => {
  const { address: before = '' } = await blog()
  const next = before.replace(/[0-9]+$/, '78')
  await byHand('-r')
  editAddress(before, next)
  await byHand('-c')
  expect(await status()).toBe(503)

  await run(jailRestart, { jail: 'blog' })

  expect([(await blog()).address, await status()]).toEqual([next, 200])
})

test('a restart goes on where HAProxy dies meanwhile; its next start is by the files', async () => {
  const { steps } = await hands.plan(jailRestart, { jail: 'blog' })
  const { pidFile } = hands.lab.layout.haproxy
  process.kill(Number(readFileSync(pidFile, 'utf8')), 'SIGKILL')

  await hands.carryOut(steps)

  expect((await hands.facts()).proxy.running).toBe(false)
  expect((await blog()).state).toBe('running')
  await run(proxyAdd, { site: 'more.example.com', jail: 'blog' })
  expect(await status()).toBe(200)
})
