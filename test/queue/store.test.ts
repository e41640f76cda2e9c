import { randomUUID } from 'node:crypto'
import { describe, expect, onTestFinished, test } from 'vitest'
import { setTimeout as pause } from 'node:timers/promises'
import { newRequestId } from '../../src/core/clock.ts'
import { acquireLease } from '../../src/queue/lease.ts'
import { createStore, type NewRequest } from '../../src/queue/store.ts'
import { makeProxy } from './proxy.ts'
import { makeConnection, makePeople, makeRedis } from './setup.ts'
import { until } from '../support/until.ts'

const week = 7 * 24 * 60 * 60 * 1000

function request(more: Partial<NewRequest> = {}): NewRequest {
  return {
    delivery: randomUUID(),
    id: newRequestId(),
    record: '{"state":"received"}',
    createdAt: Date.now(),
    deadlineMilliseconds: 1000,
    ...more,
  }
}

/** A store whose answers can get lost. */
async function makeMutedStore() {
  const { server, people, redis } = await makeStore()
  const proxy = await makeProxy(server.address)
  const muted = createStore({
    redis: await makeConnection(proxy.address),
    seal: people.seal,
    lease: { name: 'bot', token: 'none' },
    onAlarm: () => undefined,
  })
  onTestFinished(() => muted.close())
  await muted.admit(request())
  return { redis, proxy, muted }
}

async function makeStore(options: { maxMemory?: string } = {}) {
  const server = await makeRedis(options)
  const redis = await makeConnection(server.address)
  const people = await makePeople()
  const alarms: string[] = []
  const bot = async () => {
    const connection = await makeConnection(server.address)
    const token = randomUUID()
    const store = createStore({
      redis: connection,
      seal: people.seal,
      lease: { name: 'bot', token },
      onAlarm: (what, { code }) => alarms.push(`${code} ${what}`),
    })
    onTestFinished(() => store.close())
    const lead = async () => {
      const lease = await acquireLease({ redis: connection, name: 'bot', token, milliseconds: 10_000 })
      onTestFinished(() => lease.release())
      return lease
    }
    return { store, lead }
  }
  const { store, lead } = await bot()
  const lease = await lead()
  return { server, redis, people, alarms, bot, store, lease }
}

describe('admit', () => {
  test('stores a delivery once, also when it comes ten times at the same moment', async () => {
    const { store, redis } = await makeStore()
    const requests = Array.from({ length: 10 }, () => request({ delivery: 'one' }))
    const admitted = await Promise.all(requests.map((one) => store.admit(one)))
    expect(new Set(admitted.map(({ id }) => id)).size).toBe(1)
    expect(admitted.filter(({ fresh }) => fresh)).toHaveLength(1)
    const [first] = admitted
    expect(await store.load(first?.id ?? '')).toBe('{"state":"received"}')
    expect(await store.open()).toEqual([first?.id])
    expect(await redis.keys('jailops:store:request:*')).toHaveLength(1)
  })

  test('takes milliseconds', async () => {
    const { store } = await makeStore()
    await store.admit(request())
    const started = performance.now()
    for (let number = 0; number < 100; number += 1) await store.admit(request())
    expect((performance.now() - started) / 100).toBeLessThan(50)
  })

  test('is late at its deadline while Redis is paused, and nothing is stored after', async () => {
    const { store, server, redis } = await makeStore()
    await store.admit(request({ delivery: 'before' }))
    const late = request({ delivery: 'late', deadlineMilliseconds: 500 })
    server.signal('SIGSTOP')
    const started = performance.now()
    await expect(store.admit(late)).rejects.toMatchObject({ code: 'stored_too_late' })
    const waited = performance.now() - started
    server.signal('SIGCONT')
    expect(waited).toBeGreaterThan(490)
    expect(waited).toBeLessThan(5000)
    expect(store.wasAbandoned(late.id)).toBe(true)
    await redis.ping()
    await pause(200)
    expect(await redis.exists(`jailops:store:request:${late.id}`)).toBe(0)
    expect(await redis.keys('jailops:store:delivery:*')).toHaveLength(1)
    expect(await store.load(late.id)).toBeUndefined()
    expect(await store.open()).not.toContain(late.id)
    // Said again it is a new request.
    expect(await store.admit(request({ delivery: 'late' }))).toMatchObject({ fresh: true })
  })

  test('is late by Redis itself, however its answer travels', async () => {
    const { store, server, redis } = await makeStore()
    await store.admit(request())
    const ids: string[] = []
    for (const stopped of [250, 320, 380, 450, 600]) {
      const one = request({ deadlineMilliseconds: 300 })
      server.signal('SIGSTOP')
      setTimeout(() => server.signal('SIGCONT'), stopped)
      const outcome = await store.admit(one).catch((error: unknown) => error)
      ids.push(one.id)
      await until(async () => (await redis.ping()) === 'PONG')
      await pause(50)
      const stored = await redis.exists(`jailops:store:request:${one.id}`)
      expect(stored).toBe(outcome instanceof Error ? 0 : 1)
    }
    expect(ids).toHaveLength(5)
  })

  test('takes out again what landed although its answer never came', async () => {
    const { redis, proxy, muted } = await makeMutedStore()
    const lost = request({ deadlineMilliseconds: 300 })
    proxy.mode = 'mute'
    await expect(muted.admit(lost)).rejects.toMatchObject({ code: 'stored_too_late' })
    await until(async () => (await redis.exists(`jailops:store:request:${lost.id}`)) === 0)
    expect(await redis.keys('jailops:store:delivery:*')).toHaveLength(1)
    expect(muted.wasAbandoned(lost.id)).toBe(true)
  })

  test('takes it out at the next connection when this one is dead', async () => {
    const { redis, proxy, muted } = await makeMutedStore()
    const lost = request({ deadlineMilliseconds: 300 })
    proxy.mode = 'mute'
    setTimeout(() => (proxy.mode = 'dead'), 150)
    await expect(muted.admit(lost)).rejects.toMatchObject({ code: 'stored_too_late' })
    expect(await redis.exists(`jailops:store:request:${lost.id}`)).toBe(1)
    proxy.mode = 'pass'
    proxy.cut()
    await until(async () => (await redis.exists(`jailops:store:request:${lost.id}`)) === 0)
    expect(await muted.admit(request({ delivery: lost.delivery }))).toMatchObject({ fresh: true })
  })

  test('knows its own request again when only the answer was lost', async () => {
    const { proxy, muted } = await makeMutedStore()
    const one = request({ deadlineMilliseconds: 3000 })
    proxy.mode = 'mute'
    setTimeout(() => {
      proxy.mode = 'pass'
      proxy.cut()
    }, 150)
    expect(await muted.admit(one)).toEqual({ id: one.id, fresh: true })
    expect(await muted.open()).toContain(one.id)
  })

  test('survives a restart of Redis within its deadline, and says so when it is away for longer', async () => {
    const { store, server } = await makeStore()
    const restarting = server.restart()
    const one = request({ deadlineMilliseconds: 5000 })
    expect(await store.admit(one)).toEqual({ id: one.id, fresh: true })
    await restarting
    await server.kill()
    await until(() =>
      store.open().then(
        () => false,
        () => true,
      ),
    )
    const started = performance.now()
    await expect(store.admit(request({ deadlineMilliseconds: 300 }))).rejects.toMatchObject({ code: 'store_unavailable' })
    expect(performance.now() - started).toBeLessThan(5000)
  })

  test('goes on when Redis has forgotten our scripts', async () => {
    const { store, redis } = await makeStore()
    for (const state of ['a', 'b']) {
      expect(await redis.script('FLUSH')).toBe('OK')
      const one = request()
      expect(await store.admit(one)).toEqual({ id: one.id, fresh: true })
      expect(await store.admit({ ...request(), delivery: one.delivery })).toEqual({ id: one.id, fresh: false })
      expect(await redis.script('FLUSH')).toBe('OK')
      await store.save(one.id, state, false)
      expect(await store.load(one.id)).toBe(state)
    }
  })

  test('stores nothing by half when Redis is full', async () => {
    const { store, redis } = await makeStore({ maxMemory: '3mb' })
    const big = 'x'.repeat(100_000)
    const admitted: string[] = []
    const refused: string[] = []
    while (refused.length === 0) {
      const one = request({ record: JSON.stringify({ big }) })
      await store.admit(one).then(
        ({ id }) => admitted.push(id),
        (error: unknown) => {
          expect(error).toMatchObject({ code: 'store_full' })
          refused.push(one.id)
        },
      )
    }
    expect(admitted.length).toBeGreaterThan(0)
    expect(await redis.exists(`jailops:store:request:${refused[0]}`)).toBe(0)
    expect(await redis.keys('jailops:store:delivery:*')).toHaveLength(admitted.length)
    expect(await store.open()).toHaveLength(admitted.length)
    await expect(store.save(admitted[0] ?? '', JSON.stringify({ big, more: 1 }), false)).rejects.toMatchObject({ code: 'store_full' })
    expect(await store.load(admitted[0] ?? '')).toBe(JSON.stringify({ big }))
  })
})

describe('a record', () => {
  test('is saved, listed while open, and kept for a while after its end', async () => {
    const { store, redis } = await makeStore()
    const [first, second] = [request({ createdAt: Date.now() - 1000 }), request()]
    await store.admit(first)
    await store.admit(second)
    expect(await store.open()).toEqual([first.id, second.id])
    await store.save(first.id, 'taken up', false)
    await pause(2)
    await store.save(second.id, 'taken up', false)
    expect(await store.recent(10)).toEqual([second.id, first.id])
    expect(await store.recent(1)).toEqual([second.id])
    await Promise.all([store.save(first.id, 'a', false), store.save(first.id, 'b', false), store.save(first.id, 'c', true)])
    expect(await store.load(first.id)).toBe('c')
    expect(await store.open()).toEqual([second.id])
    expect(await redis.pttl(`jailops:store:request:${first.id}`)).toBeGreaterThan(week)
    expect(await redis.pttl(`jailops:store:request:${second.id}`)).toBe(-1)
  })

  test('survives kill -9 of Redis, and a bot that comes after', async () => {
    const { store, server, bot, lease } = await makeStore()
    const one = request()
    await store.admit(one)
    await store.save(one.id, 'second', false)
    await server.restart()
    await until(() =>
      store.load(one.id).then(
        (record) => record === 'second',
        () => false,
      ),
    )
    await lease.release()
    const next = await bot()
    await next.lead()
    await next.store.save(one.id, 'third', false)
    expect(await next.store.load(one.id)).toBe('third')
  })

  test('that was forged, bent, exchanged or put back is absent, with an alarm', async () => {
    const { store, redis, people, alarms } = await makeStore()
    const [one, other] = [request(), request()]
    const key = `jailops:store:request:${one.id}`
    await store.admit(one)
    await store.admit(other)
    const old = (await redis.hget(key, 'record')) ?? ''
    const put = async (token: string) => {
      await redis.hset(key, 'record', token)
      return store.load(one.id)
    }
    expect(await put(people.strangersSeal.close({ id: one.id, revision: 9, record: 'evil' }))).toBeUndefined()
    expect(await put(old.replace('received', 'shown'))).toBeUndefined()
    expect(await put('hello')).toBeUndefined()
    expect(await put((await redis.hget(`jailops:store:request:${other.id}`, 'record')) ?? '')).toBeUndefined()
    expect(alarms).toHaveLength(4)
    await store.save(one.id, 'second', false)
    expect(await store.load(one.id)).toBe('second')
    expect(await put(old)).toBeUndefined()
    expect(alarms.at(-1)).toBe(`replayed ${one.id}`)
  })

  test('is not saved by a bot that lost its lease', async () => {
    const { store, bot, lease } = await makeStore()
    const one = request()
    await store.admit(one)
    const second = await bot()
    const waiting = second.lead()
    await expect(second.store.save(one.id, 'mine', false)).rejects.toMatchObject({ code: 'lease_lost' })
    await lease.release()
    await waiting
    await second.store.save(one.id, 'mine', false)
    await expect(store.save(one.id, 'no, mine', false)).rejects.toMatchObject({ code: 'lease_lost' })
    expect(await second.store.load(one.id)).toBe('mine')
  })
})
