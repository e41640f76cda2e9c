import { appendFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import type { Alert } from '../../src/core/alert.ts'
import { alertThresholdsSchema } from '../../src/core/alert.ts'
import { noProxy } from '../../src/core/proxy.ts'
import type { AlertMemory } from '../../src/host/proxy/alerts.ts'
import { lookAtLatencies } from '../../src/host/proxy/latencies.ts'
import { mapFile } from '../../src/host/proxy/maps.ts'
import { reconcile } from '../../src/host/proxy/reconcile.ts'
import { lookAtDown, lookAtTraffic } from '../../src/host/proxy/traffic.ts'
import type { Shell } from '../../src/host/shell.ts'
import { createLocalShell } from '../../src/host/shell-local.ts'
import { createResourceLocks, type ResourceLocks } from '../../src/worker/locks.ts'
import { createProxyGate, type ProxyGate } from '../../src/worker/proxy-gate.ts'
import { createReconciling } from '../../src/worker/reconciling.ts'
import { createSampleFiles } from '../../src/worker/sample-files.ts'
import { createTending, type Tending } from '../../src/worker/tending.ts'
import { testFacts } from '../host/facts-helper.ts'
import { type OurHaproxy, startOurHaproxy } from '../host/our-haproxy.ts'
import { temporaryFolder } from './worker-bench.ts'

const noon = new Date(2026, 10, 26, 12).getTime()

let front: OurHaproxy
let shell: Shell
beforeEach(async () => {
  front = await startOurHaproxy(['blog', 'shop'], { hosts: 'blog.example.com jail_blog\nshop.example.com jail_shop\n' })
  shell = createLocalShell({ programFolders: ['/usr/sbin', '/bin'], jailRoots: front.layout.haproxy.configFolder })
})
afterEach(async () => {
  await shell.stop()
  await front.stop()
})

interface Tended {
  tending: Tending
  time: { now: number }
  gate: ProxyGate
  said: string[]
  warned: string[]
  locks: ResourceLocks
  /** What the bot was told last. */
  told(): readonly Alert[]
  /** Lets so many seconds pass, and waits until all that came of it is done. */
  pass(seconds: number): Promise<void>
}

/** Tends the real HAProxy, in a time of the test's own. */
async function tend(state = temporaryFolder(), begun = noon, alertsBefore: AlertMemory = [], looked = () => {}): Promise<Tended> {
  const time = { now: begun }
  const said: string[] = []
  const warned: string[] = []
  const locks = createResourceLocks()
  const gate = createProxyGate()
  const { socket } = front.layout.haproxy
  let told: readonly Alert[] = []
  let waiting = Promise.withResolvers<() => void>()
  const proxy = {
    ...noProxy,
    running: true,
    configured: true,
    enabled: true,
    backends: [{ name: 'jail_shop', targets: [{ jail: 'shop', weight: 100, address: '127.0.0.1' }], isSpare: false, isStale: false }],
    routes: [{ host: 'shop.example.com', backend: 'jail_shop', targets: [] }],
  }
  const tending = createTending({
    now: () => time.now,
    wait: (_, signal) => {
      const { promise, resolve } = Promise.withResolvers<void>()
      signal.addEventListener('abort', () => resolve())
      waiting.resolve(resolve)
      return promise
    },
    lookAtTraffic: () => lookAtTraffic(shell, socket),
    lookAtDown: (names) => lookAtDown(shell, socket, names),
    lookAtLatencies: (after) => lookAtLatencies(shell, socket, after),
    observe: async () => {
      looked()
      return testFacts({ proxy })
    },
    isWorkedOn: (jail) => locks.isHeld(`jail:${jail}`),
    whyNotRenewed: () => undefined,
    reconciling: createReconciling({
      now: () => time.now,
      locks,
      gate,
      reconcile: () => reconcile(shell, front.layout),
      reload: () => front.again('reloaded'),
      say: (what) => said.push(what),
    }),
    files: createSampleFiles(join(state, 'samples')),
    thresholds: alertThresholdsSchema.parse({}),
    teller: { tell: (alerts) => void (told = alerts), idle: async () => undefined },
    alertsBefore,
    keepAlerts: async () => undefined,
    warn: (what) => warned.push(what),
  })
  onTestFinished(() => tending.stop())
  tending.start()
  await waiting.promise
  return {
    tending,
    time,
    gate,
    said,
    warned,
    locks,
    told: () => told,
    async pass(seconds) {
      const goOn = await waiting.promise
      waiting = Promise.withResolvers()
      time.now += seconds * 1000
      goOn()
      await waiting.promise
    },
  }
}

const tell = (command: string) => shell.exchange(front.layout.haproxy.socket, `${command}\n`, 5)
const hosts = () => mapFile(front.layout, 'hosts')
const ask = async (host: string, times: number) => {
  for (let turn = 0; turn < times; turn += 1) await front.ask(host)
}

describe('the running proxy', () => {
  it('is as the files after a start, a restart, a reload, and five minutes', async () => {
    await tell(`set map ${hosts()} shop.example.com jail_blog`)
    const { said, pass } = await tend()
    const atStart = (await front.ask('shop.example.com')).tenant?.tenant

    await tell(`set map ${hosts()} shop.example.com jail_blog`)
    await pass(290)
    const notYet = (await front.ask('shop.example.com')).tenant?.tenant
    await pass(10)
    const byTimer = (await front.ask('shop.example.com')).tenant?.tenant
    for (const how of ['killed', 'reloaded'] as const) {
      await front.again(how)
      await tell(`set map ${hosts()} shop.example.com jail_blog`)
      await pass(10)
      expect((await front.ask('shop.example.com')).tenant?.tenant).toBe('shop')
    }

    expect([atStart, notYet, byTimer]).toEqual(['shop', 'blog', 'shop'])
    expect(said).toEqual(Array.from({ length: 4 }, () => 'mended the running HAProxy'))
  })

  it('is left alone while a request is in the middle of changing it', async () => {
    const { gate, pass, said } = await tend()
    const action = { kind: 'proxy-map', socket: front.layout.haproxy.socket, path: hosts(), key: 'a.example.com', value: null } as const
    await gate.before('rabcdefghjkmnpqr', { title: 'Send it nowhere', action })
    await tell('set server jail_shop/shop state drain')

    await pass(400)
    const meanwhile = [...said]
    gate.over('rabcdefghjkmnpqr')
    await pass(10)

    expect(meanwhile).toEqual([])
    expect(said).toEqual(['mended the running HAProxy'])
  })

  it('that differs in what is not ours is an alert until somebody has put it right', async () => {
    appendFileSync(hosts(), 'three little words\n')
    const { told, pass } = await tend()

    await pass(10)

    expect(told()).toMatchObject([{ key: 'drift', sentence: expect.stringContaining('line 4') }])
  })
})

describe('what is known of the host', () => {
  it('is looked at anew where it changed while somebody looked', async () => {
    let looks = 0
    let changed: (() => void) | undefined
    const { tending, pass } = await tend(undefined, noon, [], () => {
      looks += 1
      changed?.()
      changed = undefined
    })
    await pass(10)
    const atRest = looks
    changed = tending.changed
    tending.changed()

    await pass(10)
    const whileItChanged = looks
    await pass(10)

    expect(whileItChanged).toBeGreaterThan(atRest)
    expect(looks).toBe(whileItChanged)
    expect(looks - atRest).toBe(2)
  })
})

describe('alerts', () => {
  it('tell of a jail that does not answer, until it does', async () => {
    const { told, pass } = await tend()
    await tell('set server jail_shop/shop health down')
    await pass(10)
    const early = told().length
    await pass(10)
    const alerts = told()
    await tell('set server jail_shop/shop health up')
    await pass(10)
    await pass(10)

    expect(early).toBe(0)
    expect(alerts).toMatchObject([
      { key: 'backend-down jail_shop', title: 'shop is down', sentence: expect.stringContaining('shop.example.com') },
    ])
    expect(told()).toEqual([])
  })

  it('do not tell of a jail that a request has stopped, but once that has ended with it still away', async () => {
    const { locks, told, pass } = await tend()
    const release = await locks.acquire(['jail:shop'])
    await tell('set server jail_shop/shop health down')
    for (let looks = 0; looks < 3; looks += 1) await pass(10)
    const meanwhile = told().length
    release()
    for (let looks = 0; looks < 2; looks += 1) await pass(10)
    const afterwards = told()
    await tell('set server jail_shop/shop health up')

    expect(meanwhile).toBe(0)
    expect(afterwards).toMatchObject([{ key: 'backend-down jail_shop' }])
  })

  it('tell of a HAProxy that is gone, and that it is back', async () => {
    const { told, pass, warned } = await tend()
    await front.again('killed')
    await pass(10)
    const restarted = told()
    await front.stop()
    await pass(10)
    await pass(10)

    expect(restarted).toEqual([])
    expect(told()).toMatchObject([{ key: 'proxy-gone' }])
    expect(warned).toEqual([])
  })
})

describe('figures', () => {
  it('go on over reloads and a restart of the worker', async () => {
    const state = temporaryFolder()
    const first = await tend(state)
    await ask('blog.example.com', 4)
    await first.pass(10)
    await front.again('reloaded')
    await ask('blog.example.com', 3)
    await first.pass(50)
    await first.pass(60)
    const traffic = await first.tending.traffic('ana')
    await first.tending.stop()
    const second = await tend(state, noon + 180_000)

    const samples = await second.tending.samples()

    expect(traffic?.backends['jail_blog']?.requests).toBe(7)
    expect(samples?.from).toBe(noon)
    expect(samples?.backends['jail_blog']?.requests).toEqual([4, 3, 0])
    expect(samples?.backends['jail_blog']?.p95?.map((time) => time !== null && time >= 0 && time < 5000)).toEqual([true, true, false])
    expect(samples?.total.requests.slice(0, 2).every((count) => (count ?? 0) >= 3)).toBe(true)
  })

  it('that somebody waits for are those of this moment', async () => {
    const { tending, time } = await tend()
    await tending.traffic('ana')
    await ask('blog.example.com', 5)
    time.now += 3000

    const traffic = await tending.traffic('ana')

    expect(traffic).toMatchObject({ isSinceLook: true, seenAt: noon + 3000, backends: { jail_blog: { requests: 5 } } })
  })
})
