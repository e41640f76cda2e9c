import { hasEnded, type Card } from '../core/card.ts'
import { createKeyedMutex } from '../core/mutex.ts'
import type { ChatAdapter } from '../chat/adapter.ts'
import { cardAbout, cardOf } from './cards.ts'
import type { RequestRecord } from './record.ts'
import type { Requests } from './requests.ts'

/** Keeps one message true: the newest state is what ends up shown, whatever came between. */
export interface Showing {
  /** The request has changed; its message follows. Changes that come meanwhile are folded into one edit. */
  show(id: string): void
  card(record: RequestRecord): Promise<Card>
  /** Tries again, now and then, what a platform did not take. */
  again(now: number): void
  idle(): Promise<void>
}

export interface ShowingDeps {
  requests: Requests
  adapters: ReadonlyMap<string, ChatAdapter>
  alarm(what: string, details: Record<string, unknown>): void
}

const againMilliseconds = 5000

export function createShowing({ requests, adapters, alarm }: ShowingDeps): Showing {
  const alone = createKeyedMutex()
  const stale = new Set<string>()
  const underway = new Set<Promise<void>>()
  const failed = new Set<string>()
  let triedAt = 0

  async function card(record: RequestRecord): Promise<Card> {
    const about = record.about === undefined ? undefined : await requests.get(record.about)
    return about === undefined ? cardOf(record) : cardAbout(record, cardOf(about))
  }

  async function bringUpToDate(id: string): Promise<void> {
    if (!stale.delete(id)) return
    const record = await requests.get(id)
    const adapter = record === undefined ? undefined : adapters.get(record.incoming.place.platform)
    // a press has no message of its own: the card it was pressed on says all
    if (record === undefined) return
    if (adapter === undefined || record.incoming.said.kind === 'press') return isShown(record, {})
    const { place } = record.incoming
    const shown = await card(record)
    const message = record.message === undefined ? await adapter.post(place, shown) : await adapter.edit(place, record.message, shown)
    await isShown(record, { message })
  }

  /** Once its end is shown a request is over; until then it is taken up again after a restart. */
  async function isShown(record: RequestRecord, { message }: { message?: string }): Promise<void> {
    const ended = hasEnded(record.state) && record.shown !== true
    if (!ended && (message === undefined || message === record.message)) return
    await requests.change(record.id, (latest) => ({
      ...latest,
      ...(message !== undefined && { message }),
      ...(ended && latest.state === record.state && { shown: true }),
    }))
  }

  function show(id: string): void {
    stale.add(id)
    const work = alone(id, () => bringUpToDate(id)).catch((error: unknown) => {
      failed.add(id)
      alarm('a card could not be shown', { request: id, error: String(error) })
    })
    underway.add(work)
    void work.then(() => underway.delete(work))
  }

  return {
    card,
    show,
    again(now) {
      if (now - triedAt < againMilliseconds) return
      triedAt = now
      const ids = [...failed]
      failed.clear()
      for (const id of ids) show(id)
    },
    async idle() {
      while (underway.size > 0) await Promise.all(underway)
    },
  }
}
