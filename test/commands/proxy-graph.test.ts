import { describe, expect, it } from 'vitest'
import graph from '../../commands/proxy/graph.ts'
import { answerSchema } from '../../src/core/card.ts'
import type { Samples, TrafficSeries } from '../../src/core/samples.ts'
import { refusal } from '../core/refusal.ts'
import { answerOf, backendOfJail, jail, readyProxy, routeTo } from './say.ts'

const minute = 60_000
const from = Date.UTC(2026, 10, 25, 5)

/** So many minutes; each value by its minute. */
function series(length: number, requests: (at: number) => number | null, more: Partial<TrafficSeries> = {}): TrafficSeries {
  const values = (of: (at: number) => number | null) => Array.from({ length }, (_, at) => of(at))
  return {
    requests: values(requests),
    errors4xx: values((at) => (requests(at) === null ? null : 6)),
    errors5xx: values((at) => (requests(at) === null ? null : 0)),
    sessions: values(() => 1),
    queue: values(() => 0),
    average: values((at) => (requests(at) === null ? null : 20)),
    down: values(() => 0),
    ...more,
  }
}

function samplesOf(length: number, total: TrafficSeries, backends: Samples['backends'] = {}): Samples {
  return { from, step: minute, length, total, backends }
}

const day = samplesOf(
  1440,
  series(1440, (at) => (at >= 600 && at < 660 ? null : 60)),
)

describe('proxy graph', () => {
  it('has three charts of at most 240 points, by the second, with a gap where nobody looked', () => {
    const answer = answerSchema.parse(answerOf(graph, {}, { samples: day }))
    expect(answer.title).toBe('The last 24 h: all sites')
    expect(answer.text).toBe('82800 requests, 8280 answered 4xx, 0 answered 5xx. Of 60 min nothing is known.')
    expect(answer.charts?.map(({ title, unit, step }) => [title, unit, step])).toEqual([
      ['Requests: all sites', 'requests/s', 6 * minute],
      ['Errors: all sites', 'answers/s', 6 * minute],
      ['Time to answer: all sites', 'ms, average', 6 * minute],
    ])
    const [requests, errors, time] = answer.charts ?? []
    expect(requests?.series[0]?.values).toEqual(Array.from({ length: 240 }, (_, at) => (at >= 100 && at < 110 ? null : 1)))
    expect(errors?.series.map(({ name, values }) => [name, values[0]])).toEqual([
      ['4xx', 0.1],
      ['5xx', 0],
    ])
    expect(time?.series[0]).toMatchObject({ name: 'average', values: expect.arrayContaining([20, null]) })
  })

  it('goes back as far as asked, and says what it does not know', () => {
    const answer = answerOf(graph, { last: '2h' }, { samples: day })
    expect(answer.charts?.[0]).toMatchObject({ from: from + (1440 - 120) * minute, step: minute })
    expect(answer.charts?.[0]?.series[0]?.values).toHaveLength(120)
    expect(
      answerOf(
        graph,
        { last: '2h' },
        {
          samples: samplesOf(
            30,
            series(30, () => 1),
          ),
        },
      ).text,
    ).toContain('Of 90 min nothing is known.')
    expect(answerOf(graph, { last: '30m' }, { samples: day }).title).toContain('30 min')
    for (const last of ['25h', '0h', '2d', '4m', '100m', 'x']) expect(refusal(() => answerOf(graph, { last })).code).toBe('bad_argument')
  })

  it('weighs averages by requests, of all backends and of all minutes', () => {
    const slow = series(480, (at) => (at % 2 === 0 ? 30 : 10), {
      average: Array.from({ length: 480 }, (_, at) => (at % 2 === 0 ? 100 : 20)),
    })
    const fast = series(480, () => 40, { average: Array.from({ length: 480 }, () => 10) })
    const observed = {
      jails: [jail()],
      proxy: {
        ...readyProxy,
        routes: [routeTo('blog'), { ...routeTo('blog'), path: '/app', backend: 'jail_blog_3000' }],
        backends: [backendOfJail('blog')],
      },
    }
    const answer = answerOf(
      graph,
      { site: 'blog.example.com', last: '8h' },
      { ...observed, samples: samplesOf(480, slow, { jail_blog: slow, jail_blog_3000: fast }) },
    )
    expect(answer.charts?.[0]?.series[0]?.values[0]).toBeCloseTo(1)
    expect(answer.charts?.[2]?.series[0]?.values[0]).toBeCloseTo((100 * 30 + 20 * 10 + 10 * 80) / 120)
  })

  it('shows half and 95 of 100 where they are known, and of a long time the worst', () => {
    const p50 = Array.from({ length: 480 }, (_, at) => (at % 2 === 0 ? 10 : 20))
    const p95 = Array.from({ length: 480 }, (_, at) => (at < 2 ? null : at % 2 === 0 ? 500 : 30))
    const total = series(480, (at) => (at % 2 === 0 ? 30 : 10), { p50, p95 })
    const time = answerOf(graph, { last: '8h' }, { samples: samplesOf(480, total) }).charts?.[2]
    expect(time?.unit).toBe('ms')
    expect(time?.series.map(({ name, values }) => [name, values.slice(0, 2)])).toEqual([
      ['p50', [12.5, 12.5]],
      ['p95', [null, 500]],
    ])
  })

  it('says that a count is of more than the site that was asked for', () => {
    const proxy = {
      ...readyProxy,
      routes: [routeTo('blog'), { ...routeTo('blog'), host: 'www.example.com' }],
      backends: [backendOfJail('blog')],
    }
    const samples = samplesOf(
      10,
      series(10, () => 1),
      { jail_blog: series(10, () => 1) },
    )
    expect(answerOf(graph, { site: 'www.example.com', last: '5m' }, { jails: [jail()], proxy, samples }).text).toContain(
      'who answers for 2 sites in all',
    )
    expect(answerOf(graph, { site: 'blog', last: '5m' }, { jails: [jail()], proxy, samples }).text).not.toContain('in all')
  })

  it('draws nothing of nothing, and says why', () => {
    const proxy = { ...readyProxy, routes: [routeTo('blog')], backends: [backendOfJail('blog')] }
    const observed = { jails: [jail()], proxy }
    const answers = [
      answerOf(graph, {}, {}),
      answerOf(
        graph,
        {},
        {
          samples: samplesOf(
            0,
            series(0, () => 1),
          ),
        },
      ),
      answerOf(
        graph,
        {},
        {
          samples: samplesOf(
            9,
            series(9, () => null),
          ),
        },
      ),
      answerOf(graph, { site: 'blog' }, { ...observed, samples: day }),
    ]
    expect(answers.map(({ charts }) => charts)).toEqual([undefined, undefined, undefined, undefined])
    expect(answers.map(({ text }) => text?.slice(0, 22))).toEqual([
      'Nothing is counted yet',
      'Nothing is counted yet',
      'Nothing was counted fo',
      'Nothing was counted fo',
    ])
    expect(refusal(() => answerOf(graph, { site: 'blgo.example.com' }, observed)).code).toBe('unknown_route')
    expect(refusal(() => answerOf(graph, { site: 'blgo' }, observed)).code).toBe('unknown_jail')
  })
})
