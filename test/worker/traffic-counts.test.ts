import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { TrafficLook } from '../../src/host/proxy/traffic.ts'
import { countedAs } from '../../src/worker/counted-as.ts'
import { createTrafficCounts } from '../../src/worker/traffic-counts.ts'
import type { Minute } from '../../src/worker/sample-files.ts'

const minute = 60_000
const noon = new Date(2026, 10, 26, 12).getTime()
const look = (requests: number, more: Partial<TrafficLook> = {}): TrafficLook => {
  const counts = { requests, errors4xx: 0, errors5xx: Math.floor(requests / 10), sessions: 2, queue: 0 }
  return { pid: 7, uptimeSeconds: requests, front: counts, backends: [{ name: 'jail_blog', ...counts, average: 12, isUp: true }], ...more }
}
const busy = (requests: number) => ({
  name: 'jail_blog',
  requests,
  errors4xx: 0,
  errors5xx: 0,
  sessions: 0,
  queue: 0,
  average: 12,
  isUp: true,
})
/** For so many seconds. */
const down = (seconds: number) => ({ name: 'jail_blog', for: seconds })
const begin = () => createTrafficCounts({ now: noon, downToday: new Map() })

/** How many of so many people are told since their own last look. */
function remembered(backends: number, count: number): number {
  const people = Array.from({ length: count }, (_, index) => `person${index}`)
  const counts = begin()
  const all = (requests: number) => ({
    ...look(requests),
    backends: Array.from({ length: backends }, (_, index) => ({ ...busy(requests), name: `jail_j${index}` })),
  })
  counts.take(all(0), [], noon)
  counts.take(all(10), [], noon + 10_000)
  for (const person of people) counts.sinceLook(person)
  counts.take(all(13), [], noon + 20_000)
  // from the newest on: whoever asks is remembered anew, in place of the oldest
  const known = people.toReversed().map((person) => counts.sinceLook(person))
  for (const seen of known) expect(seen?.backends['jail_j0']?.requests).toBe(seen?.isSinceLook === true ? 3 : 13)
  return known.filter((seen) => seen?.isSinceLook === true).length
}

describe('counts', () => {
  it('begin with the second look: what was before is nobody’s', () => {
    const counts = begin()

    counts.take(look(100), [], noon)
    counts.take(look(130), [], noon + 10_000)

    expect(counts.sinceLook('ana')).toMatchObject({
      since: noon,
      isSinceLook: false,
      seenAt: noon + 10_000,
      backends: { jail_blog: { requests: 30, errors5xx: 3, requestsLastMinute: 30, errors5xxLastMinute: 3 } },
    })
  })

  it.each([
    ['another process', { pid: 8, uptimeSeconds: 200 }],
    ['one that had the same number before', { uptimeSeconds: 1 }],
    ['cleared counters', { uptimeSeconds: 200 }],
  ])('go on over %s, which began at zero', (_, more) => {
    const counts = begin()
    counts.take(look(100), [], noon)

    counts.take(look(20, more), [], noon + 10_000)

    expect(counts.sinceLook('ana')?.backends['jail_blog']).toMatchObject({ requests: 20, errors5xx: 2 })
  })

  it('of a spare backend are of the jail that has it, not of the one that had it before', () => {
    const counts = begin()
    const slot = (requests: number, jail: string, at: number) => {
      const names = countedAs([{ name: 'slot_01', targets: [{ jail, weight: 100, address: '10.0.0.2' }], isSpare: false, isStale: false }])
      const backends = [{ ...busy(requests), name: 'slot_01', errors5xx: requests }]
      counts.take({ ...look(requests), backends }, [], noon + at, new Map([['slot_01', [5]]]), names)
      return names
    }
    const shown = (names: ReturnType<typeof countedAs>) =>
      Object.entries(counts.sinceLook(undefined)?.backends ?? {}).filter(([name]) => names.backendOf(name) === 'slot_01')
    slot(0, 'blog', 0)
    const first = slot(120, 'blog', 10_000)
    const ofBlog = shown(first)
    const second = slot(125, 'shop', 20_000)
    const passedOn = shown(second)
    slot(127, 'shop', 30_000)
    const kept = counts.rest()

    expect(ofBlog).toMatchObject([['slot_01 blog', { requests: 120, requestsLastMinute: 120 }]])
    expect(passedOn).toEqual([])
    expect(shown(second)).toMatchObject([['slot_01 shop', { requests: 2 }]])
    expect(shown(first)).toMatchObject([['slot_01 blog', { requests: 120 }]])
    expect([...(kept?.backends ?? [])].map(([name, { requests }]) => [name, requests])).toEqual([
      ['slot_01 blog', 120],
      ['slot_01 shop', 2],
    ])
    expect([second.backendOf('jail_blog'), second.backendOf('slot_01 blog'), second.of('slot_02')]).toEqual([
      'jail_blog',
      undefined,
      'slot_02',
    ])
  })

  it('are each person’s own since they last looked', () => {
    const counts = begin()
    counts.take(look(0), [], noon)
    counts.take(look(10), [], noon + 10_000)
    counts.sinceLook('ana')
    counts.take(look(15), [], noon + 20_000)

    expect(counts.sinceLook('bo')?.backends['jail_blog']?.requests).toBe(15)
    expect(counts.sinceLook('ana')).toMatchObject({ since: noon + 10_000, isSinceLook: true, backends: { jail_blog: { requests: 5 } } })
  })

  it('are since it began where nobody in particular looks, and that is no look', () => {
    const counts = begin()
    counts.take(look(0), [], noon)
    counts.take(look(10), [], noon + 10_000)
    counts.sinceLook(undefined)
    counts.take(look(15), [], noon + 20_000)

    expect(counts.sinceLook(undefined)).toMatchObject({ since: noon, isSinceLook: false, backends: { jail_blog: { requests: 15 } } })
  })

  it('are each person’s own as long as there is room: of more backends, fewer people are remembered', () => {
    expect([remembered(3, 60), remembered(10_000, 30)]).toEqual([50, 25])
  })

  it('of a backend that came after somebody looked are all of its own', () => {
    const counts = begin()
    counts.take(look(0), [], noon)
    counts.take(look(10), [], noon + 10_000)
    counts.sinceLook('ana')
    counts.take({ ...look(10), backends: [busy(10), { ...busy(4), name: 'jail_new' }] }, [], noon + 20_000)

    expect(counts.sinceLook('ana')?.backends['jail_new']?.requests).toBe(4)
  })

  it('are not there before anybody looked', () => {
    expect(begin().sinceLook('ana')).toBeUndefined()
  })

  it('go on after HAProxy was silent, with all that its next process has counted', () => {
    const counts = begin()
    counts.take(look(0), [], noon)
    counts.take(look(10), [], noon + 10_000)
    counts.rest()
    counts.take(look(4, { pid: 8 }), [], noon + 40_000)

    expect(counts.sinceLook('ana')?.backends['jail_blog']).toMatchObject({ requests: 14, requestsLastMinute: 4 })
  })

  it('of the last minute are of 60 seconds', () => {
    const counts = begin()
    for (let second = 0; second <= 120; second += 10) counts.take(look(second), [], noon + second * 1000)

    expect(counts.lastMinuteUp().get('jail_blog')?.requests).toBe(60)
  })

  it('of the last minute are without what a backend that was down left unanswered', () => {
    const counts = begin()
    counts.take(look(0), [], noon)
    counts.take(look(10), [], noon + 10_000)
    const before = counts.lastMinuteUp().get('jail_blog')
    counts.take(look(500), [down(5)], noon + 20_000)
    // it answers again, but did not all the time
    counts.take(look(900), [], noon + 30_000)
    counts.take(look(920), [], noon + 40_000)

    expect(before?.requests).toBe(10)
    expect(counts.lastMinuteUp().get('jail_blog')?.requests).toBe(30)
    expect(counts.sinceLook('ana')?.backends['jail_blog']?.requestsLastMinute).toBe(920)
  })

  it('whatever happens to the process, none is counted twice and none that was seen is lost', () => {
    // what each process had counted at each of our looks
    const processes = fc.array(fc.array(fc.nat(50), { minLength: 1, maxLength: 8 }), { minLength: 1, maxLength: 6 })
    fc.assert(
      fc.property(processes, (lives) => {
        const counts = begin()
        const minutes: (Minute | undefined)[] = []
        let at = noon
        let expected = 0
        counts.take(look(0, { pid: 1 }), [], at)
        for (const [index, deltas] of lives.entries()) {
          let total = 0
          for (const [second, delta] of deltas.entries()) {
            total += delta
            expected += delta
            at += 10_000
            minutes.push(counts.take(look(total, { pid: index === 0 ? 1 : index + 1, uptimeSeconds: second }), [], at))
          }
        }
        minutes.push(counts.rest())
        expect(minutes.reduce((sum, one) => sum + (one?.total.requests ?? 0), 0)).toBe(expected)
        expect(minutes.reduce((sum, one) => sum + (one?.backends.get('jail_blog')?.requests ?? 0), 0)).toBe(expected)
      }),
    )
  })
})

describe('minutes', () => {
  it('are handed over when they are over, with what was most and how long it was down', () => {
    const counts = begin()
    counts.take(look(0), [], noon)
    counts.take(look(10), [down(3600)], noon + 30_000)

    const over = counts.take(look(11), [], noon + minute)

    expect(over).toMatchObject({ at: noon, total: { requests: 10, errors5xx: 1, sessions: 2, average: 12 } })
    expect(over?.backends.get('jail_blog')).toEqual({
      requests: 10,
      errors4xx: 0,
      errors5xx: 1,
      sessions: 2,
      queue: 0,
      average: 12,
      down: 30,
      p50: null,
      p95: null,
    })
    expect(counts.rest()).toMatchObject({ at: noon + minute, total: { requests: 1 } })
  })

  it('say what half and what 95 of 100 requests took at most', () => {
    const counts = begin()
    const times = Array.from({ length: 100 }, (_, index) => index + 1)
    counts.take(look(0), [], noon, new Map([['jail_blog', times.slice(0, 50)]]))
    counts.take(look(10), [], noon + 10_000, new Map([['jail_blog', times.slice(50)]]))

    const over = counts.rest()

    expect(over?.backends.get('jail_blog')).toMatchObject({ p50: 50, p95: 95 })
    expect(over?.total).toMatchObject({ p50: 50, p95: 95 })
  })

  it('leave out who had nothing to tell', () => {
    const counts = begin()
    const quiet = { name: 'jail_quiet', requests: 0, errors4xx: 0, errors5xx: 0, sessions: 0, queue: 0, average: null, isUp: true }
    counts.take({ ...look(0), backends: [quiet] }, [], noon)

    expect(counts.rest()?.backends.size).toBe(0)
  })
})

describe('downtime today', () => {
  it('goes on from an earlier life of the worker, and ends with the day', () => {
    const counts = createTrafficCounts({ now: noon, downToday: new Map([['jail_blog', 100]]) })
    counts.take(look(0), [down(3600)], noon)
    counts.take(look(0), [down(3600)], noon + 20_000)
    const today = counts.sinceLook('ana')?.backends['jail_blog']?.downToday
    const tomorrow = noon + 24 * 3600_000
    counts.take(look(0), [], tomorrow)

    expect(today).toBe(120)
    expect(counts.sinceLook('ana')?.backends['jail_blog']?.downToday ?? 0).toBe(0)
  })

  it('does not count the time before it went down', () => {
    const counts = begin()
    counts.take(look(0), [], noon)
    counts.take(look(0), [down(3)], noon + 10_000)
    counts.take(look(0), [down(13)], noon + 20_000)

    expect(counts.sinceLook('ana')?.backends['jail_blog']?.downToday).toBe(13)
  })

  it('does not count the time in which nobody looked', () => {
    const counts = begin()
    counts.take(look(0), [], noon)
    counts.take(look(0), [down(3600)], noon + 3600_000)

    expect(counts.sinceLook('ana')?.backends['jail_blog']?.downToday).toBe(90)
  })
})
