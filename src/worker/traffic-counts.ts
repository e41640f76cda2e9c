import type { BackendTraffic, Traffic } from '../core/samples.ts'
import type { Counts, DownBackend, TrafficLook } from '../host/proxy/traffic.ts'
import type { CountedAs } from './counted-as.ts'
import { createLooks } from './looks.ts'
import { percentile } from './percentile.ts'
import type { Figures, Minute } from './sample-files.ts'
import { createTotals, none, type Totals } from './totals.ts'

/**
 * Counts that go on over reloads. A new process of HAProxy begins at zero, so all that it has counted came since; what the old one still
 * answered after the last look at it is not known to anybody.
 */
export interface TrafficCounts {
  /** @returns the minute that is over by now */
  take(
    look: TrafficLook,
    down: readonly Pick<DownBackend, 'name' | 'for'>[],
    at: number,
    times?: ReadonlyMap<string, readonly number[]>,
    names?: Pick<CountedAs, 'of'>,
  ): Minute | undefined
  /** Nobody answers, or nobody looks any more. @returns what there is of this minute */
  rest(): Minute | undefined
  /** By the name that a backend is counted by, as all that is told here; of the last 60 seconds, but for those in which it was down: why it answered 503 then is known. */
  lastMinuteUp(): ReadonlyMap<string, Pick<Figures, 'requests' | 'errors5xx'>>
  /** Since this person looked before, and from now on since now; of nobody, since it began. undefined: nothing was ever seen. */
  sinceLook(person: string | undefined): Traffic | undefined
}

export interface CountsBefore {
  /** When the worker began to count. */
  now: number
  /** Seconds since midnight that each backend was down for, as an earlier life kept them. */
  downToday: ReadonlyMap<string, number>
}

const minute = 60_000
/** A longer gap is not known to have been all down. */
const longestGap = 90_000

export function createTrafficCounts({ now: begun, downToday: before }: CountsBefore): TrafficCounts {
  const totals = createTotals()
  const looks = createLooks()
  let downToday = new Map(before)
  let last: { look: TrafficLook; at: number; counts: Map<string, Counts & { countedAs: string }> } | undefined
  let open: OpenMinute | undefined
  let recent: { at: number; deltas: Map<string, Totals>; down: ReadonlySet<string> }[] = []
  /** Down at the look before: what came since then may have met that. */
  let downBefore: readonly string[] = []

  function count(look: TrafficLook, down: readonly Pick<DownBackend, 'name' | 'for'>[], at: number, names: Pick<CountedAs, 'of'>): void {
    const isSameProcess = last !== undefined && last.look.pid === look.pid && last.look.uptimeSeconds <= look.uptimeSeconds
    // the first look of all only says where to count from
    const isFirst = last === undefined
    const elapsed = last === undefined ? 0 : Math.max(0, Math.min(at - last.at, longestGap))
    // one that went down between two looks was not down all the time
    const downFors = new Map(down.map((one) => [names.of(one.name), Math.min(elapsed / 1000, one.for)]))
    const minuteNow = (open ??= newMinute(at))
    const deltas = new Map<string, Totals>()
    for (const backend of look.backends) {
      const known = last?.counts.get(backend.name)
      const name = names.of(backend.name)
      // given to another jail between two looks: whose each request was is not known
      const isPassedOn = known !== undefined && known.countedAs !== name
      const delta = isFirst || isPassedOn ? none : difference(backend, isSameProcess ? known : undefined)
      if (delta.requests + delta.errors4xx + delta.errors5xx > 0) deltas.set(name, delta)
      const downFor = downFors.get(name) ?? 0
      if (downFor > 0) downToday.set(name, (downToday.get(name) ?? 0) + downFor)
      note(minuteNow.backends, name, delta, backend, downFor)
    }
    for (const [name, delta] of deltas) totals.add(name, delta)
    const front = isFirst ? none : difference(look.front, isSameProcess ? last?.look.front : undefined)
    noteTotal(minuteNow, front, look)
    recent = [...recent.filter((one) => one.at > at - minute), { at, deltas, down: new Set([...downFors.keys(), ...downBefore]) }]
    downBefore = [...downFors.keys()]
    last = { look, at, counts: new Map(look.backends.map((backend) => [backend.name, { ...backend, countedAs: names.of(backend.name) }])) }
  }

  function lastMinute(isWanted: (name: string, down: ReadonlySet<string>) => boolean = () => true): Map<string, Totals> {
    const found = new Map<string, Totals>()
    for (const { deltas, down } of recent)
      for (const [name, delta] of deltas) if (isWanted(name, down)) found.set(name, sum(found.get(name) ?? none, delta))
    return found
  }

  return {
    take(look, down, at, times = new Map(), names = { of: (backend) => backend }) {
      const over = open !== undefined && Math.floor(at / minute) * minute !== open.at ? closed(open) : undefined
      if (over !== undefined) open = undefined
      if (last !== undefined && dayOf(last.at) !== dayOf(at)) downToday = new Map()
      count(look, down, at, names)
      for (const [backend, took] of times) {
        const name = names.of(backend)
        open?.times.set(name, [...(open.times.get(name) ?? []), ...took])
      }
      return over
    },
    rest() {
      const over = open === undefined ? undefined : closed(open)
      open = undefined
      recent = []
      return over
    },
    lastMinuteUp: () => lastMinute((name, down) => !down.has(name)),
    sinceLook(person) {
      if (last === undefined) return undefined
      const mark = person === undefined ? undefined : looks.of(person)
      if (person !== undefined) looks.remember(person, last.at, totals.mark())
      const minuteNow = lastMinute()
      const backends: Record<string, BackendTraffic> = {}
      for (const name of new Set([...totals.names(), ...downToday.keys()])) {
        const { requests, errors4xx, errors5xx } = totals.since(name, mark?.totals)
        const { requests: requestsLastMinute, errors5xx: errors5xxLastMinute } = minuteNow.get(name) ?? none
        const downFor = Math.round(downToday.get(name) ?? 0)
        if (requests + errors4xx + errors5xx + requestsLastMinute + downFor > 0)
          backends[name] = { requests, errors4xx, errors5xx, requestsLastMinute, errors5xxLastMinute, downToday: downFor }
      }
      return {
        since: mark?.at ?? begun,
        isSinceLook: mark !== undefined,
        seenAt: last.at,
        reloadedAt: last.at - last.look.uptimeSeconds * 1000,
        backends,
      }
    },
  }
}

interface OpenMinute extends Minute {
  backends: Map<string, Figures>
  /** What requests took, by backend. */
  times: Map<string, number[]>
}

function newMinute(at: number): OpenMinute {
  const total = { ...none, ...noTimes, sessions: 0, queue: 0, down: 0 }
  return { at: Math.floor(at / minute) * minute, total, backends: new Map(), times: new Map() }
}

const noTimes = { average: null, p50: null, p95: null }

function closed({ at, total, backends, times }: OpenMinute): Minute {
  return {
    at,
    total: withTimes(total, [...times.values()].flat()),
    backends: new Map([...backends].map(([name, figures]) => [name, withTimes(figures, times.get(name) ?? [])])),
  }
}

function withTimes(figures: Figures, took: readonly number[]): Figures {
  return { ...figures, p50: percentile(took, 50), p95: percentile(took, 95) }
}

/** Counters that fell, because somebody cleared them or the backend is another one of that name, began at zero. */
function difference(now: Totals, old: Totals = none): Totals {
  const isNew = now.requests < old.requests || now.errors4xx < old.errors4xx || now.errors5xx < old.errors5xx
  if (isNew) return { requests: now.requests, errors4xx: now.errors4xx, errors5xx: now.errors5xx }
  return {
    requests: now.requests - old.requests,
    errors4xx: now.errors4xx - old.errors4xx,
    errors5xx: now.errors5xx - old.errors5xx,
  }
}

function sum(a: Totals, b: Totals): Totals {
  return { requests: a.requests + b.requests, errors4xx: a.errors4xx + b.errors4xx, errors5xx: a.errors5xx + b.errors5xx }
}

/** Only what had something to tell: most of 10,000 backends have not. */
function note(backends: Map<string, Figures>, name: string, delta: Totals, seen: TrafficLook['backends'][number], down: number): void {
  if (delta.requests + delta.errors4xx + delta.errors5xx + seen.sessions + seen.queue + down === 0) return
  const old = backends.get(name)
  backends.set(name, {
    ...noTimes,
    ...sum(old ?? none, delta),
    sessions: Math.max(old?.sessions ?? 0, seen.sessions),
    queue: Math.max(old?.queue ?? 0, seen.queue),
    average: delta.requests > 0 ? seen.average : (old?.average ?? null),
    down: (old?.down ?? 0) + down,
  })
}

/** The average of all is that of each, by how many requests it had. */
function noteTotal(open: OpenMinute, front: Totals, look: TrafficLook): void {
  const queue = look.backends.reduce((waiting, backend) => waiting + backend.queue, 0)
  const answered = [...open.backends.values()].filter(({ average, requests }) => average !== null && requests > 0)
  const requests = answered.reduce((all, one) => all + one.requests, 0)
  const time = answered.reduce((all, one) => all + (one.average ?? 0) * one.requests, 0)
  open.total = {
    ...noTimes,
    ...sum(open.total, front),
    sessions: Math.max(open.total.sessions, look.front.sessions),
    queue: Math.max(open.total.queue, queue),
    average: requests === 0 ? null : Math.round(time / requests),
    down: 0,
  }
}

function dayOf(at: number): number {
  return new Date(at).setHours(0, 0, 0, 0)
}
