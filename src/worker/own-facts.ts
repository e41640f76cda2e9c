import type { FactName, ObservedFacts } from '../core/host.ts'
import type { About } from '../core/proxy-status.ts'
import type { Reserved } from './planner.ts'
import type { LogMemory } from './log-memory.ts'
import type { SiteHistory } from './site-history.ts'
import type { Tending } from './tending.ts'

type Observe = (wanted: readonly FactName[], reserved: Reserved, about?: About) => Promise<ObservedFacts>

/** Beside what the host shows: what its worker kept. */
export function withOwnFacts(
  observe: Observe,
  { history, tending, log }: { history: SiteHistory; tending: Pick<Tending, 'samples' | 'traffic'>; log: Pick<LogMemory, 'lines'> },
): Observe {
  return async (wanted, reserved, about) => {
    const [seen, samples, traffic] = await Promise.all([
      observe(wanted, reserved, about),
      wanted.includes('samples') ? tending.samples() : undefined,
      wanted.includes('traffic') ? tending.traffic(reserved.person) : undefined,
    ])
    return {
      ...seen,
      ...(wanted.includes('siteChanges') && { siteChanges: history.changes() }),
      ...(wanted.includes('proxyLog') && { proxyLog: [...log.lines(), ...seen.proxyLog] }),
      ...(samples !== undefined && { samples }),
      ...(traffic !== undefined && { traffic }),
    }
  }
}
