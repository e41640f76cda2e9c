import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { Redis } from 'ioredis'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Card } from '../../src/core/card.ts'
import { toJailopsError } from '../../src/core/errors.ts'
import { type Demo, startDemo } from '../support/demo.ts'
import { listing } from '../support/house.ts'

/* A host that is down; Redis down, slow and full: an honest no in good time, and the host as it was. */

let demo: Demo
/** A demo whose worker stands still from the first moment on; its bot waits while the rest is tested. */
let still: { demo: Demo; untouched: Record<string, string>; card: Promise<Card> }

beforeAll(async () => {
  still = await standStill()
  demo = await startDemo()
})
afterAll(() => Promise.all([demo?.stop(), still?.demo.stop()]), 60_000)

async function standStill(): Promise<typeof still> {
  const other = await startDemo()
  const before = listing(other.hostFolder)
  expect((await other.say('ana', 'host status')).state).toBe('done')
  process.kill(other.pid('worker'), 'SIGSTOP')
  return { demo: other, untouched: before, card: other.say('ana', 'jail create late') }
}

describe('between bot and host', () => {
  it('Redis stopped: an honest no within seconds, and afterwards all is well', async () => {
    const before = listing(demo.hostFolder)
    process.kill(demo.pid('redis'), 'SIGSTOP')
    const started = performance.now()
    const error = await demo.say('ana', 'jail create quiet').then(
      (card) => Promise.reject(new Error(`it was taken: ${card.state}`)),
      (problem: unknown) => toJailopsError(problem),
    )
    expect(performance.now() - started).toBeLessThan(4000)
    process.kill(demo.pid('redis'), 'SIGCONT')
    expect(error.code).toMatch(/^(stored_too_late|store_unavailable)$/)
    expect(error.message).toMatch(/nothing was done|try again/i)
    await delay(1500)
    expect(listing(demo.hostFolder)).toEqual(before)
    const rows = (await demo.say('ana', 'job list limit:5')).table?.rows ?? []
    expect(rows.filter((row) => row[2]?.includes('quiet'))).toEqual([])
    expect((await demo.say('ana', 'host status')).state).toBe('done')
  })

  it('Redis slow: it takes longer, and that is all', async () => {
    const pid = demo.pid('redis')
    let slow = true
    const brake = (async () => {
      while (slow) {
        process.kill(pid, 'SIGSTOP')
        await delay(150)
        process.kill(pid, 'SIGCONT')
        await delay(60)
      }
    })()
    const card = await demo.sayApproved('ana', 'jail create slow nginx:no').finally(() => (slow = false))
    await brake
    expect(card.state).toBe('done')
    await demo.sayApproved('ana', 'jail destroy slow')
  })

  it('Redis full: refused with that very reason; with room again all is well', async () => {
    const before = listing(demo.hostFolder)
    const redis = new Redis({ path: join(demo.stateDir, 'redis/redis.sock') })
    await redis.config('SET', 'maxmemory', '1kb')
    const error = await demo.say('ana', 'jail create quiet').then(
      (card) => Promise.reject(new Error(`it was taken: ${card.state}`)),
      (problem: unknown) => toJailopsError(problem),
    )
    expect(error.code).toBe('store_full')
    expect(error.message).toMatch(/full/)
    await redis.config('SET', 'maxmemory', '256mb')
    await redis.quit()
    expect(listing(demo.hostFolder)).toEqual(before)
    expect((await demo.say('ana', 'host status')).state).toBe('done')
  })

  it('Redis killed: started again, and the next command is done', async () => {
    process.kill(demo.pid('redis'), 'SIGKILL')
    expect((await demo.say('ana', 'host status')).state).toBe('done')
  })

  it('a worker that is stopped: not reached, and what comes to it too late it does not do', async () => {
    const { demo: other, untouched: before } = still
    const card = await still.card.finally(() => process.kill(other.pid('worker'), 'SIGCONT'))
    expect(card).toMatchObject({ state: 'unreachable', reason: 'host_unreachable' })
    expect(card.text).toMatch(/nothing was done.*ask again/)
    expect((await other.say('ana', 'host status')).state).toBe('done')
    const shown = await other.say('ana', `job show ${card.request}`)
    expect(shown.about?.state).toMatch(/^(unreachable|expired|cancelled)$/)
    expect(listing(other.hostFolder)).toEqual(before)
    expect((await other.say('ana', 'jail create late', { wait: 'approval' })).state).toBe('waiting')
  })
})
