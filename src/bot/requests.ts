import { hasEnded } from '../core/card.ts'
import { type Clock, newRequestId } from '../core/clock.ts'
import { createKeyedMutex } from '../core/mutex.ts'
import type { Incoming } from '../chat/adapter.ts'
import type { Store } from '../queue/store.ts'
import { type RequestRecord, requestRecordSchema } from './record.ts'

/** The requests as the bot keeps them: every change is stored before anybody sees it. */
export interface Requests {
  /** Stores a new invocation, or finds the one that this delivery made before. */
  admit(incoming: Incoming): Promise<{ id: string; fresh: boolean }>
  get(id: string): Promise<RequestRecord | undefined>
  /** Changes one request, alone on it; `change` returns undefined to leave it. @returns the stored result, if it changed */
  change(
    id: string,
    change: (record: RequestRecord) => Promise<RequestRecord | undefined> | RequestRecord | undefined,
  ): Promise<RequestRecord | undefined>
  /** Reads all requests that have not ended, and those whose message does not show it yet; from then on `live` has them. */
  open(): Promise<RequestRecord[]>
  /** Requests that have not ended, from memory. */
  live(): RequestRecord[]
  /** Newest first. */
  recent(limit: number): Promise<RequestRecord[]>
}

/** Our own share of a platform's 3 s before it gives up on us. */
const admitWithin = 2000

export interface RequestsDeps {
  store: Store
  now: Clock
  /** Told of a record that cannot be read, which is then as if it were not there. */
  alarm?(what: string, details: Record<string, unknown>): void
}

export function createRequests({ store, now, alarm }: RequestsDeps): Requests {
  const alone = createKeyedMutex()
  /** Open requests as last stored; the store is only asked for what is not here. */
  const known = new Map<string, RequestRecord>()

  /** One of another version of jailops must not take all others with it. */
  const read = (id: string, text: string) => {
    try {
      return requestRecordSchema.parse(JSON.parse(text))
    } catch (error) {
      alarm?.('a stored request cannot be read', { request: id, error: String(error) })
      return undefined
    }
  }
  const get = async (id: string) => {
    const cached = known.get(id)
    if (cached !== undefined) return cached
    const text = await store.load(id)
    return text === undefined ? undefined : read(id, text)
  }
  const all = async (ids: readonly string[]) => (await Promise.all(ids.map(get))).filter((record) => record !== undefined)

  return {
    get,
    async admit(incoming) {
      const createdAt = now()
      const id = newRequestId()
      const record: RequestRecord = {
        id,
        incoming,
        createdAt,
        updatedAt: createdAt,
        state: 'stored',
        steps: [],
        heard: { planned: 0, progress: 0 },
        sent: 0,
        outgoing: [],
        cancelRequested: false,
        messages: [],
      }
      const admitted = await store.admit({
        delivery: `${incoming.place.platform}:${incoming.delivery}`,
        id,
        record: JSON.stringify(record),
        createdAt,
        deadlineMilliseconds: admitWithin,
      })
      if (admitted.fresh) known.set(id, record)
      return admitted
    },
    change: (id, change) =>
      alone(id, async () => {
        const record = await get(id)
        const next = record === undefined ? undefined : await change(record)
        if (next === undefined) return undefined
        const { shown: wasShown, ...rest } = next
        // another end than the one that was shown (a host that was reached after all) is to be shown again
        const isOver = hasEnded(next.state) && wasShown === true && next.state === record?.state
        const stored: RequestRecord = { ...rest, updatedAt: now(), ...(isOver && { shown: true }) }
        await store.save(id, JSON.stringify(stored), isOver)
        if (isOver) known.delete(id)
        else known.set(id, stored)
        return stored
      }),
    async open() {
      const ids = await store.open()
      for (const id of ids) {
        await alone(id, async () => {
          const record = await get(id)
          if (record !== undefined && record.shown !== true) known.set(id, record)
        })
      }
      return [...known.values()]
    },
    live: () => [...known.values()].filter(({ state }) => !hasEnded(state)),
    recent: async (limit) => all(await store.recent(limit)),
  }
}
