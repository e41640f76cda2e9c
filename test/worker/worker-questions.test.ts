import { describe, expect, it } from 'vitest'
import { type Living, makeWorld, messageTo, planBody, queryBody, startWorker, told, type World } from './story-bench.ts'
import { requestA, requestB, temporaryFolder } from './worker-bench.ts'
import { until } from '../support/until.ts'

async function begin(): Promise<Living & { world: World }> {
  const world = makeWorld(temporaryFolder())
  return { world, ...(await startWorker(world)) }
}

const results = (world: World, request = requestA) => told(world, request, 'result')

describe('a question', () => {
  it('is answered', async () => {
    const { world, receive } = await begin()

    await receive(messageTo(requestA, 1, queryBody))
    await until(() => results(world).length === 1)

    expect(results(world)).toMatchObject([{ state: 'done', answer: { title: '1 MB are free' } }])
  })

  it('is somebody’s, but for what a board asks over and over', async () => {
    const { world, receive } = await begin()

    await receive(messageTo(requestA, 1, queryBody))
    await until(() => results(world).length === 1)
    const asked = world.observed.person
    await receive(messageTo(requestB, 1, { ...queryBody, isBoard: true }))
    await until(() => results(world, requestB).length === 1)

    expect([asked, world.observed.person]).toEqual(['ana', undefined])
  })

  it('that is asked again under a new number is answered again: whoever asked has forgotten', async () => {
    const { world, receive } = await begin()
    await receive(messageTo(requestA, 1, queryBody))
    await until(() => results(world).length === 1)
    world.said.clear()

    await receive(messageTo(requestA, 2, queryBody))
    await until(() => results(world).length === 1)

    expect(results(world)).toMatchObject([{ state: 'done', answer: { title: '1 MB are free' } }])
    expect(world.observed.times).toBe(1)
  })

  it('never waits behind a change', async () => {
    const { world, receive } = await begin()
    const gate = Promise.withResolvers<void>()
    world.gate.open = gate.promise
    await receive(messageTo(requestA, 1, planBody()))

    await receive(messageTo(requestB, 1, queryBody))
    await until(() => results(world, requestB).length === 1)

    expect(results(world)).toEqual([])
    gate.resolve()
    await until(() => results(world).length === 1)
  })
})
