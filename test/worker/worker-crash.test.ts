import { mkdirSync, writeFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { applyBody, makeWorld, messageTo, planBody, startWorker, told, type World } from './story-bench.ts'
import { Death, lifeOf, requestA, requestB, temporaryFolder } from './worker-bench.ts'
import { until } from '../support/until.ts'

/** The queue's part: a message is delivered again and again until the worker has taken it. */
async function deliver(
  world: World,
  request: string,
  number: number,
  body: ReturnType<typeof planBody>,
  moments: number,
): Promise<boolean> {
  const life = lifeOf(moments)
  const { worker, receive, idle } = await startWorker(world, life)
  try {
    await worker.resume()
    await receive(messageTo(request, number, body))
    await worker.stop()
    await idle()
  } catch (error) {
    if (!(error instanceof Death)) throw error
  }
  return !life.isOver
}

async function lives(world: World, isTrue: () => boolean): Promise<void> {
  const { worker, idle } = await startWorker(world)
  await worker.resume()
  await until(isTrue)
  await idle()
  await worker.stop()
}

const result = (world: World) => told(world, requestA, 'result')

/** From a first life that dies at some moment, to the end in a second one to which the queue delivers again. */
async function tellWithDeathAt(moment: number, body: ReturnType<typeof planBody>) {
  const world = makeWorld(temporaryFolder())
  const life = lifeOf(moment)
  const first = await startWorker(world, life)
  const message = messageTo(requestA, 1, body)
  await first.receive(message).catch((error: unknown) => expect(error).toBeInstanceOf(Death))
  await until(() => life.isOver || result(world).length > 0)
  await first.worker.stop()
  await first.idle()
  const second = await startWorker(world)
  await second.worker.resume()
  await second.receive(message)
  return { world, died: life.isOver, moment: life.moments.at(-1), ...second }
}

async function tellWithDeathAtPlanning(moment: number) {
  const world = makeWorld(temporaryFolder())
  const body = planBody({ execute: false })
  await deliver(world, requestA, 1, body, moment)
  const second = await startWorker(world)
  await second.worker.resume()
  await second.receive(messageTo(requestA, 1, body))
  return { world, ...second }
}

describe('a crash at every point', () => {
  const bodies = {
    'a change without approval': { body: planBody(), state: 'done', standing: 2 },
    'a dry run': { body: planBody({ dryRun: true, execute: false }), state: 'done', standing: 0 },
    'a change with nothing to do': { body: planBody({ args: { name: 'a', steps: 0 } }), state: 'done', standing: 0 },
    'a change with nothing to do that waits for approval': {
      body: planBody({ args: { name: 'a', steps: 0 }, execute: false }),
      state: 'done',
      standing: 0,
    },
    'what the host refuses': { body: planBody({ definition: 'x' }), state: 'refused', standing: 0 },
  }

  it.each(Object.entries(bodies))('of %s: it comes to its end once, and the bot hears of it', async (_, { body, state, standing }) => {
    for (let moment = 0, died = true; died; moment++) {
      const second = await tellWithDeathAt(moment, body)
      await until(() => result(second.world).length > 0)
      await second.idle()
      await second.worker.stop()
      expect([second.moment, result(second.world).map((said) => said.state), second.world.host.offences]).toEqual([
        second.moment,
        [state],
        [],
      ])
      expect(second.world.host.standing.size).toBe(standing)
      died = second.died
      expect(moment).toBeLessThan(200)
    }
  })

  it('before approval: the plan is always said, and its approval carries it out', async () => {
    for (let moment = 0; moment < 12; moment++) {
      const { world, receive, worker, idle } = await tellWithDeathAtPlanning(moment)
      await until(() => told(world, requestA, 'planned').length > 0)
      const digest = told(world, requestA, 'planned').at(-1)?.digest ?? ''
      await receive(messageTo(requestA, 2, applyBody(digest)))
      await until(() => result(world).length > 0)
      await idle()
      await worker.stop()
      expect([moment, result(world).map(({ state }) => state), world.host.standing.size]).toEqual([moment, ['done'], 2])
    }
  })

  it('after approval: the same, where the host has changed the new plan is said', async () => {
    const body = planBody({ execute: false })
    for (let moment = 0; moment < 14; moment++) {
      const world = makeWorld(temporaryFolder())
      const first = await startWorker(world)
      await first.receive(messageTo(requestA, 1, body))
      await until(() => told(world, requestA, 'planned').length > 0)
      await first.worker.stop()
      await first.idle()
      const digest = told(world, requestA, 'planned')[0]?.digest ?? ''
      world.megabytes.free = 2

      await deliver(world, requestA, 2, applyBody(digest), moment)
      const last = await startWorker(world)
      await last.worker.resume()
      await last.receive(messageTo(requestA, 2, applyBody(digest)))
      await until(() => told(world, requestA, 'planned').length === 2)
      await last.idle()
      await last.worker.stop()

      expect([moment, world.host.log, result(world)]).toEqual([moment, [], []])
    }
  })
})

describe('a restart', () => {
  it('expires what could have begun but did not in time, for the bot may have given it up', async () => {
    const world = makeWorld(temporaryFolder())
    await deliver(world, requestA, 1, planBody(), 3)
    expect(world.host.log).toEqual([])
    world.time.now = 100_000

    await lives(world, () => result(world).length > 0)

    expect(result(world)).toMatchObject([{ state: 'expired' }])
    expect(world.host.log).toEqual([])
  })

  it('leaves a new plan waiting, however old the approval of the former one is', async () => {
    const world = makeWorld(temporaryFolder())
    const { receive, worker, idle } = await startWorker(world)
    await receive(messageTo(requestA, 1, planBody({ execute: false })))
    await until(() => told(world, requestA, 'planned').length === 1)
    world.megabytes.free = 2
    await receive(messageTo(requestA, 2, applyBody(told(world, requestA, 'planned')[0]?.digest ?? '')))
    await until(() => told(world, requestA, 'planned').length === 2)
    await worker.stop()
    await idle()
    world.time.now = 100_000

    const next = await startWorker(world)
    await next.worker.resume()
    const fresh = told(world, requestA, 'planned')[1]?.digest ?? ''
    await next.receive(messageTo(requestA, 3, applyBody(fresh), 160_000))
    await until(() => result(world).length > 0)

    expect(result(world)).toMatchObject([{ state: 'done' }])
  })

  it('goes on first with what had begun: nobody else meets it half changed', async () => {
    const world = makeWorld(temporaryFolder())
    const gate = Promise.withResolvers<void>()
    world.gate.open = gate.promise
    const { receive, worker } = await startWorker(world)
    // B begins and holds the thing; A, which comes first by name, waits for it
    await receive(messageTo(requestB, 1, planBody()))
    await until(() => told(world, requestB, 'progress').some(({ begun }) => begun))
    await receive(messageTo(requestA, 1, planBody({ args: { name: 'blog', steps: 1 } })))
    await until(() => told(world, requestA, 'planned').length === 1)
    const stopped = worker.stop()
    gate.resolve()
    await stopped
    expect(world.host.log).toEqual(['perform make blog-1-v1'])

    const next = await startWorker(world)
    await next.worker.resume()
    await until(() => told(world, requestB, 'result').length > 0 && result(world).length > 0)

    expect(world.host.log.slice(0, 2)).toEqual(['perform make blog-1-v1', 'perform make blog-2-v1'])
  })

  it('is not kept from the others by a journal that cannot be read', async () => {
    const world = makeWorld(temporaryFolder())
    await deliver(world, requestB, 1, planBody(), 4)
    mkdirSync(`${world.folder}/${requestA}`)
    writeFileSync(`${world.folder}/${requestA}/entries.jsonl`, 'no JSON\n')

    await lives(world, () => told(world, requestB, 'result').length > 0)

    expect(world.alarms).toEqual(['a journal cannot be read; look at it and at the host'])
    expect(told(world, requestB, 'result')).toMatchObject([{ state: 'done' }])
  })
})
