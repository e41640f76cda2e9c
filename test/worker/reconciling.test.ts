import { describe, expect, it } from 'vitest'
import { JailopsError } from '../../src/core/errors.ts'
import type { Reconciled } from '../../src/host/proxy/mending.ts'
import { createResourceLocks } from '../../src/worker/locks.ts'
import { createProxyGate } from '../../src/worker/proxy-gate.ts'
import { createReconciling } from '../../src/worker/reconciling.ts'

const nothing: Reconciled = { mended: [], lacking: [], problems: [] }
const first = { pid: 1, uptimeSeconds: 100 }
const minutes = 60_000

function begin(...found: Reconciled[]) {
  const time = { now: 0 }
  const did: string[] = []
  const locks = createResourceLocks()
  const gate = createProxyGate()
  const reloads: (() => Promise<void>)[] = []
  const reconciling = createReconciling({
    now: () => time.now,
    locks,
    gate,
    reconcile: async () => {
      did.push('reconcile')
      return found.shift() ?? nothing
    },
    reload: async () => {
      did.push('reload')
      await reloads.shift()?.()
    },
    say: () => undefined,
  })
  return { time, did, locks, gate, reloads, reconciling }
}

describe('it is looked at', () => {
  it('at the start, and every five minutes', async () => {
    const { time, did, reconciling } = begin()

    await reconciling.look(first)
    time.now = 4 * minutes
    await reconciling.look({ pid: 1, uptimeSeconds: 340 })
    const before = did.length
    time.now = 5 * minutes
    await reconciling.look({ pid: 1, uptimeSeconds: 400 })

    expect([before, did.length]).toEqual([1, 2])
  })

  it.each([
    ['another process', { pid: 2, uptimeSeconds: 101 }],
    ['one that began since, under the same number', { pid: 1, uptimeSeconds: 1 }],
  ])('when it is %s', async (_, process) => {
    const { did, reconciling } = begin()

    await reconciling.look(first)
    await reconciling.look(process)

    expect(did).toEqual(['reconcile', 'reconcile'])
  })

  it.each([
    ['has sites and jails for minutes', ['jail:blog', 'site:blog.example.com', 'shared:proxy'], ['reconcile']],
    ['brings all of it to our files', ['jail:blog', 'proxy'], []],
  ])('beside a request, unless that %s', async (_, resources, meanwhile) => {
    const { did, locks, reconciling } = begin()
    const release = await locks.acquire(resources)

    await reconciling.look(first)
    const seen = [...did]
    release()
    await reconciling.look(first)

    expect([seen, did]).toEqual([meanwhile, ['reconcile']])
    expect(locks.tryAcquire(['proxy'])).toBeTypeOf('function')
  })

  it('not in the middle of a change, but at the next look after that', async () => {
    const { did, gate, reconciling } = begin()
    const change = Promise.withResolvers<void>()
    const changing = gate.telling(() => change.promise)

    await reconciling.look(first)
    const meanwhile = [...did]
    change.resolve()
    await changing
    await reconciling.look(first)

    expect([meanwhile, did]).toEqual([[], ['reconcile']])
  })
})

describe('what only a reload can mend', () => {
  const lacking = { ...nothing, lacking: ['The running HAProxy has no jail_new/new.'] }

  it('is reloaded for once, and looked at again at once', async () => {
    const { did, reconciling } = begin(lacking, nothing)

    await reconciling.look(first)
    await reconciling.look(first)

    expect(did).toEqual(['reconcile', 'reload', 'reconcile'])
    expect(reconciling.drift()).toEqual([])
  })

  it('and is not mended by it is drift, not one reload after the other', async () => {
    const { time, did, reconciling } = begin(lacking, lacking, lacking)

    await reconciling.look(first)
    await reconciling.look(first)
    time.now = 5 * minutes
    await reconciling.look(first)

    expect(did).toEqual(['reconcile', 'reload', 'reconcile', 'reconcile'])
    expect(reconciling.drift()).toEqual(lacking.lacking)
  })

  it('is drift where the reload fails, with why', async () => {
    const { reloads, reconciling } = begin(lacking)
    reloads.push(() => Promise.reject(new JailopsError('step_failed', 'no such file')))

    await reconciling.look(first)

    expect(reconciling.drift()).toEqual([...lacking.lacking, 'A reload failed: no such file'])
  })

  it('again later is a new reason', async () => {
    const { time, did, reconciling } = begin(lacking, nothing, lacking)

    for (let turn = 0; turn < 3; turn += 1) {
      await reconciling.look(first)
      time.now += 5 * minutes
    }

    expect(did.filter((what) => what === 'reload')).toHaveLength(2)
  })
})

it('what nobody could mend is drift until it is right', async () => {
  const { time, reconciling } = begin({ ...nothing, mended: ['x'], problems: ['hosts.map has a line'] }, nothing)

  await reconciling.look(first)
  const before = reconciling.drift()
  time.now = 5 * minutes
  await reconciling.look(first)

  expect([before, reconciling.drift()]).toEqual([['hosts.map has a line'], []])
})
