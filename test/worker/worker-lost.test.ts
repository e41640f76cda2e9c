import { describe, expect, it } from 'vitest'
import { JailopsError } from '../../src/core/errors.ts'
import { makeWorld, messageTo, planBody, queryBody, startWorker, told } from './story-bench.ts'
import { type Life, lifeOf, requestA, requestB, temporaryFolder } from './worker-bench.ts'
import { until } from '../support/until.ts'

/** A connection that is lost at that moment, and back at the next. */
function lostAt(moment: number, times = 1): Life & { losses: string[] } {
  let count = 0
  const losses: string[] = []
  return {
    losses,
    isOver: false,
    moment(what) {
      const now = count++
      if (now < moment || now >= moment + times) return
      losses.push(what)
      throw new JailopsError('connection_lost', 'web1 was lost.')
    },
  }
}

/** Lost the first time that this happens. */
function lostOnce(there: string): Life & { losses: string[] } {
  const losses: string[] = []
  return {
    losses,
    isOver: false,
    moment(what) {
      if (what !== there || losses.length > 0) return
      losses.push(what)
      throw new JailopsError('connection_lost', 'web1 was lost.')
    },
  }
}

/** A has begun when the connection goes away; B, which wants the same thing, waits behind it. */
async function waitingBehind() {
  const world = makeWorld(temporaryFolder())
  const gate = Promise.withResolvers<void>()
  world.gate.open = gate.promise
  const connection = {
    isOver: false,
    isBack: false,
    losses: 0,
    moment(what: string) {
      if (connection.isBack || !what.includes('blog-1-v1') || what.startsWith('capture')) return
      connection.losses++
      throw new JailopsError('connection_lost', 'web1 was lost.')
    },
  }
  const living = await startWorker(world, lifeOf(Number.POSITIVE_INFINITY), connection)
  await living.receive(messageTo(requestA, 1, planBody()))
  await until(() => told(world, requestA, 'progress').some(({ begun }) => begun))
  world.megabytes.free = 2 // so that the other's steps have names of their own
  await living.receive(messageTo(requestB, 1, planBody()))
  await until(() => told(world, requestB, 'planned').length > 0)
  gate.resolve()
  await until(() => connection.losses > 0)
  return { world, living, connection }
}

async function tellWithLoss(moment: number, more: { times?: number; failing?: string } = {}) {
  const world = makeWorld(temporaryFolder())
  if (more.failing !== undefined) world.host.failing.add(more.failing)
  const connection = lostAt(moment, more.times)
  const { worker, receive, idle } = await startWorker(world, lifeOf(Number.POSITIVE_INFINITY), connection)
  await receive(messageTo(requestA, 1, planBody()))
  await until(() => told(world, requestA, 'result').length > 0)
  await idle()
  await worker.stop()
  return { world, losses: connection.losses, result: told(world, requestA, 'result')[0] }
}

describe('a connection that is lost', () => {
  it('at any moment of a change ends in done, with no step repeated that stood', async () => {
    const moments = Array.from({ length: 12 }, (_, moment) => moment)
    const ends = await Promise.all(moments.map((moment) => tellWithLoss(moment)))

    expect(ends.map(({ result }) => result?.state)).toEqual(moments.map(() => 'done'))
    for (const { world } of ends) {
      expect(world.host.offences).toEqual([])
      expect([...world.host.standing.values()]).toEqual(['done', 'done'])
      expect(world.alarms).toEqual([])
    }
    // or it was never lost at all
    expect(new Set(ends.flatMap(({ losses }) => losses))).toEqual(
      new Set([
        'observe',
        ...['blog-1-v1', 'blog-2-v1'].flatMap((name) =>
          ['capture', 'before perform', 'within perform', 'after perform'].map((what) => `${what} make ${name}`),
        ),
      ]),
    )
  })

  it('at any moment of taking a change back ends in all of it taken back', async () => {
    const moments = Array.from({ length: 8 }, (_, moment) => moment + 7)
    const ends = await Promise.all(moments.map((moment) => tellWithLoss(moment, { failing: 'make blog-2-v1' })))

    expect(ends.map(({ result }) => result?.state)).toEqual(moments.map(() => 'undone'))
    for (const { world } of ends) {
      expect(world.host.offences).toEqual([])
      expect(world.host.standing.size).toBe(0)
    }
    expect(ends.flatMap(({ losses }) => losses)).toContain('within revert make blog-1-v1')
  })

  it('in the middle of a change lets nobody else at what it has half changed', async () => {
    const world = makeWorld(temporaryFolder())
    const gate = Promise.withResolvers<void>()
    world.gate.open = gate.promise
    const connection = lostOnce('within perform make blog-1-v1')
    const { worker, receive, idle } = await startWorker(world, lifeOf(Number.POSITIVE_INFINITY), connection)
    await receive(messageTo(requestA, 1, planBody()))
    await until(() => told(world, requestA, 'progress').some(({ begun }) => begun))
    world.megabytes.free = 2 // so that the other's steps have names of their own
    await receive(messageTo(requestB, 1, planBody()))
    await until(() => told(world, requestB, 'planned').length > 0)

    gate.resolve()
    await until(() => told(world, requestB, 'result').length > 0)
    await worker.stop()
    await idle()

    const whose = world.host.log.filter((line) => line.startsWith('perform')).map((line) => line.slice(-2))
    expect([...new Set(whose)]).toEqual(['v1', 'v2'])
    expect(whose).toEqual(whose.toSorted())
    expect(world.host.offences).toEqual([])
    expect(connection.losses).toEqual(['within perform make blog-1-v1'])
    expect(told(world, requestA, 'result')[0]).toMatchObject({ state: 'done' })
  })

  it('of whoever has begun keeps nobody who waits behind it from being cancelled', async () => {
    const { world, living } = await waitingBehind()
    await living.receive(messageTo(requestB, 2, { kind: 'cancel' }))
    await until(() => told(world, requestB, 'result').length > 0)
    await living.worker.stop()

    expect(told(world, requestB, 'result')[0]).toMatchObject({ state: 'cancelled', reason: 'cancelled' })
    expect(told(world, requestA, 'result')).toEqual([])
  })

  it('of whoever has begun is waited out by who waits behind it until that one’s message expires, and then nothing was done', async () => {
    const { world, living, connection } = await waitingBehind()
    world.time.now = 61_001
    await until(() => told(world, requestB, 'result').length > 0)
    connection.isBack = true
    await until(() => told(world, requestA, 'result').length > 0)
    await living.idle()
    await living.worker.stop()

    expect(told(world, requestB, 'result')[0]).toMatchObject({ state: 'refused', reason: 'connection_lost' })
    expect(told(world, requestA, 'result')[0]).toMatchObject({ state: 'done' })
    expect(world.host.log.filter((line) => line.includes('v2'))).toEqual([])
  })

  it('keeps no worker from stopping, whoever waits', async () => {
    const { world, living } = await waitingBehind()
    await living.worker.stop()
    expect([requestA, requestB].flatMap((request) => told(world, request, 'result'))).toEqual([])
  })

  it('before anything has begun is waited out until the message expires, and then nothing was done', async () => {
    const world = makeWorld(temporaryFolder())
    const connection = lostAt(0, Number.POSITIVE_INFINITY)
    const { worker, receive } = await startWorker(world, lifeOf(Number.POSITIVE_INFINITY), connection)
    await receive(messageTo(requestA, 1, planBody()))
    await until(() => connection.losses.length > 0)
    expect(told(world, requestA, 'result')).toEqual([])

    world.time.now = 61_001
    await until(() => told(world, requestA, 'result').length > 0)
    await worker.stop()

    expect(told(world, requestA, 'result')[0]).toMatchObject({ state: 'refused', reason: 'connection_lost' })
    expect(world.host.log).toEqual([])
  })

  it('does not end a question that is answered in time', async () => {
    const world = makeWorld(temporaryFolder())
    const { worker, receive, idle } = await startWorker(world, lifeOf(Number.POSITIVE_INFINITY), lostAt(0))
    await receive(messageTo(requestA, 1, queryBody))
    await until(() => told(world, requestA, 'result').length > 0)
    await idle()
    await worker.stop()

    expect(told(world, requestA, 'result')[0]).toMatchObject({ state: 'done', answer: { title: '1 MB are free' } })
  })
})
