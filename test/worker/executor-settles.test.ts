import { expect, it } from 'vitest'
import type { Step } from '../../src/core/step.ts'
import type { Effects } from '../../src/worker/effects/index.ts'
import { createProxyGate } from '../../src/worker/proxy-gate.ts'
import { execute } from '../../src/worker/executor.ts'
import { lifeOf, makeModelHost, modelEffects, planOf, requestA, temporaryFolder, temporaryJournals } from './worker-bench.ts'

const line: Step['action'] = { kind: 'map-entry', path: '/maps/hosts', key: 'a.example.com', value: 'jail_a' }

/** A line of a map, and then a step that asks for it. */
const plan = (() => {
  const made = planOf(['line', 'asked'])
  const [first, second] = made.steps
  if (first === undefined || second === undefined) throw new Error('there are two')
  const asked: Step['action'] = { kind: 'await', timeoutSeconds: 1 }
  return {
    ...made,
    steps: [
      { ...first, action: line },
      { ...second, action: asked },
    ],
  }
})()

async function carriedOut(settled: () => Promise<void>, journaled?: () => Promise<void>) {
  const host = makeModelHost()
  const model = modelEffects(host, lifeOf(Number.POSITIVE_INFINITY))
  const effects: Effects = {
    ...model,
    begin: async (step) => ({ ...(await model.begin(step)), ...(step.action.kind === 'map-entry' && { settled }) }),
  }
  const journal = await (await temporaryJournals(temporaryFolder(), () => 1)).open(requestA)
  const append: typeof journal.append = async (entry) => {
    if (entry.kind === 'intent') await journaled?.()
    return journal.append(entry)
  }
  const run = { plan, cancelled: () => undefined, stopping: () => false, progress: () => undefined }
  const ending = execute({ effects, endGroup: async () => undefined, gate: createProxyGate() }, { ...run, journal: { ...journal, append } })
  return { host, journal, ending }
}

it('the next step goes on while what a line did reaches the disk, and only then is the line done', async () => {
  const settled = Promise.withResolvers<void>()
  const { host, journal, ending } = await carriedOut(() => settled.promise)
  await expect.poll(() => host.log.includes('perform make asked')).toBe(true)
  expect(journal.all('done')).toEqual([])

  settled.resolve()

  expect(await ending).toEqual({ state: 'done' })
  expect(journal.all('done').map(({ step }) => step)).toEqual([0, 1])
  await journal.close()
})

it('what does not reach the disk is taken back, and never was done', async () => {
  const { host, journal, ending } = await carriedOut(() => Promise.reject(new Error('EIO')))

  expect(await ending).toMatchObject({ state: 'failed' })
  expect(journal.all('done').filter(({ direction }) => direction === 'do')).toEqual([])
  expect(host.standing.has('make line')).toBe(false)
  await journal.close()
})

it('a line whose beginning cannot be written down is called off', async () => {
  const { host, journal, ending } = await carriedOut(
    async () => undefined,
    () => Promise.reject(new Error('ENOSPC')),
  )

  await ending.catch(() => undefined)

  expect(host.log).toEqual(['call off make line'])
  await journal.close()
})
