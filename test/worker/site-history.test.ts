import { describe, expect, it } from 'vitest'
import { plan } from '../../src/core/plan.ts'
import type { RequestState } from '../../src/core/card.ts'
import { createSiteHistory } from '../../src/worker/site-history.ts'
import { makeWorld, messageTo, planBody, startWorker, told } from './story-bench.ts'
import { requestA, requestB, temporaryFolder, temporaryJournals } from './worker-bench.ts'
import { until } from '../support/until.ts'

const manyHosts = (count: number) => Array.from({ length: count }, (_, index) => `h${index}.example.com`)
const site = (host: string) => ({ before: null, after: { host, targets: [], settings: {} } })

describe('the history of sites', () => {
  it('has what was carried out, newest first, by whom and when', async () => {
    const history = createSiteHistory()

    history.note(await ended(requestA, 'done', 10, ['a.example.com', 'b.example.com']))
    history.note(await ended(requestB, 'done', 20, ['a.example.com']))

    expect(history.changes().map(({ request, person, at, after }) => [request, person, at, after?.host])).toEqual([
      [requestB, 'ana', 20, 'a.example.com'],
      [requestA, 'ana', 10, 'a.example.com'],
      [requestA, 'ana', 10, 'b.example.com'],
    ])
  })

  it.each<RequestState>(['failed', 'undone', 'cancelled'])('has nothing of a request that ended %s', async (state) => {
    const history = createSiteHistory()

    history.note(await ended(requestA, state, 10, ['a.example.com']))

    expect(history.changes()).toEqual([])
  })

  it('has a request once, however often it is noted', async () => {
    const history = createSiteHistory()
    const journal = await ended(requestA, 'done', 10, ['a.example.com'])

    history.note(journal)
    history.note(journal)

    expect(history.changes()).toHaveLength(1)
  })

  it('keeps 20,000 changes, without gaps, and the newest request in any case', async () => {
    const history = createSiteHistory()

    history.note(await ended(requestA, 'done', 10, ['a.example.com']))
    history.note(await ended(requestB, 'done', 20, manyHosts(20_001)))
    const whole = history.changes().length
    history.note(await ended('rccccccccccccccc', 'done', 30, ['a.example.com']))

    expect(whole).toBe(20_001)
    expect(history.changes().map(({ at }) => at)).toEqual([30])
  })
})

it('a worker knows what it has carried out, and its next life does', async () => {
  const world = makeWorld(temporaryFolder())
  const first = await startWorker(world)
  await first.receive(messageTo(requestA, 1, planBody({ args: { name: 'blog', steps: 1, site: 'blog.example.com' } })))
  await first.receive(messageTo(requestB, 1, planBody({ args: { name: 'shop', steps: 1, site: 'shop.example.com' }, dryRun: true })))
  await until(() => told(world, requestA, 'result').length === 1 && told(world, requestB, 'result').length === 1)
  const before = first.siteChanges()
  await first.worker.stop()

  const second = await startWorker(world)
  await second.worker.resume()

  expect(before).toMatchObject([{ request: requestA, person: 'ana', after: { host: 'blog.example.com' } }])
  expect(second.siteChanges()).toEqual(before)
})

/** A request's journal that has begun and ended so. */
async function ended(request: string, state: RequestState, at: number, names: readonly string[]) {
  const journals = await temporaryJournals(temporaryFolder(), () => at)
  const journal = await journals.open(request)
  const steps = plan([], { resources: [], sites: names.map(site) })
  await journal.append({ kind: 'message', hash: '', message: messageTo(request, 1, planBody()) })
  await journal.append({ kind: 'planned', plan: steps, digest: '' })
  await journal.append({ kind: 'begun' })
  await journal.append({ kind: 'end', state })
  return journal
}
