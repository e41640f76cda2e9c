import { createKeyedMutex } from '../core/mutex.ts'
import type { ChatAdapter } from '../chat/adapter.ts'
import { cardAbout, cardOf } from './cards.ts'
import type { RequestRecord } from './record.ts'
import type { Requests } from './requests.ts'
import type { Card } from '../core/card.ts'

/** Keeps one message true: the newest state is what ends up shown, whatever came between. */
export interface Showing {
  /** The request has changed; its message follows. Changes that come meanwhile are folded into one edit. */
  show(id: string): void
  card(record: RequestRecord): Promise<Card>
  idle(): Promise<void>
}

export interface ShowingDeps {
  requests: Requests
  adapters: ReadonlyMap<string, ChatAdapter>
  alarm(what: string, details: Record<string, unknown>): void
}

export function createShowing({ requests, adapters, alarm }: ShowingDeps): Showing {
  const alone = createKeyedMutex()
  const stale = new Set<string>()
  const underway = new Set<Promise<void>>()

  async function card(record: RequestRecord): Promise<Card> {
    const about = record.about === undefined ? undefined : await requests.get(record.about)
    return about === undefined ? cardOf(record) : cardAbout(record, cardOf(about))
  }

  async function bringUpToDate(id: string): Promise<void> {
    if (!stale.delete(id)) return
    const record = await requests.get(id)
    const adapter = record === undefined ? undefined : adapters.get(record.incoming.place.platform)
    // a press has no message of its own: the card it was pressed on says all
    if (record === undefined || adapter === undefined || record.incoming.said.kind === 'press') return
    const { place } = record.incoming
    const shown = await card(record)
    const message = record.message === undefined ? await adapter.post(place, shown) : await adapter.edit(place, record.message, shown)
    if (message !== record.message) await requests.change(id, (latest) => ({ ...latest, message }))
  }

  return {
    card,
    show(id) {
      stale.add(id)
      const work = alone(id, () => bringUpToDate(id)).catch((error: unknown) =>
        alarm('a card could not be shown', { request: id, error: String(error) }),
      )
      underway.add(work)
      void work.then(() => underway.delete(work))
    },
    async idle() {
      while (underway.size > 0) await Promise.all(underway)
    },
  }
}
