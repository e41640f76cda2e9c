import type { PastChange } from '../core/proxy.ts'
import type { Journal } from './journal.ts'

/** What became of sites, from the journals of requests that were carried out. */
export interface SiteHistory {
  /** A request has ended, now or in an earlier life; the same one counts once. */
  note(journal: Pick<Journal, 'request' | 'all' | 'last'>): void
  /** Newest first. */
  changes(): PastChange[]
}

/** Of requests, each whole: half of an import could not be taken back. */
const mostRequests = 500
const mostChanges = 20_000

export function createSiteHistory(): SiteHistory {
  /** By request, each with when it ended. */
  const known = new Map<string, { at: number; changes: PastChange[] }>()

  /** No gaps: what seems to be the newest change of a site must be. */
  function forgetOldest(): void {
    let count = 0
    for (const [place, [request, { changes }]] of newestFirst(known).entries()) {
      count += changes.length
      if (place > 0 && (place >= mostRequests || count > mostChanges)) known.delete(request)
    }
  }

  return {
    note(journal) {
      const ended = journal.last('end')
      const sites = journal.last('planned')?.plan.sites
      const asked = journal.all('message')[0]?.message.body
      if (ended?.state !== 'done' || journal.last('begun') === undefined || sites === undefined || asked?.kind !== 'plan') return
      const { at } = ended
      known.set(journal.request, { at, changes: sites.map((site) => ({ ...site, request: journal.request, person: asked.person, at })) })
      forgetOldest()
    },
    changes: () => newestFirst(known).flatMap(([, { changes }]) => changes),
  }
}

function newestFirst(known: ReadonlyMap<string, { at: number; changes: PastChange[] }>) {
  // of two that ended at once the later noted one is the newer
  return [...known].toReversed().toSorted(([, a], [, b]) => b.at - a.at)
}
