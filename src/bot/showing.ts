import { type Card, hasEnded } from '../core/card.ts'
import { toJailopsError } from '../core/errors.ts'
import { createKeyedMutex } from '../core/mutex.ts'
import type { ChatAdapter, Place } from '../chat/adapter.ts'
import { cardAbout, cardOf, takenUp } from './cards.ts'
import type { RequestRecord } from './record.ts'
import type { Requests } from './requests.ts'

/** Keeps a request's messages true: the newest state is what ends up shown, whatever came between. */
export interface Showing {
  /** The request has changed; its messages follow. Changes that come meanwhile are folded into one edit. */
  show(id: string): void
  card(record: RequestRecord): Promise<Card>
  /** Tries again, now and then, what a platform did not take. */
  again(now: number): void
  /** Resolves when nothing is being shown. */
  idle(): Promise<void>
  /** Nothing is begun any more; what is not shown yet is taken up at the next start. */
  stop(): Promise<void>
}

export interface ShowingDeps {
  requests: Requests
  adapters: ReadonlyMap<string, ChatAdapter>
  /** Other places that show what was said in this one. */
  mirrorsOf(place: Place): readonly Place[]
  alarm(what: string, details: Record<string, unknown>): void
}

const againMilliseconds = 5000

export function createShowing({ requests, adapters, mirrorsOf, alarm }: ShowingDeps): Showing {
  const alone = createKeyedMutex()
  const stale = new Set<string>()
  const underway = new Set<Promise<void>>()
  const failed = new Set<string>()
  /** Requests without a message so far, that wait a moment for more to show. */
  const settling = new Map<string, NodeJS.Timeout | 'settled'>()
  let triedAt = 0
  let stopped = false

  async function card(record: RequestRecord): Promise<Card> {
    const about = record.about === undefined ? undefined : await requests.get(record.about)
    return about === undefined ? cardOf(record) : cardAbout(record, cardOf(about))
  }

  async function bringUpToDate(id: string): Promise<void> {
    if (stopped || !stale.delete(id)) return
    const record = await requests.get(id)
    if (record === undefined) return
    const { place, said } = record.incoming
    const adapter = adapters.get(place.platform)
    // a vote has no message of its own: the card it was pressed on says all
    if ((said.kind === 'press' && said.press.kind !== 'say') || adapter === undefined) return isShown(record, [])
    if (isUnsettled(record, adapter)) return
    settling.delete(id)
    if (adapter.traits.whispersRefusals && record.state === 'refused' && record.messages.length === 0) {
      const { title, text, fields } = await card(record)
      const answer = { title, fields, ...(text !== undefined && { text }) }
      await unlessItCannot(record, place, () => adapter.whisper(place, record.incoming.actor, answer))
      return isShown(record, [])
    }
    const places = [place, ...mirrorsOf(place).filter((mirror) => adapters.has(mirror.platform))]
    const results = await Promise.allSettled(places.map((at) => showAt(at, record)))
    await isShown(
      record,
      results.flatMap((result) => (result.status === 'fulfilled' && result.value !== undefined ? [result.value] : [])),
      results.every(({ status }) => status === 'fulfilled'),
    )
    for (const result of results) if (result.status === 'rejected') throw result.reason
  }

  /** @returns where it stands; undefined where the platform will never take it */
  async function showAt(place: Place, record: RequestRecord): Promise<RequestRecord['messages'][number] | undefined> {
    const adapter = adapters.get(place.platform)
    if (adapter === undefined) return undefined
    const { actor } = record.incoming
    return unlessItCannot(record, place, async () => {
      let message = messageAt(record, place)
      const shown = await card(record)
      if (message === undefined && !adapter.traits.postsOnce && !hasEnded(shown.state)) {
        // should we die before its id is stored, it stands there for ever: so it says nothing that could turn out untrue
        message = await adapter.post(place, takenUp(shown), actor)
        await isShown(record, [{ place, message }], false)
      }
      message = message === undefined ? await adapter.post(place, shown, actor) : await adapter.edit(place, message, shown, actor)
      return { place, message }
    })
  }

  /** A platform that will never take it is no reason to try for ever. */
  async function unlessItCannot<Result>(record: RequestRecord, place: Place, say: () => Promise<Result>): Promise<Result | undefined> {
    try {
      return await say()
    } catch (error) {
      if (toJailopsError(error).code !== 'cannot_show') throw error
      alarm('a platform will not show a card', { request: record.id, place, error: String(error) })
      return undefined
    }
  }

  function isUnsettled({ id, state, messages }: RequestRecord, { traits }: ChatAdapter): boolean {
    const isWorthShowing = hasEnded(state) || state === 'waiting' || messages.length > 0 || traits.settleMilliseconds === 0
    const timer = settling.get(id)
    if (isWorthShowing || timer === 'settled') {
      if (typeof timer === 'object') clearTimeout(timer)
      return false
    }
    if (timer === undefined) {
      const settled = () => {
        settling.set(id, 'settled')
        show(id)
      }
      settling.set(id, setTimeout(settled, traits.settleMilliseconds))
    }
    return true
  }

  /** Once its end is shown everywhere a request is over; until then it is taken up again after a restart. */
  async function isShown(record: RequestRecord, at: RequestRecord['messages'], everywhere = true): Promise<void> {
    const news = at.filter(({ place, message }) => messageAt(record, place) !== message)
    const ended = everywhere && hasEnded(record.state) && record.shown !== true
    if (!ended && news.length === 0) return
    await requests.change(record.id, (latest) => ({
      ...latest,
      messages: [...latest.messages.filter((old) => !news.some((one) => isSame(one.place, old.place))), ...news],
      ...(ended && latest.state === record.state && { shown: true }),
    }))
  }

  function show(id: string): void {
    if (stopped) return
    stale.add(id)
    const work = alone(id, () => bringUpToDate(id)).catch((error: unknown) => {
      if (stopped) return
      failed.add(id)
      alarm('a card could not be shown', { request: id, error: String(error) })
    })
    underway.add(work)
    void work.then(() => underway.delete(work))
  }

  async function idle(): Promise<void> {
    while (underway.size > 0) await Promise.all(underway)
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
    idle,
    async stop() {
      stopped = true
      for (const timer of settling.values()) if (typeof timer === 'object') clearTimeout(timer)
      settling.clear()
      await idle()
    },
  }
}

function messageAt({ messages }: RequestRecord, place: Place): string | undefined {
  return messages.find((one) => isSame(one.place, place))?.message
}

function isSame(one: Place, other: Place): boolean {
  return one.platform === other.platform && one.channel === other.channel && one.thread === other.thread
}
