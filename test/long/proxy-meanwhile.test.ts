import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { type Fault, setFaults } from '../../src/lab/lab.ts'
import { type Demo, startDemo } from '../support/demo.ts'
import { processesOf } from '../support/house.ts'

/* While a jail with sites is held in the middle of an update, or of a restart, by a worker of its own: other sites come, its own stays drained. */

let demo: Demo
beforeAll(async () => {
  demo = await startDemo()
  for (const name of ['blog', 'shop']) expect((await demo.sayApproved('ana', `jail create ${name}`)).state).toBe('done')
  for (const name of ['blog', 'shop']) expect((await demo.sayApproved('ana', `proxy add ${name}.example.com`)).state).toBe('done')
}, 90_000)
afterEach(() => lie())
afterAll(() => demo?.stop(), 60_000)

const lie = (...faults: Fault[]) => setFaults(join(demo.stateDir, 'lab'), faults)
const status = async (name: string) => (await demo.get(`${name}.example.com`)).status
const files = () => join(demo.hostFolder, 'usr/local/etc/haproxy.d')
const isDrained = () => fileOfBlog().includes(' # jail blog drained 100')
const fileOfBlog = () => readFileSync(join(files(), '20-slot_01.cfg'), 'utf8')

/** A change of the jail blog that stands still in the middle, with its jail drained. */
async function held(words: string, fault: Fault) {
  lie(fault)
  const asked = await demo.say('ana', words, { wait: 'approval' })
  if (asked.state === 'waiting') expect((await demo.say('bo', `approve ${asked.request}`)).state).toBe('done')
  await expect.poll(isDrained, { interval: 20 }).toBe(true)
  await expect.poll(() => status('blog'), { interval: 20 }).toBe(503)
  return {
    end: () =>
      expect
        .poll(async () => (await demo.say('ana', `job show ${asked.request}`)).about?.state, { timeout: 60_000, interval: 100 })
        .not.toMatch(/running|queued|waiting/),
    state: async () => (await demo.say('ana', `job show ${asked.request}`)).about?.state,
    request: asked.request,
  }
}

async function killWorker(): Promise<void> {
  const pid = demo.pid('worker')
  process.kill(pid, 'SIGKILL')
  await expect.poll(() => demo.pid('worker'), { interval: 50 }).not.toBe(pid)
}

/** Its group ends by that, as with a tool that dies: whoever began it goes on, or begins it anew. */
function endHung(program: string): void {
  const pids = processesOf(join(demo.stateDir, 'lab/bin', program)).map((line) => Number.parseInt(line, 10))
  expect(pids).not.toEqual([])
  for (const pid of pids) process.kill(pid, 'SIGKILL')
}

const hung = (program: string, ...argumentsInclude: string[]): Fault => ({ program, argumentsInclude, hang: true, times: 1 })

describe('in the middle of an update', () => {
  it('another site is added, changed and taken away, and all is reloaded, while the jail gets no requests; a killed worker ends it', async () => {
    const update = await held('jail update blog', hung('freebsd-update'))

    const began = performance.now()
    const added = await demo.sayApproved('ana', 'proxy add new.example.com jail:shop')
    const took = performance.now() - began
    const limited = await demo.sayApproved('ana', 'proxy limit new.example.com 50')
    const reloaded = await demo.sayApproved('ana', 'proxy reload')
    const meanwhile = [await update.state(), await status('new'), await status('shop'), await status('blog'), isDrained()]
    const shown = await demo.say('ana', 'proxy show blog.example.com')
    const seen = await demo.say('ana', 'proxy status')
    const removed = await demo.sayApproved('ana', 'proxy remove new.example.com')
    await killWorker()
    const afterKill = await status('blog')
    endHung('freebsd-update')
    await update.end()

    expect([added.state, limited.state, reloaded.state, removed.state]).toEqual(['done', 'done', 'done', 'done'])
    expect(took).toBeLessThan(10_000)
    expect(meanwhile).toEqual(['running', 200, 200, 503, true])
    expect(shown.table?.rows[0]?.[1]).toBe('100; drained while a request works on it')
    expect(JSON.stringify(seen.table?.rows)).toContain('DRAIN while a request works on it')
    expect(afterKill).toBe(503)
    expect([await update.state(), await status('blog'), isDrained()]).toEqual(['done', 200, false])
  }, 120_000)
})

describe('in the middle of a restart', () => {
  it('a cancelled one lets requests in again', async () => {
    const restart = await held('jail restart blog', {
      program: 'jail',
      argumentsInclude: ['-r'],
      delayMilliseconds: 3000,
      thenRun: true,
      times: 1,
    })

    await demo.say('ana', `job cancel ${restart.request}`)
    await restart.end()

    expect([await restart.state(), isDrained()]).toEqual(['cancelled', false])
    await expect.poll(() => status('blog'), { interval: 50 }).toBe(200)
  }, 60_000)

  it('one that waits for the same jail comes after it, and finds it open', async () => {
    const restart = await held('jail restart blog', {
      program: 'jail',
      argumentsInclude: ['-r'],
      delayMilliseconds: 2000,
      thenRun: true,
      times: 1,
    })

    const limited = await demo.sayApproved('ana', 'proxy limit blog.example.com 50')

    expect([limited.state, await restart.state(), isDrained(), await status('blog')]).toEqual(['done', 'done', false, 200])
  }, 60_000)
})
