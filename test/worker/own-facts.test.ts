import { expect, it } from 'vitest'
import type { FactName } from '../../src/core/host.ts'
import { createSiteHistory } from '../../src/worker/site-history.ts'
import { withOwnFacts } from '../../src/worker/own-facts.ts'
import { testFacts } from '../host/facts-helper.ts'

it('what a question is about reaches the host, and what was kept is put beside what is seen there', async () => {
  const asked: unknown[] = []
  const observe = async (...words: [readonly FactName[], unknown, unknown?]) => {
    asked.push(words)
    return testFacts()
  }
  const samples = { from: 0, step: 60_000, length: 0, total: noSeries, backends: {} }
  const people: string[] = []
  const tending = {
    samples: async () => samples,
    traffic: async (person: string) => {
      people.push(person)
      return undefined
    },
  }
  const look = withOwnFacts(observe, { history: createSiteHistory(), tending, log: { lines: () => [] } })
  const reserved = { others: [], here: [], person: 'ana' }
  const seen = await look(['proxyStatus', 'samples', 'traffic'], reserved, { sites: ['a.example.com'] })
  expect(asked).toEqual([[['proxyStatus', 'samples', 'traffic'], reserved, { sites: ['a.example.com'] }]])
  expect(seen.proxyLog).toEqual([])
  expect([seen.samples, seen.traffic, people]).toEqual([samples, undefined, ['ana']])
})

const noSeries = { requests: [], errors4xx: [], errors5xx: [], sessions: [], queue: [], average: [], down: [] }
