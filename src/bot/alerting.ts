import type { ChatAdapter, Place } from '../chat/adapter.ts'
import type { AlertSummary } from '../core/alert.ts'
import { type Clock, newRequestId } from '../core/clock.ts'
import type { Command } from '../core/command.ts'
import { JailopsError, toJailopsError } from '../core/errors.ts'
import type { BotMessage } from '../core/message.ts'
import { createMutex } from '../core/mutex.ts'
import type { Shelf } from '../queue/shelf.ts'
import { shown } from '../core/arguments.ts'
import { createKept } from './kept.ts'
import { acknowledged, afterSnapshot, isOver, isPast, isSilenced, type Notice, noticeSchema, silenced } from './notice.ts'
import { noticeCard, noticeToCome } from './notice-card.ts'
import { betweenEdits, bring, hashOfCard } from './own-message.ts'

/** What is wrong on the hosts, as messages in the alert channels: posted once, edited as it goes on, and when it is over. */
export interface Alerting {
  /** Reads what an earlier life kept, before anything is heard. */
  open(): Promise<void>
  /** All that is wrong on a host now. */
  hear(message: BotMessage): Promise<void>
  /** To be called about once a second: ends silences, shows what could not be shown, forgets what is over. */
  tick(): Promise<void>
  list(): AlertSummary[]
  /** Both by what the person is called; `since`: when they said it. @throws unknown_alert, nothing_to_do */
  acknowledge(id: string, by: string, since: number): Promise<AlertSummary>
  silence(id: string, by: string, since: number, milliseconds: number): Promise<AlertSummary>
  stop(): Promise<void>
}

export interface AlertingDeps {
  shelf: Shelf
  now: Clock
  zone: string
  commands: readonly Command[]
  hosts(): readonly { name: string }[]
  adapters: ReadonlyMap<string, ChatAdapter>
  /** Where they are posted. */
  channels: readonly Place[]
  alarm(what: string, details: Record<string, unknown>): void
}

/** A host's clock that goes by more than this before ours: what it said then is not believed against what it says now. */
const aheadMilliseconds = 60_000
const againMilliseconds = 5000

export function createAlerting(deps: AlertingDeps): Alerting {
  const { now, zone, commands, hosts, adapters, channels, alarm } = deps
  const notices = createKept<Notice>({ ...deps, schema: noticeSchema })
  const alone = createMutex()
  /** The latest word of each host that was heard, by its own clock. */
  const heard = new Map<string, number>()
  const underway = new Map<string, Promise<void>>()
  /** By when each message may be edited again. */
  const notBefore = new Map<string, number>()
  let isStopped = false

  const cardOf = (notice: Notice) => noticeCard(notice, { now: now(), zone, commands, hosts: hosts().length })

  /** Stored, then shown. */
  async function put(notice: Notice): Promise<void> {
    await notices.put(notice)
    show(notice.id)
  }

  function change(id: string, next: (notice: Notice) => Notice): Promise<AlertSummary> {
    return alone(async () => {
      const changed = next(noticeCalled(id, notices.get(id)))
      await put(changed)
      return summaryOf(changed, now())
    })
  }

  function show(id: string): void {
    if (isStopped || underway.has(id) || (notBefore.get(id) ?? 0) > now()) return
    const notice = notices.get(id)
    if (notice === undefined || hashOfCard(cardOf(notice)) === notice.shown) return
    const work = bringUpToDate(notice)
      .catch((error: unknown) => {
        if (isStopped) return
        notBefore.set(id, now() + againMilliseconds)
        alarm('an alert could not be shown', { alert: id, error: String(error) })
      })
      .finally(() => underway.delete(id))
    underway.set(id, work)
  }

  async function bringUpToDate(notice: Notice): Promise<void> {
    const { id } = notice
    const card = cardOf(notice)
    // what was over before anybody saw it is nobody's business any more
    const isWorthPosting = !isOver(notice) && notice.isUnheard !== true
    const places = isWorthPosting ? channels : notice.messages.map(({ place }) => place)
    const results = await Promise.allSettled(places.map((place) => showAt(notice, place, card)))
    notBefore.set(id, now() + betweenEdits)
    const failed = results.find((result) => result.status === 'rejected')
    if (failed !== undefined) throw failed.reason
    await keep(id, (latest) => ({ ...latest, shown: hashOfCard(card) }))
  }

  /** A platform that will never take it is no reason to try for ever. */
  async function showAt(notice: Notice, place: Place, card: ReturnType<typeof cardOf>): Promise<void> {
    const adapter = adapters.get(place.platform)
    if (adapter === undefined) return
    const stands = notice.messages.find((one) => isSame(one.place, place))?.message
    const keepMessage = (message: string) =>
      keep(notice.id, (latest) => ({
        ...latest,
        messages: [...latest.messages.filter((one) => !isSame(one.place, place)), { place, message }],
      }))
    try {
      const toCome = noticeToCome(card, notice.host)
      const message = await bring({ adapter, place, card, toCome, message: stands, whereGone: 'post', keep: keepMessage })
      if (message !== stands) await keepMessage(message)
    } catch (error) {
      if (toJailopsError(error).code !== 'cannot_show') throw error
      alarm('a platform will not show an alert', { alert: notice.id, place, error: String(error) })
    }
  }

  function keep(id: string, next: (notice: Notice) => Notice): Promise<void> {
    return alone(async () => {
      const latest = notices.get(id)
      if (latest !== undefined) await notices.put(next(latest))
    })
  }

  function newId(): string {
    const id = `a${newRequestId().slice(1, 8)}`
    return notices.get(id) === undefined ? id : newId()
  }

  return {
    async open() {
      await notices.open()
      for (const { host, saidAt } of notices.all()) heard.set(host, Math.max(saidAt, heard.get(host) ?? 0))
    },
    hear: ({ host, issuedAt, body }) =>
      alone(async () => {
        if (body.kind !== 'alerts') return
        const last = heard.get(host) ?? 0
        // what comes late says how it was
        if (issuedAt < last && last - now() <= aheadMilliseconds) return
        const changed = afterSnapshot(notices.all(), { host, alerts: body.alerts, saidAt: issuedAt }, now(), newId)
        for (const notice of changed) await put(notice)
        heard.set(host, issuedAt)
      }),
    async tick() {
      for (const notice of notices.all()) {
        if (notice.isUnheard !== true && !hosts().some(({ name }) => name === notice.host))
          await keep(notice.id, (latest) => ({ ...latest, isUnheard: true }))
        show(notice.id)
        const isShown = notice.shown === hashOfCard(cardOf(notice))
        if (isShown && (notice.isUnheard === true || isPast(notice, now()))) await alone(() => notices.remove(notice.id))
      }
    },
    list: () =>
      notices
        .all()
        .toReversed()
        .flatMap((notice) => summariesOf(notice, now())),
    acknowledge: (id, by, since) => change(id, (notice) => acknowledged(notice, by, { now: now(), since })),
    silence: (id, by, since, milliseconds) =>
      change(id, (notice) => silenced(notice, by, { now: now(), since, until: now() + milliseconds })),
    async stop() {
      isStopped = true
      await Promise.all(underway.values())
    },
  }
}

function noticeCalled(id: string, notice: Notice | undefined): Notice {
  if (notice === undefined) throw new JailopsError('unknown_alert', `There is no alert ${shown(id)}; /alert list shows those there are.`)
  return notice
}

/** As one, however many it lists. */
function summaryOf(notice: Notice, now: number): AlertSummary {
  const { host, items, isList } = notice
  const titles = items.map(({ alert }) => alert.title)
  return {
    ...handlingOf(notice, now),
    title: isList === true ? `${titles.length} alerts of ${host}` : titles.join(', '),
    isOver: isOver(notice),
    since: Math.min(...items.map(({ alert }) => alert.since)),
  }
}

function summariesOf(notice: Notice, now: number): AlertSummary[] {
  const handling = handlingOf(notice, now)
  return notice.items.map(({ alert, over }) => ({ ...handling, title: alert.title, isOver: over !== undefined, since: alert.since }))
}

function handlingOf(notice: Notice, now: number): Pick<AlertSummary, 'alert' | 'host' | 'acknowledgedBy' | 'silence'> {
  const { id, host, acknowledged: seen, silence } = notice
  return {
    alert: id,
    host,
    ...(seen !== undefined && { acknowledgedBy: seen.by }),
    ...(silence !== undefined && isSilenced(notice, now) && { silence: { by: silence.by, until: silence.until } }),
  }
}

function isSame(one: Place, other: Place): boolean {
  return one.platform === other.platform && one.channel === other.channel
}
