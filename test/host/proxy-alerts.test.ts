import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Alert, alertSchema, alertThresholdsSchema } from '../../src/core/alert.ts'
import type { ProxySeen } from '../../src/host/proxy/alert-causes.ts'
import { type AlertMemory, alertMemorySchema, alertsNow } from '../../src/host/proxy/alerts.ts'

const thresholds = alertThresholdsSchema.parse({})
const second = 1000
const day = 24 * 3600 * second
const nobody = { kind: 'haproxy' as const, isGone: false, who: new Map(), certificates: [], drift: [] }
const fine: Omit<ProxySeen, 'at'> = { ...nobody, backends: { down: [], lastMinute: new Map() } }
const blog = { jails: [{ name: 'blog', isRunning: true, isApp: false }], sites: ['blog.example.com', 'www.example.com'] }
const who = new Map([['jail_blog', blog]])
const down = (seconds: number, check = 'L4CON Connection refused'): Omit<ProxySeen, 'at'> => ({
  ...fine,
  who,
  backends: { down: [{ name: 'jail_blog', for: seconds, check }], lastMinute: new Map() },
})
const errors = (requests: number, errors5xx: number): Omit<ProxySeen, 'at'> => ({
  ...fine,
  who,
  backends: { down: [], lastMinute: new Map([['jail_blog', { requests, errors5xx }]]) },
})

/** What is told at each of these moments, in seconds. */
function story(...moments: readonly (readonly [number, Omit<ProxySeen, 'at'>])[]): Alert[][] {
  let memory: AlertMemory = []
  return moments.map(([at, seen]) => {
    const { alerts, memory: kept } = alertsNow({ ...seen, at: at * second }, thresholds, memory)
    // as over a restart of the worker
    memory = alertMemorySchema.parse(JSON.parse(JSON.stringify(kept)))
    for (const alert of alerts) alertSchema.parse(alert)
    return alerts
  })
}
const keysOf = (alerts: readonly Alert[] | undefined) => alerts?.map(({ key }) => key)

describe('a backend that is down', () => {
  it('is told of after ten seconds, with whose it is, and what can be done', () => {
    const [early, alerts] = story([100, down(3)], [110, down(13)])

    expect(early).toEqual([])
    expect(alerts).toEqual([
      {
        key: 'backend-down jail_blog',
        kind: 'backend-down',
        severity: 'critical',
        title: 'blog is down',
        sentence: "HAProxy's check says: L4CON Connection refused. These sites are not answered: blog.example.com, www.example.com.",
        since: 97 * second,
        flaps: 0,
        actions: [
          { label: 'Restart nginx', words: 'jail service restart blog nginx' },
          { label: 'Show log', words: 'proxy log blog.example.com' },
          { label: 'Status', words: 'proxy status blog' },
        ],
      },
    ])
  })

  it('that was down before anybody looked is told of at once', () => {
    expect(keysOf(story([100, down(60)])[0])).toEqual(['backend-down jail_blog'])
  })

  it('that is well again soon is never told of', () => {
    expect(story([0, down(0)], [8, down(8)], [9, fine], [30, fine]).flat()).toEqual([])
  })

  it('is over when it has been well for ten seconds', () => {
    const told = story([0, down(20)], [10, fine], [15, fine], [20, fine]).map((alerts) => alerts.length)

    expect(told).toEqual([1, 1, 1, 0])
  })

  it('over a reload, which forgets since when, is still the same', () => {
    const [, alerts] = story([100, down(50)], [110, down(1)])

    expect(alerts).toMatchObject([{ since: 50 * second, flaps: 0 }])
  })

  it('is still down while HAProxy says nothing', () => {
    const silent = { ...nobody, isGone: true }

    expect(keysOf(story([0, down(20)], [10, silent], [100, silent])[2])).toEqual(['backend-down jail_blog', 'proxy-gone'])
  })

  it('whose jail stands still is told to start it', () => {
    const stopped = { ...down(20), who: new Map([['jail_blog', { ...blog, jails: [{ name: 'blog', isRunning: false, isApp: false }] }]]) }

    expect(story([0, stopped])[0]).toMatchObject([{ actions: [{ words: 'jail start blog' }, {}, {}] }])
  })

  it('says what a server said without what could mean something to a reader', () => {
    const [alerts] = story([0, down(20, `L7STS \u0000\u001b[31m<script>${'x'.repeat(900)}`)])

    expect(alerts?.[0]?.sentence).toContain('L7STS ??[31m<script>')
    expect(alerts?.[0]?.sentence.length).toBeLessThan(500)
  })
})

describe('coming and going', () => {
  it('keeps since when it first came, counts, and is believed to be over later each time', () => {
    const told = story(
      [0, down(20)],
      [10, fine],
      [20, fine],
      [30, down(1)],
      [40, down(11)],
      [50, fine],
      [60, fine],
      [70, fine],
      [80, down(20)],
    )

    expect(told.map((alerts) => alerts.map(({ since, flaps }) => [since / second, flaps]))).toEqual([
      [[-20, 0]],
      [[-20, 0]],
      [],
      [],
      [[-20, 1]],
      [[-20, 1]],
      [[-20, 1]],
      [],
      [[-20, 2]],
    ])
  })

  it('is forgotten after an hour', () => {
    const told = story([0, down(20)], [10, fine], [20, fine], [3700, fine], [3710, down(30)])

    expect(told[4]).toMatchObject([{ since: 3680 * second, flaps: 0 }])
  })

  it('whatever happens: told keys are sorted, each once, since never later than now, and calm ends all', () => {
    const moment = fc.constantFrom(fine, down(0), down(30), errors(100, 20), errors(100, 3), { ...nobody, isGone: true })
    fc.assert(
      fc.property(fc.array(moment, { maxLength: 60 }), (moments) => {
        const all = [...moments, ...Array.from({ length: 120 }, () => fine)]
        const told = story(...all.map((seen, index) => [index * 10, seen] as const))
        for (const [index, alerts] of told.entries()) {
          expect(new Set(keysOf(alerts)).size).toBe(alerts.length)
          for (const { since } of alerts) expect(since).toBeLessThanOrEqual(index * 10 * second)
        }
        expect(told.at(-1)).toEqual([])
      }),
      { numRuns: 50 },
    )
  })
})

describe('errors', () => {
  it.each([
    [19, 19, []],
    [20, 0, []],
    [100, 4, []],
    [100, 5, ['errors jail_blog']],
    [20, 20, ['errors jail_blog']],
  ])('of %i requests %i failed', (requests, failed, expected) => {
    const told = story([0, errors(requests, failed)], [10, errors(requests, failed)])

    expect(told.map(keysOf)).toEqual([[], expected])
  })

  it('do not blink at the threshold', () => {
    const told = story(
      [0, errors(100, 6)],
      [10, errors(100, 6)],
      [20, errors(100, 4)],
      [30, errors(100, 3)],
      [40, errors(100, 2)],
      [50, errors(100, 2)],
    )

    expect(told.map((alerts) => alerts.length)).toEqual([0, 1, 1, 1, 1, 0])
  })

  it('of a jail that dies are one alert with that it is down', () => {
    const told = story([0, errors(40, 40)], [8, down(1)], [18, down(11)], [28, fine], [38, fine])

    expect(told.map(keysOf)).toEqual([[], [], ['backend-down jail_blog'], ['backend-down jail_blog'], []])
  })

  it('are not over because the jail is down, and are no more than all', () => {
    const told = story([0, errors(57, 58)], [10, errors(57, 58)], [20, down(11)], [40, down(31)])

    expect(told.slice(2).map((alerts) => keysOf(alerts)?.toSorted())).toEqual([
      ['backend-down jail_blog', 'errors jail_blog'],
      ['backend-down jail_blog', 'errors jail_blog'],
    ])
    expect(told[1]?.[0]?.sentence).toMatch(/^100 % of 57 requests/)
  })

  it('are said anew only when they are much worse', () => {
    const told = story([0, errors(100, 10)], [10, errors(100, 10)], [20, errors(110, 12)], [30, errors(100, 60)])

    expect(told.slice(1).map(([alert]) => [alert?.sentence.slice(0, 4), alert?.severity])).toEqual([
      ['10 %', 'warning'],
      ['10 %', 'warning'],
      ['60 %', 'critical'],
    ])
  })
})

describe('everything else', () => {
  const certificate = {
    site: 'blog.example.com',
    names: ['blog.example.com'],
    path: '/certs/blog.pem',
    startsAt: -60 * day,
    issuer: 'CA',
    isRenewed: true,
  }
  /** Of a life of six days. */
  const short = (days: number, more: { isRenewed?: boolean; problem?: string } = {}) => ({
    ...fine,
    certificates: [{ ...certificate, startsAt: (days - 6) * day, expiresAt: days * day + 1, ...more }],
  })
  const ending = (days: number) => ({ ...fine, certificates: [{ ...certificate, expiresAt: days * day + 1 }] })

  it.each([
    [30, []],
    [13, ['warning']],
    [2, ['critical']],
    [-1, ['critical']],
  ])('a certificate that ends in %i days', (days, severities) => {
    expect(story([0, ending(days)])[0]?.map(({ severity }) => severity)).toEqual(severities)
  })

  it('a certificate that lives for six days is late in its last quarter; why it was not renewed is said', () => {
    expect(story([0, short(2)])[0]).toEqual([])
    expect(story([0, short(1, { problem: 'CA says no.' })])[0]).toMatchObject([
      { sentence: expect.stringMatching(/in 1 day\. jailops renews it, and has not been able to so far: CA says no\.$/) },
    ])
    expect(story([0, short(2, { isRenewed: false })])[0]).toHaveLength(1)
  })

  it('a certificate that cannot be read is said to be that, and not to have ended in 1970', () => {
    const unreadable = { ...fine, certificates: [{ ...certificate, expiresAt: 0 }] }

    expect(story([1_800_000_000, unreadable])[0]).toMatchObject([
      {
        title: 'The certificate of blog.example.com cannot be read',
        sentence: expect.not.stringContaining('1970'),
        actions: [{ words: 'proxy https renew blog.example.com' }, { words: 'proxy show blog.example.com' }],
      },
    ])
  })

  it('a HAProxy that is gone for ten seconds', () => {
    const gone = { ...nobody, isGone: true }

    expect(story([0, gone], [5, gone], [10, gone]).map((alerts) => alerts.length)).toEqual([0, 0, 1])
  })

  it('what the files and the running HAProxy differ in', () => {
    expect(story([0, { ...fine, drift: ['a', 'b', 'c', 'd', 'e'] }])[0]).toMatchObject([
      { key: 'drift', sentence: 'a b c And 2 more. This is for a person to put right.' },
    ])
  })
})
