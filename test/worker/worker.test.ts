import { describe, expect, it } from 'vitest'
import {
  applyBody,
  type Living,
  make,
  makeWorld,
  messageTo,
  otherDigest,
  planBody,
  queryBody,
  startWorker,
  told,
  type World,
} from './story-bench.ts'
import { requestA, temporaryFolder } from './worker-bench.ts'
import { until } from '../support/until.ts'

const approvedLater = planBody({ execute: false })

async function begin(): Promise<Living & { world: World }> {
  const world = makeWorld(temporaryFolder())
  return { world, ...(await startWorker(world)) }
}

const results = (world: World, request = requestA) => told(world, request, 'result')

describe('a change that needs no approval', () => {
  it('is planned, carried out and told of', async () => {
    const { world, receive } = await begin()

    await receive(messageTo(requestA, 1, planBody()))
    await until(() => results(world).length === 1)

    expect(results(world)).toMatchObject([{ state: 'done', steps: [{ state: 'done' }, { state: 'done' }] }])
    expect([...world.host.standing.keys()]).toEqual(['make blog-1-v1', 'make blog-2-v1'])
    expect(told(world, requestA, 'planned')).toHaveLength(1)
    expect(told(world, requestA, 'progress')[0]).toEqual({ kind: 'progress', steps: [], begun: false, taken: [`${requestA}-plan-1`] })
  })

  it('has nothing to do where all is as wished', async () => {
    const { world, receive } = await begin()

    await receive(messageTo(requestA, 1, planBody({ args: { name: 'blog', steps: 0 } })))
    await until(() => results(world).length === 1)

    expect(results(world)).toMatchObject([{ state: 'done', reason: 'nothing_to_do', sentence: 'blog is there already.' }])
  })

  it('is refused with the planner’s own words', async () => {
    const { world, receive } = await begin()
    world.megabytes.free = 0

    await receive(messageTo(requestA, 1, planBody()))
    await until(() => results(world).length === 1)

    expect(results(world)).toMatchObject([{ state: 'refused', reason: 'host_not_ready', sentence: 'There is no space.' }])
  })

  it('is undone where a step fails', async () => {
    const { world, receive } = await begin()
    world.host.failing.add('make blog-2-v1')

    await receive(messageTo(requestA, 1, planBody()))
    await until(() => results(world).length === 1)

    expect(results(world)).toMatchObject([{ state: 'undone', steps: [{ state: 'undone' }, { state: 'failed' }] }])
    expect(world.host.standing.size).toBe(0)
  })
})

describe('a message', () => {
  it('delivered twice, one after the other or at once, is carried out once and answered the same', async () => {
    const { world, receive, idle } = await begin()
    const message = messageTo(requestA, 1, planBody())

    await Promise.all([receive(message), receive(message), receive(message)])
    await until(() => results(world).length === 1)
    await idle()
    const before = [...world.said.keys()]
    await receive(message)
    await idle()

    expect([...world.said.keys()]).toEqual(before)
    expect(world.host.log).toHaveLength(2)
    expect(world.alarms).toEqual([])
  })

  it('that was answered is answered again when it comes again, however late', async () => {
    const { world, receive, idle } = await begin()
    await receive(messageTo(requestA, 1, planBody()))
    await until(() => results(world).length === 1)
    await idle()
    world.said.clear()
    world.time.now = 10_000_000

    await receive(messageTo(requestA, 1, planBody()))
    await idle()

    expect(results(world)).toMatchObject([{ state: 'done' }])
    expect(world.host.log).toHaveLength(2)
  })

  it.each([
    ['after the other', async (one: Promise<void>) => one],
    ['at once', async () => undefined],
  ])('with other bytes under a known id raises the alarm, %s', async (_, between) => {
    const { world, receive } = await begin()
    const message = messageTo(requestA, 1, planBody())
    const first = receive(message)
    await between(first)
    await receive(messageTo(requestA, 1, planBody({ args: { name: 'evil', steps: 2 } })))
    await first
    await until(() => results(world).length === 1)

    expect(world.alarms).toEqual(['ignored other bytes under a known id'])
    expect(world.host.log.filter((line) => line.includes('evil'))).toEqual([])
  })

  it.each([
    ['unsigned', 'nobody signed this', `${requestA}-plan-1`, 'ignored a message that nobody trusted signed'],
    ['under a wrong id', JSON.stringify(messageTo(requestA, 1, planBody())), 'x', 'ignored a message under a wrong id'],
    [
      'with a path for a request',
      JSON.stringify(messageTo('../x', 1, planBody())),
      '../x-plan-1',
      'ignored a message with no proper request id',
    ],
    [
      'about a request never seen',
      JSON.stringify(messageTo(requestA, 1, { kind: 'apply', digest: 'd', votes: [] })),
      `${requestA}-apply-1`,
      'ignored a message about a request never seen',
    ],
  ])('%s is ignored with an alarm', async (_, token, id, alarm) => {
    const { world, worker, idle } = await begin()

    await worker.receive(id, token)
    await idle()

    expect(world.alarms).toEqual([alarm])
    expect([world.said.size, world.host.log]).toEqual([0, []])
  })

  it('a cancel that overtakes its plan keeps that from ever being carried out', async () => {
    const { world, receive, idle } = await begin()

    await receive(messageTo(requestA, 2, { kind: 'cancel' }))
    await receive(messageTo(requestA, 1, planBody()))
    await idle()

    expect([world.alarms, world.host.log]).toEqual([[], []])
  })

  it('arguments that become something else when read again are refused', async () => {
    const { world, receive } = await begin()

    await receive(messageTo(requestA, 1, planBody({ args: { name: 'blog' } })))
    await until(() => results(world).length === 1)

    expect(results(world)).toMatchObject([{ state: 'refused', reason: 'definition_mismatch' }])
    expect(world.host.log).toEqual([])
  })

  it.each([
    ['too late', messageTo(requestA, 1, planBody(), 999), { state: 'expired', reason: 'message_expired' }],
    ['a question too late', messageTo(requestA, 1, queryBody, 999), { state: 'expired', reason: 'message_expired' }],
    ['of another definition', messageTo(requestA, 1, planBody({ definition: 'x' })), { state: 'refused', reason: 'definition_mismatch' }],
    ['of no command', messageTo(requestA, 1, planBody({ command: 'rm all' })), { state: 'refused', reason: 'definition_mismatch' }],
  ])('%s is refused and does nothing', async (_, message, result) => {
    const { world, receive } = await begin()

    await receive(message)
    await until(() => results(world).length === 1)

    expect(results(world)).toMatchObject([{ ...result, steps: [] }])
    expect(world.host.log).toEqual([])
  })

  it('for what the host does not allow is refused', async () => {
    const world = { ...makeWorld(temporaryFolder()), permissions: ['thing.look'] }
    const { receive } = await startWorker(world)

    await receive(messageTo(requestA, 1, planBody()))
    await until(() => results(world).length === 1)

    expect(results(world)).toMatchObject([{ state: 'refused', reason: 'not_allowed_on_host' }])
    expect(results(world)[0]?.sentence).toContain(make.permission)
  })
})

async function planned() {
  const living = await begin()
  await living.receive(messageTo(requestA, 1, approvedLater))
  await until(() => told(living.world, requestA, 'planned').length === 1)
  return { ...living, digest: told(living.world, requestA, 'planned')[0]?.digest ?? '' }
}

describe('a change that needs approval', () => {
  it('waits, and runs once its digest is approved', async () => {
    const { world, receive, digest, idle } = await planned()
    await idle()
    expect(world.host.log).toEqual([])

    await receive(messageTo(requestA, 2, applyBody(digest)))
    await until(() => results(world).length === 1)

    expect(results(world)).toMatchObject([{ state: 'done' }])
  })

  it('waits on where another digest is approved, and says its plan again', async () => {
    const { world, receive, digest } = await planned()

    await receive(messageTo(requestA, 2, applyBody(otherDigest)))
    await until(() => told(world, requestA, 'planned').length === 2)

    expect(told(world, requestA, 'planned').map((body) => body.digest)).toEqual([digest, digest])
    expect([world.host.log, results(world)]).toEqual([[], []])
    await receive(messageTo(requestA, 3, applyBody(digest)))
    await until(() => results(world).length === 1)
    expect(results(world)).toMatchObject([{ state: 'done' }])
  })

  it('runs nothing where the host has changed, and takes the approval of the new plan only', async () => {
    const { world, receive, digest, idle } = await planned()
    world.megabytes.free = 2

    await receive(messageTo(requestA, 2, applyBody(digest)))
    await until(() => told(world, requestA, 'planned').length === 2)
    await receive(messageTo(requestA, 3, applyBody(digest)))
    await idle()

    expect([world.host.log, results(world)]).toEqual([[], []])
    const fresh = told(world, requestA, 'planned')[1]?.digest ?? ''
    expect(fresh).not.toBe(digest)
    await receive(messageTo(requestA, 4, applyBody(fresh)))
    await until(() => results(world).length === 1)
    expect([...world.host.standing.keys()]).toEqual(['make blog-1-v2', 'make blog-2-v2'])
  })

  it('is expired where the approval comes too late', async () => {
    const { world, receive, digest } = await planned()
    world.time.now = 70_000

    await receive(messageTo(requestA, 2, applyBody(digest)))
    await until(() => results(world).length === 1)

    expect([results(world)[0]?.state, world.host.log]).toEqual(['expired', []])
  })

  it('is refused where the host has come to forbid it meanwhile', async () => {
    const { world, worker, digest, idle } = await planned()
    await idle()
    await worker.stop()
    const later = await startWorker({ ...world, permissions: ['thing.look'] })
    await later.worker.resume()

    await later.receive(messageTo(requestA, 2, applyBody(digest)))
    await until(() => results(world).length === 1)

    expect([results(world)[0]?.reason, world.host.log]).toEqual(['not_allowed_on_host', []])
  })
})
