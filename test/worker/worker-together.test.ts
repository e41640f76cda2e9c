import { describe, expect, it } from 'vitest'
import { applyBody, makeWorld, messageTo, planBody, startWorker, told, type World } from './story-bench.ts'
import { Death, type Life, requestA, requestB, temporaryFolder } from './worker-bench.ts'
import { until } from '../support/until.ts'

const result = (world: World, request = requestA) => told(world, request, 'result')
const addresses = (world: World, request: string) => told(world, request, 'planned').at(-1)?.plan.reserves

async function begin(world = makeWorld(temporaryFolder())) {
  return { world, ...(await startWorker(world)) }
}

async function beginHeld() {
  const living = await begin()
  const gate = Promise.withResolvers<void>()
  living.world.gate.open = gate.promise
  return { ...living, openGate: () => gate.resolve() }
}

describe('cancelling', () => {
  it('before approval ends it at once', async () => {
    const { world, receive } = await begin()
    await receive(messageTo(requestA, 1, planBody({ execute: false })))
    await until(() => told(world, requestA, 'planned').length === 1)

    await receive(messageTo(requestA, 2, { kind: 'cancel' }))
    await until(() => result(world).length === 1)

    expect(result(world)).toMatchObject([{ state: 'cancelled', sentence: 'It was cancelled before anything was done.' }])
    expect(world.host.log).toEqual([])
  })

  it('while it runs takes back what was done', async () => {
    const { world, receive, openGate } = await beginHeld()
    await receive(messageTo(requestA, 1, planBody()))
    await until(() => told(world, requestA, 'progress').some(({ begun }) => begun))

    await receive(messageTo(requestA, 2, { kind: 'cancel' }))
    openGate()
    await until(() => result(world).length === 1)

    expect(result(world)).toMatchObject([{ state: 'cancelled', reason: 'cancelled' }])
    expect([world.host.standing.size, world.host.log]).toEqual([0, ['perform make blog-1-v1', 'revert make blog-1-v1']])
  })

  it('while it runs counts however late it comes, and is never told as "nothing was done"', async () => {
    const { world, receive, openGate } = await beginHeld()
    await receive(messageTo(requestA, 1, planBody()))
    await until(() => told(world, requestA, 'progress').some(({ begun }) => begun))
    world.time.now = 100_000

    await receive(messageTo(requestA, 2, { kind: 'cancel' }))
    openGate()
    await until(() => result(world).length === 1)

    expect(result(world)).toMatchObject([{ state: 'cancelled', sentence: 'It was cancelled, and what was done was taken back.' }])
    expect(world.host.standing.size).toBe(0)
  })

  it('an approval that comes too late while it runs changes nothing', async () => {
    const { world, receive, openGate, idle } = await beginHeld()
    await receive(messageTo(requestA, 1, planBody()))
    await until(() => told(world, requestA, 'progress').some(({ begun }) => begun))

    await receive(messageTo(requestA, 2, applyBody('x'), 1))
    openGate()
    await until(() => result(world).length > 0)
    await idle()

    expect(result(world)).toMatchObject([{ state: 'done' }])
  })

  it('after its end does nothing', async () => {
    const { world, receive, idle } = await begin()
    await receive(messageTo(requestA, 1, planBody()))
    await until(() => result(world).length === 1)

    await receive(messageTo(requestA, 2, { kind: 'cancel' }))
    await idle()

    expect(result(world)).toMatchObject([{ state: 'done' }])
    expect(world.host.standing.size).toBe(2)
  })

  it('in the queue for a resource does nothing to the host', async () => {
    const { world, receive, openGate } = await beginHeld()
    await receive(messageTo(requestA, 1, planBody()))
    await until(() => told(world, requestA, 'progress').some(({ begun }) => begun))
    await receive(messageTo(requestB, 1, planBody()))
    await receive(messageTo(requestB, 2, { kind: 'cancel' }))

    openGate()
    await until(() => result(world, requestB).length === 1)

    expect(result(world, requestB)).toMatchObject([{ state: 'cancelled', sentence: 'It was cancelled before anything was done.' }])
  })
})

const waiting = (name: string, more = {}) => planBody({ args: { name, steps: 2 }, execute: false, ...more })

describe('what a plan chose', () => {
  it('is given to nobody else while it waits, not even when both plan at once', async () => {
    const { world, receive } = await begin()

    await Promise.all([receive(messageTo(requestA, 1, waiting('a'))), receive(messageTo(requestB, 1, waiting('b')))])
    await until(() => addresses(world, requestA) !== undefined && addresses(world, requestB) !== undefined)

    expect([addresses(world, requestA), addresses(world, requestB)].flat().toSorted()).toEqual(['address:1', 'address:2'])
  })

  it('is still its own after a restart', async () => {
    const { world, receive, worker, idle } = await begin()
    await receive(messageTo(requestB, 1, waiting('b')))
    await until(() => addresses(world, requestB) !== undefined)
    await worker.stop()
    await idle()

    const next = await startWorker(world)
    await next.worker.resume()
    await next.receive(messageTo(requestA, 1, waiting('a')))
    await until(() => addresses(world, requestA) !== undefined)

    expect(addresses(world, requestA)).toEqual(['address:2'])
  })

  it.each([
    ['a dry run', waiting('b', { dryRun: true }), async () => undefined],
    ['a request that has ended', planBody({ args: { name: 'b', steps: 2 } }), async () => undefined],
    ['one whose time is over', waiting('b', { reserveUntil: 2000 }), async (world: World) => void (world.time.now = 3000)],
  ])('is free again after %s', async (_, body, pass) => {
    const { world, receive, idle } = await begin()
    await receive(messageTo(requestB, 1, body))
    await until(() => addresses(world, requestB) !== undefined)
    await until(() => body.kind !== 'plan' || (!body.dryRun && !body.execute) || result(world, requestB).length === 1)
    await idle()
    await pass(world)

    await receive(messageTo(requestA, 1, waiting('a')))
    await until(() => addresses(world, requestA) !== undefined)

    expect(addresses(world, requestA)).toEqual(['address:1'])
  })

  it('stays its own while it runs, however long that takes', async () => {
    const { world, receive, openGate } = await beginHeld()
    await receive(messageTo(requestB, 1, planBody({ args: { name: 'b', steps: 2 } })))
    await until(() => told(world, requestB, 'progress').some(({ begun }) => begun))
    world.time.now = 700_000

    await receive(messageTo(requestA, 1, planBody({ args: { name: 'a', steps: 2 }, execute: false, reserveUntil: 900_000 }), 800_000))
    await until(() => addresses(world, requestA) !== undefined)

    expect(addresses(world, requestA)).toEqual(['address:2'])
    openGate()
    await until(() => result(world, requestB).length === 1)
  })
})

describe('two requests', () => {
  it('on the same resource never overlap', async () => {
    const { world, receive, openGate, idle } = await beginHeld()
    await receive(messageTo(requestA, 1, planBody()))
    await until(() => told(world, requestA, 'progress').some(({ begun }) => begun))
    await receive(messageTo(requestB, 1, planBody({ args: { name: 'blog', steps: 1 } })))
    await until(() => told(world, requestB, 'planned').length === 1)
    await idle()
    expect(told(world, requestB, 'progress').some(({ begun }) => begun)).toBe(false)

    openGate()
    await until(() => result(world, requestB).length === 1)

    expect(world.host.log.slice(0, 2)).toEqual(['perform make blog-1-v1', 'perform make blog-2-v1'])
  })

  it('on different ones run side by side', async () => {
    const { world, receive, openGate } = await beginHeld()
    await receive(messageTo(requestA, 1, planBody()))
    await receive(messageTo(requestB, 1, planBody({ args: { name: 'other', steps: 2 } })))

    await until(() => [requestA, requestB].every((request) => told(world, request, 'progress').some(({ begun }) => begun)))

    openGate()
    await until(() => result(world).length === 1 && result(world, requestB).length === 1)
  })
})

describe('the second look, under the locks', () => {
  it('is spared where nobody held anything since the first', async () => {
    const { world, receive } = await begin()

    await receive(messageTo(requestA, 1, planBody()))
    await until(() => result(world).length === 1)

    expect([world.observed.times, result(world)]).toMatchObject([1, [{ state: 'done' }]])
  })

  it('sees what another one changed while it waited for its resource', async () => {
    const { world, receive, openGate } = await beginHeld()
    await receive(messageTo(requestA, 1, planBody()))
    await until(() => told(world, requestA, 'progress').some(({ begun }) => begun))
    await receive(messageTo(requestB, 1, planBody()))
    await until(() => told(world, requestB, 'planned').length === 1)
    world.megabytes.free = 2

    openGate()
    await until(() => result(world, requestB).length === 1)

    expect([...world.host.standing.keys()]).toEqual(['make blog-1-v1', 'make blog-2-v1', 'make blog-1-v2', 'make blog-2-v2'])
  })

  it('is never spared after an approval', async () => {
    const { world, receive } = await begin()
    await receive(messageTo(requestA, 1, planBody({ execute: false })))
    await until(() => told(world, requestA, 'planned').length === 1)

    await receive(messageTo(requestA, 2, applyBody(told(world, requestA, 'planned')[0]?.digest ?? '')))
    await until(() => result(world).length === 1)

    expect(world.observed.times).toBe(2)
  })

  it('is not spared in a later life', async () => {
    const world = makeWorld(temporaryFolder())
    const life = lifeUntil('capture make blog-1-v1')
    const first = await startWorker(world, life)
    await first.receive(messageTo(requestA, 1, planBody()))
    await until(() => life.isOver)
    await first.worker.stop()
    await first.idle()
    world.megabytes.free = 2

    const second = await startWorker(world)
    await second.worker.resume()
    await until(() => result(world).length === 1)

    expect([...world.host.standing.keys()]).toEqual(['make blog-1-v2', 'make blog-2-v2'])
  })
})

function lifeUntil(last: string): Life {
  let isOver = false
  return {
    moment(what) {
      isOver ||= what === last
      if (isOver) throw new Death(what)
    },
    get isOver() {
      return isOver
    },
  }
}
