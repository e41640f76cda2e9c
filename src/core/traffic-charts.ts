import type { Answer } from './card.ts'
import type { Chart } from './chart.ts'
import type { Samples, TrafficSeries } from './samples.ts'

/* What a proxy's samples look like as charts. */

const mostPoints = 240
type Values = TrafficSeries['requests']

/** The last so many minutes of samples as an answer; what nobody knows is said and not drawn. `series`: those that count together. */
export function trafficAnswer(samples: Samples | undefined, what: string, minutes: number, series: readonly TrafficSeries[]): Answer {
  const span = minutes % 60 === 0 ? `${minutes / 60} h` : `${minutes} min`
  const title = `The last ${span}: ${what}`
  if (samples === undefined || samples.length === 0)
    return { title, text: 'Nothing is counted yet: the worker begins when it starts, and needs a minute. Ask again then.' }
  const wanted = Math.min(samples.length, Math.ceil((minutes * 60_000) / samples.step))
  const parts = series.map((one) => newest(one, wanted))
  const requests = sumOf(parts.map((one) => one.requests))
  const isKnown = requests.some((value) => value !== null)
  if (!isKnown) return { title, text: `Nothing was counted for ${what} in the last ${span}: it had no requests, or nobody looked.` }
  const each = Math.ceil(wanted / mostPoints)
  const from = samples.from + (samples.length - wanted) * samples.step
  const errors = { '4xx': sumOf(parts.map((one) => one.errors4xx)), '5xx': sumOf(parts.map((one) => one.errors5xx)) }
  const chart = (name: string, unit: string, lines: Record<string, Values>): Chart => ({
    title: `${name}: ${what}`,
    unit,
    from,
    step: samples.step * each,
    series: Object.entries(lines).map(([line, values]) => ({ name: line, values })),
  })
  const rate = (values: Values) => inSteps(values, each, (known) => (totalOf(known) * 1000) / (known.length * samples.step))
  return {
    title,
    text: summary(requests, errors, wanted, minutes, samples.step),
    charts: [
      chart('Requests', 'requests/s', { requests: rate(requests) }),
      chart('Errors', 'answers/s', { '4xx': rate(errors['4xx']), '5xx': rate(errors['5xx']) }),
      chart('Time to answer', ...timesOf(parts, each)),
    ],
  }
}

function summary(requests: Values, errors: Record<'4xx' | '5xx', Values>, wanted: number, minutes: number, step: number): string {
  const all = totalOf(requests)
  const counts = `${all} requests, ${totalOf(errors['4xx'])} answered 4xx, ${totalOf(errors['5xx'])} answered 5xx.`
  const missing = Math.round(
    ((requests.filter((value) => value === null).length + Math.max(0, (minutes * 60_000) / step - wanted)) * step) / 60_000,
  )
  return missing === 0 ? counts : `${counts} Of ${missing} min nothing is known.`
}

function newest(series: TrafficSeries, wanted: number): TrafficSeries {
  const cut = (values: Values) => values.slice(-wanted)
  return {
    requests: cut(series.requests),
    errors4xx: cut(series.errors4xx),
    errors5xx: cut(series.errors5xx),
    sessions: cut(series.sessions),
    queue: cut(series.queue),
    average: cut(series.average),
    down: cut(series.down),
    ...(series.p50 !== undefined && { p50: cut(series.p50) }),
    ...(series.p95 !== undefined && { p95: cut(series.p95) }),
  }
}

/** Side by side; null only where none of them knows. */
function sideBySide(all: readonly Values[], join: (known: number[]) => number): Values {
  return (all[0] ?? []).map((_value, at) => {
    const known = all.map((values) => values[at] ?? null).filter((value) => value !== null)
    return known.length === 0 ? null : join(known)
  })
}

function sumOf(all: readonly Values[]): Values {
  return sideBySide(all, totalOf)
}

function totalOf(values: Values): number {
  return values.reduce((sum: number, value) => sum + (value ?? 0), 0)
}

/** So many values become one. */
function inSteps(values: Values, each: number, join: (known: number[]) => number): Values {
  return Array.from({ length: Math.ceil(values.length / each) }, (_, at) => {
    const known = values.slice(at * each, (at + 1) * each).filter((value) => value !== null)
    return known.length === 0 ? null : join(known)
  })
}

/**
 * Half of the requests and 95 of 100, where that is known, else the average. Of minutes and backends that become one point the halves are
 * averaged, and the worst 95 of 100 is shown: what was slow must not vanish in a long picture.
 */
function timesOf(parts: readonly TrafficSeries[], each: number): [string, Record<string, Values>] {
  const known = parts.filter(({ p95 = [] }) => p95.some((value) => value !== null))
  if (known.length === 0) return ['ms, average', { average: weighted(parts, each, ({ average }) => average) }]
  const worst = sideBySide(
    known.map(({ p95 = [] }) => p95),
    (values) => Math.max(...values),
  )
  return ['ms', { p50: weighted(known, each, ({ p50 = [] }) => p50), p95: inSteps(worst, each, (values) => Math.max(...values)) }]
}

/** Each minute counts by its requests. */
function weighted(parts: readonly TrafficSeries[], each: number, valuesOf: (part: TrafficSeries) => Values): Values {
  const length = parts[0]?.requests.length ?? 0
  return Array.from({ length: Math.ceil(length / each) }, (_, step) => {
    let [sum, weight] = [0, 0]
    for (const part of parts) {
      const [values, requests] = [valuesOf(part), part.requests]
      for (let at = step * each; at < Math.min(length, (step + 1) * each); at++) {
        const [value, count] = [values[at] ?? null, requests[at] ?? 0]
        if (value === null || count === 0) continue
        sum += value * count
        weight += count
      }
    }
    return weight === 0 ? null : sum / weight
  })
}
