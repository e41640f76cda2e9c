import type { Samples, TrafficSeries } from '../core/samples.ts'
import type { CountedAs } from './counted-as.ts'
import type { Figures, Minute } from './sample-files.ts'

const step = 60_000

/** The minutes as series, up to the last that is over. @returns undefined where there are none */
export function seriesOf(minutes: readonly Minute[], now: number, names: Pick<CountedAs, 'backendOf'>): Samples | undefined {
  const from = minutes[0]?.at ?? now
  const length = Math.floor(now / step) - Math.floor(from / step)
  if (length <= 0) return undefined
  const slots = Array.from({ length }, (): Minute[] => [])
  for (const minute of minutes) slots[Math.floor((minute.at - from) / step)]?.push(minute)
  const backends = {}
  for (const name of new Set(minutes.flatMap((minute) => [...minute.backends.keys()]))) {
    const backend = names.backendOf(name)
    if (backend === undefined) continue
    // made when somebody reads it: all of them at once could be a hundred million values
    Object.defineProperty(backends, backend, { enumerable: true, get: () => series(slots, ({ backends: of }) => of.get(name) ?? nothing) })
  }
  return { from, step, length, total: series(slots, ({ total }) => total), backends }
}

const nothing: Figures = { requests: 0, errors4xx: 0, errors5xx: 0, sessions: 0, queue: 0, average: null, down: 0, p50: null, p95: null }

function series(slots: readonly (readonly Minute[])[], of: (minute: Minute) => Figures): TrafficSeries {
  const parts = slots.map((minutes) => minutes.map(of))
  const added = (key: 'requests' | 'errors4xx' | 'errors5xx' | 'down') =>
    parts.map((figures) => (figures.length === 0 ? null : figures.reduce((sum, one) => sum + one[key], 0)))
  const most = (key: 'sessions' | 'queue') =>
    parts.map((figures) => (figures.length === 0 ? null : Math.max(...figures.map((one) => one[key]))))
  const newest = (key: 'average' | 'p50' | 'p95') => parts.map((figures) => figures.findLast((one) => one[key] !== null)?.[key] ?? null)
  return {
    requests: added('requests'),
    errors4xx: added('errors4xx'),
    errors5xx: added('errors5xx'),
    sessions: most('sessions'),
    queue: most('queue'),
    average: newest('average'),
    p50: newest('p50'),
    p95: newest('p95'),
    down: added('down'),
  }
}
