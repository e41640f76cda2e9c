import type { Clock } from '../core/clock.ts'
import { isLostConnection, toJailopsError } from '../core/errors.ts'
import type { FactName, ObservedFacts } from '../core/host.ts'
import { createMutex } from '../core/mutex.ts'
import type { AlertThresholds } from '../core/alert.ts'
import { noProxy } from '../core/proxy.ts'
import type { Samples, Traffic } from '../core/samples.ts'
import { type AlertMemory, alertsNow } from '../host/proxy/alerts.ts'
import type { ProxySeen } from '../host/proxy/alert-causes.ts'
import type { Latencies } from '../host/proxy/latencies.ts'
import type { DownBackend, ProxyTraffic, TrafficLook } from '../host/proxy/traffic.ts'
import { behindBackends } from './behind-backends.ts'
import type { AlertTeller } from './alert-teller.ts'
import { type CountedAs, countedAs } from './counted-as.ts'
import type { Reconciling } from './reconciling.ts'
import type { SampleFiles } from './sample-files.ts'
import { seriesOf } from './sample-series.ts'
import { createTrafficCounts, type TrafficCounts } from './traffic-counts.ts'

/** What happens on a host without anybody asking: its proxy is counted, held against its files, and told of where something is wrong. */
export interface Tending {
  start(): void
  /** The host has changed: what was known of its proxy may be old. */
  changed(): void
  samples(): Promise<Samples | undefined>
  /** Since this person looked before; of nobody, since the worker began to count. */
  traffic(person: string | undefined): Promise<Traffic | undefined>
  stop(): Promise<void>
}

export interface TendingDeps extends ProxyTraffic {
  now: Clock
  /** Rejects when it is aborted. */
  wait(milliseconds: number, signal: AbortSignal): Promise<unknown>
  observe(wanted: readonly FactName[]): Promise<ObservedFacts>
  /** A request that runs has this jail: that it is away is on its card. */
  isWorkedOn(jail: string): boolean
  /** Why the certificate of a site was not renewed when that was tried last. */
  whyNotRenewed(site: string): string | undefined
  reconciling: Reconciling
  files: SampleFiles
  thresholds: AlertThresholds
  teller: AlertTeller
  /** What an earlier life knew of alerts. */
  alertsBefore: AlertMemory
  keepAlerts(memory: AlertMemory): Promise<void>
  warn(what: string, details: Record<string, unknown>): void
}

const second = 1000
/** What is known of jails and sites may be so old; younger where something is wrong. */
const factsMilliseconds = 300 * second
const wrongFactsMilliseconds = 60 * second
/** Up to so many backends a look costs nothing that anybody would notice. */
const fewBackends = 2000

export function createTending(deps: TendingDeps): Tending {
  const { now, wait, lookAtTraffic, lookAtDown, lookAtLatencies, observe, reconciling, files, thresholds, teller, keepAlerts, warn } = deps
  const counting = createMutex()
  let counts: TrafficCounts | undefined
  let latencies: Latencies | undefined
  let facts: { seen: Pick<ObservedFacts, 'jails' | 'proxy'>; at: number } | undefined
  let changes = 0
  let memory = deps.alertsBefore
  let seen: { at: number; backends: number; down: DownBackend[] } | undefined
  let running: { stopping: AbortController; over: Promise<void> } | undefined

  /** @returns undefined while the proxy says nothing */
  async function count(): Promise<TrafficLook | undefined> {
    const look = await lookAtTraffic().catch(passOnlyLost)
    counts ??= createTrafficCounts({ now: now(), downToday: await downToday() })
    const at = now()
    if (look === undefined) {
      seen = undefined
      await keep(counts.rest())
      return undefined
    }
    const down = await lookAtDown(look.backends.filter(({ isUp }) => !isUp).map(({ name }) => name))
    seen = { at, backends: look.backends.length, down }
    // the first time it only says from where on: by the host's clock, which may be another one
    const before = latencies
    latencies = await lookAtLatencies(before?.until ?? 0)
    await keep(counts.take(look, down, at, before === undefined ? new Map() : latencies.byBackend, await names()))
    return look
  }

  async function keep(minute: Parameters<SampleFiles['append']>[0] | undefined): Promise<void> {
    if (minute === undefined) return
    // figures are not worth failing for: a full disk is told of by whatever else it keeps from being done
    await files.append(minute).catch((error: unknown) => warn('the figures of a minute were not kept', { error: String(error) }))
  }

  async function downToday(): Promise<Map<string, number>> {
    const midnight = new Date(now()).setHours(0, 0, 0, 0)
    const found = new Map<string, number>()
    for (const { at, backends } of await files.read(now())) {
      if (at < midnight) continue
      for (const [name, { down }] of backends) if (down > 0) found.set(name, (found.get(name) ?? 0) + down)
    }
    return found
  }

  async function known(isWrong: boolean): Promise<Pick<ObservedFacts, 'jails' | 'proxy'>> {
    const oldest = isWrong ? wrongFactsMilliseconds : factsMilliseconds
    if (facts === undefined || now() - facts.at >= oldest) {
      // a host that cannot be looked at for a while is still the one that it was
      const begun = changes
      const fresh = await observe(['jails', 'proxy']).catch(passOnlyLost)
      const seenNow = fresh ?? facts?.seen ?? { jails: [], proxy: noProxy }
      // what changed meanwhile may not be in it
      facts = begun === changes ? { seen: seenNow, at: now() } : undefined
      return seenNow
    }
    return facts.seen
  }

  async function names(): Promise<CountedAs> {
    const { proxy } = await known(false)
    return countedAs(proxy.backends)
  }

  async function round(): Promise<void> {
    const look = await counting(count)
    const isWrong = look === undefined || (seen?.down.length ?? 0) > 0 || memory.length > 0
    const { jails, proxy } = await known(isWrong && facts?.seen.proxy.configured === true)
    const isTended = proxy.configured
    // nginx runs as its files were at its last reload, and tells nobody how
    const isCompared = isTended && proxy.kind === 'haproxy' && look !== undefined
    if (isCompared) await reconciling.look(look)
    const who = behindBackends(proxy, jails)
    const isLeft = (name: string) => {
      const behind = who.get(name)?.jails ?? []
      return behind.length === 0 || behind.some((jail) => !deps.isWorkedOn(jail.name))
    }
    const moment: ProxySeen = {
      at: now(),
      kind: proxy.kind,
      isGone: isTended && proxy.enabled && look === undefined,
      ...(seen !== undefined && {
        backends: {
          down: seen.down.filter(({ name }) => isLeft(name)),
          lastMinute: new Map(
            [...byBackend(counts?.lastMinuteUp() ?? new Map(), countedAs(proxy.backends))].filter(([name]) => isLeft(name)),
          ),
        },
      }),
      who,
      certificates: proxy.certificates.map((one) => {
        const problem = deps.whyNotRenewed(one.site)
        return problem === undefined ? one : { ...one, problem }
      }),
      drift: isCompared ? reconciling.drift() : [],
    }
    const { alerts, memory: kept } = alertsNow(moment, thresholds, memory)
    const isChanged = JSON.stringify(kept) !== JSON.stringify(memory)
    memory = kept
    teller.tell(alerts)
    if (isChanged) await keepAlerts(memory).catch((error: unknown) => warn('alerts were not kept', { error: String(error) }))
  }

  async function untilStopped({ signal }: AbortController): Promise<void> {
    while (!signal.aborted) {
      await round().catch((error: unknown) => {
        if (!isLostConnection(error)) warn('the proxy could not be tended', { error: toJailopsError(error).message, cause: String(error) })
      })
      await wait(betweenLooks(seen?.backends ?? 0), signal).catch(() => undefined)
    }
  }

  return {
    start() {
      if (running !== undefined) return
      const stopping = new AbortController()
      running = { stopping, over: untilStopped(stopping) }
    },
    changed() {
      facts = undefined
      changes += 1
    },
    async samples() {
      return seriesOf(await files.read(now()), now(), await names())
    },
    traffic: (person) =>
      counting(async () => {
        // what somebody is told counts until now
        if (seen === undefined || seen.backends <= fewBackends) await count()
        const told = counts?.sinceLook(person)
        if (told === undefined) return undefined
        return { ...told, backends: Object.fromEntries(byBackend(new Map(Object.entries(told.backends)), await names())) }
      }),
    async stop() {
      running?.stopping.abort()
      await running?.over
      running = undefined
      await keep(counts?.rest())
      await files.close()
    },
  }
}

function byBackend<Told>(counted: ReadonlyMap<string, Told>, names: CountedAs): Map<string, Told> {
  return new Map(
    [...counted].flatMap(([name, told]) => {
      const backend = names.backendOf(name)
      return backend === undefined ? [] : [[backend, told] as const]
    }),
  )
}

/** At 10,000 backends a look costs HAProxy 40 ms. */
function betweenLooks(backends: number): number {
  if (backends >= 5000) return 30 * second
  return (backends >= 1000 ? 20 : 10) * second
}

function passOnlyLost(error: unknown): undefined {
  if (isLostConnection(error)) throw error
  return undefined
}
