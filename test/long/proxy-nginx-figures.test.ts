import { appendFileSync, existsSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import proxyLog from '../../commands/proxy/log.ts'
import proxyStatus from '../../commands/proxy/status.ts'
import { type Alert, alertThresholdsSchema } from '../../src/core/alert.ts'
import { formerRequestLog, requestLog } from '../../src/host/proxy/nginx/places.ts'
import { createNginxTraffic } from '../../src/host/proxy/nginx/traffic.ts'
import { createLocalShell } from '../../src/host/shell-local.ts'
import type { Shell } from '../../src/host/shell.ts'
import { createSampleFiles } from '../../src/worker/sample-files.ts'
import { createTending } from '../../src/worker/tending.ts'
import { type ProxyBench, proxyBench } from '../host/proxy-conformance-bench.ts'

/* What is seen of sites behind the real nginx, by its log and by asking. */

let bench: ProxyBench
let shell: Shell
beforeAll(async () => {
  bench = await proxyBench('nginx')
  shell = createLocalShell(bench.hands.lab.layout)
  const { carryOut, target } = bench
  await carryOut((proxy) => proxy.prepare())
  await carryOut((proxy) => proxy.route([{ host: 'blog.example.com' }, { host: 'closed.example.com' }], [target('blog')]))
  await carryOut((proxy) => proxy.route([{ host: 'both.example.com' }], [target('wiki'), target('shop')]))
  await carryOut((proxy) => proxy.set('closed.example.com', { maintenance: true }))
}, 60_000)
afterAll(async () => {
  await shell?.stop()
  await bench?.stop()
})

const log = () => requestLog(bench.hands.lab.layout)

/** nginx writes a line when the client has its answer already. */
async function logged(count: number, work: () => Promise<void>): Promise<void> {
  const before = linesNow()
  await work()
  await expect.poll(linesNow, { interval: 10 }).toBe(before + count)
}

function linesNow(): number {
  return existsSync(log()) ? readFileSync(log(), 'utf8').split('\n').length : 0
}

test('requests, errors and times are counted by backend, strangers and what the front says itself only for the front', async () => {
  const traffic = createNginxTraffic(shell, bench.hands.lab.layout, Date.now)
  const first = await traffic.lookAtTraffic()
  await logged(6, async () => {
    for (const path of ['/', '/a?secret=1']) expect(await bench.who('blog.example.com', { path })).toBe('blog')
    expect(await bench.who('closed.example.com')).toBe(503)
    expect(await bench.who('stranger.example.com')).toBe(421)
    for (let count = 0; count < 2; count++) await bench.who('both.example.com')
  })
  const look = await traffic.lookAtTraffic()

  const of = (name: string) => look.backends.find((one) => one.name === name)
  expect(first.front.requests).toBe(0)
  expect(look.front).toMatchObject({ requests: 6, errors4xx: 1, errors5xx: 1 })
  expect(of('jail_blog')).toMatchObject({ requests: 2, errors4xx: 0, errors5xx: 0, isUp: true })
  expect(look.backends.filter(({ name }) => name.startsWith('site_'))).toMatchObject([{ requests: 2, isUp: true }])
  const { byBackend } = await traffic.lookAtLatencies(0)
  expect(byBackend.get('jail_blog')).toHaveLength(2)
  expect((await traffic.lookAtLatencies(0)).byBackend.size).toBe(0)
  expect((await traffic.lookAtTraffic()).front.requests).toBe(6)
})

test('/proxy log tells who asked what, strangers too, and never what stands behind the ?', async () => {
  const all = await bench.hands.answer(proxyLog, {})
  const one = await bench.hands.answer(proxyLog, { site: 'blog.example.com' })

  expect(all.text).toMatch(/ 421 \d+ ms front stranger\.example\.com GET \/$/m)
  expect(all.text).toMatch(/ 503 \d+ ms front closed\.example\.com GET \/$/m)
  expect(all.text).toMatch(/ 200 \d+ ms (wiki|shop) both\.example\.com GET \/$/m)
  expect(one.text).toMatch(/127\.0\.0\.1 200 \d+ ms blog GET \/a$/m)
  expect(one.text).not.toMatch(/stranger|closed|secret/)
  expect(statSync(log()).mode & 0o002).toBe(0)
})

test('a jail that does not answer is down, as soon as a request met it, and up again when it answers or is drained', async () => {
  const traffic = createNginxTraffic(shell, bench.hands.lab.layout, Date.now)
  const { carryOut, target } = bench
  const down = async () => {
    const { backends } = await traffic.lookAtTraffic()
    return traffic.lookAtDown(backends.filter(({ isUp }) => !isUp).map(({ name }) => name))
  }
  const steps = await bench.build((proxy) => proxy.route([{ host: 'dead.example.com' }], [target('alone', { port: 1 })]))
  // nobody will answer
  await bench.hands.carryOut(steps.filter(({ action }) => action.kind !== 'await'))

  expect(await down()).toEqual([])
  const second = await down()
  expect(second).toMatchObject([{ name: 'jail_alone_1', check: expect.stringMatching(/REFUSED|refused/i) }])

  const fresh = createNginxTraffic(shell, bench.hands.lab.layout, Date.now)
  await fresh.lookAtTraffic()
  await logged(1, async () => expect(await bench.who('dead.example.com')).toBe(503))
  const { backends } = await fresh.lookAtTraffic()
  expect(backends.find(({ name }) => name === 'jail_alone_1')).toMatchObject({ isUp: false, requests: 1, errors5xx: 1 })

  const status = await bench.hands.answer(proxyStatus, {})
  expect(status.title).toMatch(/^nginx 1\.\S+: 1 of 3 has something wrong$/)
  expect(status.table?.rows[0]).toEqual(expect.arrayContaining(['dead.example.com', 'DOWN']))
  expect(status.table?.columns).not.toContain('now')
  const one = await bench.hands.answer(proxyStatus, { site: 'blog.example.com' })
  expect(one.fields?.find(({ name }) => name.startsWith('blog '))?.value).toMatch(/^UP; answers 200 in \d+ ms/)

  await carryOut((proxy) => proxy.drain('alone', 1))
  expect(await down()).toEqual([])
  expect((await bench.hands.answer(proxyStatus, {})).table?.rows[0]).toEqual(expect.arrayContaining(['DRAIN while a request works on it']))
})

test('the log is emptied before it is long, and nothing of it is lost to the counts or to who reads it', async () => {
  const { layout } = bench.hands.lab
  const traffic = createNginxTraffic(shell, layout, Date.now)
  await traffic.lookAtTraffic()
  const line =
    readFileSync(log(), 'utf8')
      .split('\n')
      .find((one) => one.startsWith('blog.example.com ')) ?? ''
  appendFileSync(log(), `${line}\n`.repeat(25_000))
  await logged(1, async () => expect(await bench.who('blog.example.com', { path: '/last' })).toBe('blog'))

  const ofBlog = async () => (await traffic.lookAtTraffic()).backends.find(({ name }) => name === 'jail_blog')?.requests
  expect(await ofBlog()).toBe(25_001)
  expect([statSync(log()).size, statSync(formerRequestLog(layout)).size > 2_000_000]).toEqual([0, true])
  expect((await bench.hands.answer(proxyLog, { site: 'blog.example.com', lines: 1 })).text).toMatch(/GET \/last$/)

  // whoever appends goes on at the new beginning
  await logged(1, async () => expect(await bench.who('blog.example.com', { path: '/next' })).toBe('blog'))
  expect(await ofBlog()).toBe(25_002)
  expect(readFileSync(log(), 'utf8')).toMatch(/^blog\.example\.com .* \/next$/m)
  expect(readFileSync(log(), 'utf8')).not.toContain('\0')
})

test('a jail that does not answer is told of, and nginx that is away: that alone', async () => {
  const { hands } = bench
  const time = { now: Date.now() }
  let told: readonly Alert[] = []
  let looked = Promise.withResolvers<() => void>()
  const tending = createTending({
    ...createNginxTraffic(shell, hands.lab.layout, () => time.now),
    now: () => time.now,
    wait: (_, signal) => {
      const { promise, resolve } = Promise.withResolvers<void>()
      signal.addEventListener('abort', () => resolve())
      looked.resolve(resolve)
      return promise
    },
    observe: () => hands.facts(['jails', 'proxy']),
    isWorkedOn: () => false,
    whyNotRenewed: () => undefined,
    reconciling: { look: () => Promise.reject(new Error('nginx cannot be compared')), drift: () => ['nothing that is known'] },
    files: createSampleFiles(join(hands.lab.folder, 'samples')),
    thresholds: alertThresholdsSchema.parse({}),
    teller: { tell: (alerts) => void (told = alerts), idle: async () => undefined },
    alertsBefore: [],
    keepAlerts: async () => undefined,
    warn: (what, details) => expect.fail(`${what} ${JSON.stringify(details)}`),
  })
  const pass = async (seconds: number) => {
    const goOn = await looked.promise
    looked = Promise.withResolvers()
    time.now += seconds * 1000
    goOn()
    await looked.promise
  }
  await bench.carryOut((proxy) => proxy.ready('alone').filter(({ action }) => action.kind !== 'await'))
  tending.start()
  for (let look = 0; look < 6; look += 1) await pass(10)
  expect(told).toMatchObject([{ key: 'backend-down jail_alone_1', sentence: expect.stringContaining('dead.example.com') }])
  await hands.lab.sh('service nginx stop')
  for (let look = 0; look < 6; look += 1) await pass(10)
  expect(told.map(({ key }) => key)).toContain('proxy-gone')
  expect(told.find(({ key }) => key === 'proxy-gone')).toMatchObject({ title: 'nginx does not answer' })
  await hands.lab.sh('service nginx start')
  for (let look = 0; look < 6; look += 1) await pass(10)
  expect(told.map(({ key }) => key)).toEqual(['backend-down jail_alone_1'])
  await tending.stop()
}, 60_000)

test('nginx that is away is told as that', async () => {
  const traffic = createNginxTraffic(shell, bench.hands.lab.layout, Date.now)
  await bench.hands.lab.sh('service nginx stop')
  await expect(traffic.lookAtTraffic()).rejects.toMatchObject({ code: 'step_failed' })
  expect((await bench.hands.answer(proxyStatus, {})).title).toBe('nginx is not running')
})
