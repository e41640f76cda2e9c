import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { setFaults } from '../../src/lab/lab.ts'
import { type Demo, startDemo } from '../support/demo.ts'
import { isAlive, jailops, listing, processesOf, projectFolder, runJson, temporaryFolder, until } from '../support/house.ts'

/* "So that anyone can script it", word by word, by the real program. */

describe('jailops run', () => {
  let demo: Demo
  let untouched: Record<string, string>
  const run = (person: string, ...words: string[]) => runJson(demo.stateDir, person, ...words)
  const flags = (...args: string[]) => jailops(['run', '--state-dir', demo.stateDir, '--as', 'ana', ...args])

  beforeAll(async () => {
    demo = await startDemo()
    untouched = listing(demo.hostFolder)
  })
  afterAll(() => demo?.stop(), 60_000)

  it('0: done, with exactly four parts in its one line', async () => {
    const { stdout, stderr, code } = await flags('--json', 'jail list')
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout.endsWith('}\n')).toBe(true)
    expect(Object.keys(JSON.parse(stdout))).toEqual(['request', 'state', 'reason', 'card'])
    const text = await flags('jail list')
    expect(text).toMatchObject({ code: 0, stdout: expect.stringContaining('No jails yet') })
  })

  it('0: accepted, with --no-wait', async () => {
    const { code, stdout } = await flags('--json', '--no-wait', 'jail create blog')
    const line = JSON.parse(stdout)
    expect(code).toBe(0)
    expect(line).toMatchObject({ state: 'accepted', reason: null, request: expect.stringMatching(/^r[a-z0-9]{15}$/) })
    expect(await until(async () => (await demo.say('ana', `job show ${line.request}`)).about?.state === 'waiting')).toBe(true)
    await run('ana', `job cancel ${line.request}`)
    expect((await flags('--json', '--no-wait', 'jail create ../x')).code).toBe(2)
  })

  it('2: usage and bad arguments, with the sentence on the card, also where the shell splits the words', async () => {
    for (const [words, reason] of [
      [['jail', 'create', 'a b'], 'bad_argument'],
      [['jail', 'create', ''], 'bad_argument'],
      [['jail', 'create', '-rf'], 'bad_argument'],
      [['jail', 'create', 'blog', '--ip', '10.0.0'], 'bad_argument'],
      [['jail create'], 'missing_argument'],
      [['frobnicate'], 'unknown_command'],
      [['jail craete blog'], 'unknown_command'],
      [[''], 'usage'],
      [['job show rzzzzzzzzzzzzzzz'], 'unknown_request'],
    ] as const) {
      const refused = await run('ana', ...words)
      expect([words, refused.code, refused.reason]).toEqual([words, 2, reason])
      expect(refused.card.text?.length).toBeGreaterThan(20)
    }
    expect((await run('ana', 'jail craete blog')).card.text).toContain('jail create')
  })

  it('2: what the program itself does not take', async () => {
    for (const args of [
      ['run'],
      ['nosuch'],
      ['demo', '--nosuch'],
      ['run', '--as'],
      ['demo', '--port', 'x', '--headless', '--state-dir', join(demo.stateDir, 'no')],
    ]) {
      const { code, stderr, stdout } = await jailops(args)
      expect([args, code, stdout]).toEqual([args, 2, ''])
      expect(stderr).not.toBe('')
    }
    expect((await jailops(['--help'])).code).toBe(0)
    expect((await jailops(['run', '--help'])).code).toBe(0)
  })

  it('3: refused by policy, and denied', async () => {
    expect(await run('eve', 'jail create blog')).toMatchObject({ code: 3, state: 'refused', reason: 'permission_denied' })
    const { request } = await run('ana', 'jail create blog')
    expect(await run('bo', `deny ${request}`)).toMatchObject({ code: 0, state: 'done' })
    expect(await run('ana', `job show ${request}`)).toMatchObject({ code: 3, state: 'denied', reason: 'denied', request })
  })

  it('4, then 0: --wait-for-approval stays until the end', async () => {
    const waiting = flags('--json', '--wait-for-approval', 'jail create blog nginx:no')
    let request = ''
    expect(
      await until(async () => {
        const rows = (await demo.say('ana', 'job list')).table?.rows ?? []
        request = rows.find((row) => row[1] === 'waiting')?.[0] ?? ''
        return request !== ''
      }),
    ).toBe(true)
    expect(await run('ana', `job show ${request}`)).toMatchObject({ code: 4, state: 'waiting', request })
    await run('bo', `approve ${request}`)
    const { code, stdout } = await waiting
    expect([code, JSON.parse(stdout).state]).toEqual([0, 'done'])
    expect(await run('eve', `job show ${request}`)).toMatchObject({ code: 0, state: 'done', request })
    await demo.sayApproved('ana', 'jail destroy blog')
  })

  it('5: undone, and 8: cancelled', async () => {
    setFaults(join(demo.stateDir, 'lab'), [{ program: 'pkg', argumentsInclude: ['install'], exitCode: 1, stderr: 'pkg: no network\n' }])
    const undone = await demo.sayApproved('ana', 'jail create blog')
    setFaults(join(demo.stateDir, 'lab'), [])
    expect(await run('ana', `job show ${undone.request}`)).toMatchObject({ code: 5, state: 'undone', reason: 'step_failed' })
    const { request } = await run('ana', 'jail create blog')
    await run('ana', `job cancel ${request}`)
    expect(await run('ana', `job show ${request}`)).toMatchObject({ code: 8, state: 'cancelled', reason: 'cancelled', request })
    expect(listing(demo.hostFolder)).toEqual(untouched)
  })

  it('8: cancelled while it runs takes back what was done', async () => {
    setFaults(join(demo.stateDir, 'lab'), [{ program: 'pkg', argumentsInclude: ['install'], delayMilliseconds: 1500 }])
    const { request } = await run('ana', 'jail create blog')
    await demo.say('bo', `approve ${request}`)
    expect(await until(async () => (await demo.say('ana', `job show ${request}`)).about?.state === 'running')).toBe(true)
    await delay(300)
    await demo.say('ana', `job cancel ${request}`)
    expect(await until(async () => (await run('ana', `job show ${request}`)).state !== 'accepted')).toBe(true)
    setFaults(join(demo.stateDir, 'lab'), [])
    expect(await run('ana', `job show ${request}`)).toMatchObject({ code: 8, state: 'cancelled' })
    expect(listing(demo.hostFolder)).toEqual(untouched)
  })

  it('7: nobody there', async () => {
    const nobody = await runJson(temporaryFolder(), 'ana', 'jail list')
    expect(nobody).toMatchObject({ code: 7, state: 'unreachable', reason: 'bot_unreachable', request: null })
    expect(nobody.card.text).toContain('Nothing was done')
  })

  it('a dry run shows the plan, changes nothing and reserves nothing', async () => {
    const dry = await run('ana', 'jail create blog dry-run:yes')
    expect(dry).toMatchObject({ code: 0, state: 'done' })
    expect(dry.card['steps']).not.toEqual([])
    expect(dry.card['buttons']).toEqual([])
    expect(listing(demo.hostFolder)).toEqual(untouched)
    const address = ({ fields }: typeof dry.card) => fields.find(({ name }) => name === 'Address')?.value
    const real = await run('bo', 'jail create blog')
    expect(address(real.card)).toBe(address(dry.card))
    expect(await run('bo', `approve ${dry.request}`)).toMatchObject({ state: 'refused' })
    await run('bo', `job cancel ${real.request}`)
    expect((await run('ana', 'jail list --dry-run')).code).toBe(2)
  })

  it('npx jailops works in the project folder, and finds the demo by its folder', async () => {
    const { code, stdout } = await jailops(
      ['--no-install', 'jailops', 'run', '--state-dir', demo.stateDir, '--as', 'eve', '--json', 'whoami'],
      {
        program: 'npx',
        cwd: projectFolder,
      },
    )
    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({ state: 'done', card: { title: 'You are eve' } })
  })

  it('a second demo on the same folder is refused with a sentence, and harms nothing', async () => {
    const second = await jailops(['demo', '--headless', '--state-dir', demo.stateDir])
    expect(second).toMatchObject({ code: 2, stdout: '' })
    expect(second.stderr).toContain(`A demo runs in ${demo.stateDir} already`)
    expect(await run('eve', 'host status')).toMatchObject({ code: 0 })
  })

  it('a port that is taken is named', async () => {
    const folder = temporaryFolder()
    for (const [option, url] of [
      ['--port', demo.web],
      ['--proxy-port', demo.proxy],
    ] as const) {
      const refused = await jailops(['demo', '--headless', '--state-dir', folder, option, new URL(url).port])
      expect([option, refused.code]).toEqual([option, 2])
      expect(refused.stderr).toContain(new URL(url).port)
    }
    expect(processesOf(folder)).toEqual([])
  })

  it('a path of more than 100 characters works, and two demos live side by side', async () => {
    const long = join(temporaryFolder(), 'a-rather-long-name-of-a-folder'.repeat(5))
    const other = await startDemo({ stateDir: long })
    expect(other.proxy).not.toBe(demo.proxy)
    expect(other.web).not.toBe(demo.web)
    for (const one of [demo, other]) {
      expect((await one.sayApproved('ana', 'jail create blog')).state).toBe('done')
      expect((await one.sayApproved('ana', 'proxy add blog.example.com')).state).toBe('done')
    }
    expect(await runJson(long, 'ana', 'jail list')).toMatchObject({ code: 0 })
    expect((await other.get('blog.example.com')).body).toContain('served by jail blog')
    await other.stop({ keep: true })
    expect((await demo.get('blog.example.com')).body).toContain('served by jail blog')
    expect(processesOf(long)).toEqual([])
    rmSync(long, { recursive: true })
  })
})

describe('jailops demo', () => {
  it('SIGTERM ends everything that it started', async () => {
    const demo = await startDemo()
    await demo.sayApproved('ana', 'jail create blog')
    const pids = [demo.process.pid ?? 0, demo.pid('bot'), demo.pid('worker'), demo.pid('redis')]
    expect(processesOf(demo.stateDir).join('\n')).toMatch(/haproxy/)
    const exited = new Promise((resolve) => demo.process.once('exit', resolve))
    const started = performance.now()
    demo.process.kill('SIGTERM')
    expect(await exited).toBe(0)
    expect(performance.now() - started).toBeLessThan(5000)
    expect(pids.filter(isAlive)).toEqual([])
    expect(processesOf(demo.stateDir)).toEqual([])
    await demo.stop()
  })

  it('kill -9 of it ends everything too, and the next start on that folder is as good as any', async () => {
    const demo = await startDemo()
    await demo.sayApproved('ana', 'jail create blog')
    demo.process.kill('SIGKILL')
    const seconds = await secondsUntil(() => processesOf(demo.stateDir).length === 0)
    expect(processesOf(demo.stateDir)).toEqual([])
    expect(seconds).toBeLessThan(10)
    await demo.stop({ keep: true })
    const again = await startDemo({ stateDir: demo.stateDir })
    expect((await again.say('ana', 'jail list')).table?.rows.map((row) => row.slice(0, 2))).toEqual([['blog', 'running']])
    await again.stop()
  })

  it('a folder with a space is refused before anything is started or made', async () => {
    const folder = join(temporaryFolder(), 'my projects')
    const refused = await jailops(['demo', '--headless', '--state-dir', folder])
    expect(refused).toMatchObject({ code: 2, stdout: '' })
    expect(refused.stderr).toContain('--state-dir')
    expect(() => readFileSync(folder)).toThrow('ENOENT')
  })
})

async function secondsUntil(holds: () => boolean): Promise<number> {
  const started = performance.now()
  await until(holds)
  return (performance.now() - started) / 1000
}
