import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { jailops, mainFile, until } from '../support/house.ts'
import { type SshHouse, startSshHouse } from '../support/ssh-house.ts'

/* A host that runs no Node: the lab behind a real sshd whose login shell is tcsh, served by a worker elsewhere, named by `jailops host add`. */

let house: SshHouse

beforeAll(async () => void (house = await startSshHouse('tcsh')), 60_000)
afterAll(() => house.stop(), 60_000)

const run = (...words: string[]) => house.run(...words)

/** The ssh clients that a worker has started. */
function sshClients(of: ChildProcess): number[] {
  const table = execFileSync('ps', ['-A', '-o', 'pid=,ppid=,comm='], { encoding: 'utf8' })
  return table
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter(([, parent, name]) => parent === String(of.pid) && name === 'ssh')
    .map(([pid]) => Number(pid))
}

test('`host add` names it, `host check` looks at it, and neither touches what is there', async () => {
  await house.addHost()

  expect(readFileSync(house.config, 'utf8')).toContain('  elsewhere: # not ours')
  expect(await jailops(['config', 'check', '--config', house.config])).toMatchObject({ code: 0 })
  const checked = await jailops(['host', 'check', 'web1', '--config', house.config])
  expect(checked.stdout).toMatch(/HAProxy/)
  expect(checked.stdout).toMatch(/FreeBSD/)
  expect(checked.code).toBeLessThan(2)
})

let worker: ChildProcess

test('a jail with its site is made over ssh, and answers', async () => {
  worker = await house.start('worker')
  await house.start('bot')

  const created = await run('jail create blog host:web1')
  const added = await run('proxy add blog.example.com')

  expect([created.state, added.state]).toEqual(['done', 'done'])
  expect(house.curl('blog.example.com')).toContain('blog')
  const listed = await run('jail list host:web1')
  expect(JSON.stringify(listed.card.table)).toContain('running')
}, 120_000)

test('all hosts at once: the one that answers, and the one that nobody serves', async () => {
  const began = performance.now()
  const { state, card } = await run('jail list host:*')

  expect(state).toBe('done')
  expect(card.table?.rows.map((row) => row.slice(0, 3))).toEqual([['web1', 'blog', 'running']])
  expect(card.text).toContain('elsewhere')
  expect(performance.now() - began).toBeLessThan(20_000)
  const { card: hosts } = await run('host list')
  expect(hosts.table?.rows.map((row) => row[0])).toEqual(['elsewhere', 'web1'])
  expect(JSON.stringify(hosts.table?.rows)).toContain('ssh')
})

test('a connection that is cut again and again in the middle of a change ends in done, once', async () => {
  const created = run('jail create shop host:web1')
  let cuts = 0
  let isOver = false
  void created.then(() => (isOver = true))
  while (!isOver && cuts < 8) {
    expect(await until(() => isOver || sshClients(worker).length > 0, 20)).toBe(true)
    await new Promise((resolve) => setTimeout(resolve, 150 + cuts * 130))
    for (const pid of sshClients(worker)) {
      try {
        process.kill(pid, 'SIGKILL')
      } catch {
        // it has just ended by itself
      }
    }
    cuts++
  }

  const { state, card } = await created
  expect({ state, text: card.text }).toMatchObject({ state: 'done' })
  expect(cuts).toBeGreaterThan(2)
  const listed = await run('jail list host:web1')
  expect(listed.card.table?.rows.map(([name, how]) => `${name} ${how}`)).toEqual(['blog running', 'shop running'])
}, 180_000)

test('a worker that is killed in the middle goes on when it is started again, and takes its lock back', async () => {
  const created = run('jail create third host:web1')
  expect(await until(() => sshClients(worker).length > 2, 20)).toBe(true)
  await house.stopChild(worker, 'SIGKILL')
  worker = await house.start('worker')

  expect((await created).state).toBe('done')
  const removed = await run('jail destroy third host:web1')
  expect(removed.state).toBe('done')
}, 180_000)

test('another worker is kept out', async () => {
  const other = join(house.folder, 'other.yaml')
  writeFileSync(other, readFileSync(house.config, 'utf8').replace(`state: ${house.folder}/state`, `state: ${house.folder}/state-other`), {
    mode: 0o600,
  })
  const second = spawn(process.execPath, [mainFile, 'worker', '--config', other], { stdio: ['ignore', 'ignore', 'pipe'] })
  let said = ''
  second.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()))

  expect(await until(() => said.includes('another jailops worker'), 20)).toBe(true)
  expect((await run('jail list host:web1')).state).toBe('done')
  await house.stopChild(second)
})
