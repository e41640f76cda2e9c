import { z } from 'zod'
import { placeSchema } from '../chat/adapter.ts'
import { type Alert, alertSchema } from '../core/alert.ts'
import { JailopsError } from '../core/errors.ts'
import { redact } from '../core/redact.ts'

const itemSchema = z.strictObject({
  alert: alertSchema,
  /** Set once its host says it no more: by that host's clock, and by ours. */
  over: z.strictObject({ at: z.number(), heardAt: z.number() }).optional(),
  /** When it came back, by our clock, within an hour of the last time. */
  returns: z.array(z.number()),
})
export type NoticeItem = z.infer<typeof itemSchema>

/** One message in the alert channels: about one alert, or about many that came at once. Stored sealed; its card is made from nothing else. */
export const noticeSchema = z.strictObject({
  /** `a` and seven letters or digits: people type it. */
  id: z.string(),
  host: z.string(),
  /** By our clock, as all that is not said to be the host's. */
  openedAt: z.number(),
  /** Many came at once, so it lists them, and takes what comes after them. */
  isList: z.literal(true).optional(),
  items: z.array(itemSchema).min(1),
  /** When its host said what it is made of, by that host's clock. */
  saidAt: z.number(),
  acknowledged: z.strictObject({ by: z.string(), at: z.number() }).optional(),
  /** Until then it shows what it showed when it was silenced. */
  silence: z.strictObject({ by: z.string(), at: z.number(), until: z.number(), items: z.array(itemSchema) }).optional(),
  /** Its host was taken out of jailops.yaml: nobody will hear whether it is over. */
  isUnheard: z.literal(true).optional(),
  messages: z.array(z.strictObject({ place: placeSchema, message: z.string() })),
  /** The hash of the card that all its messages show. */
  shown: z.string().optional(),
})
export type Notice = z.infer<typeof noticeSchema>

export interface Snapshot {
  host: string
  alerts: readonly Alert[]
  /** By the host's clock. */
  saidAt: number
}

const minute = 60_000
const hour = 60 * minute
/** More new ones of a host within a minute are one message. */
const mostAtOnce = 5
/** For so long a list takes what comes after it. */
const listMilliseconds = 10 * minute
const mostInList = 500

/** What a host's word makes of its notices: those that change, and new ones. Pure, and harmless when it is heard twice. */
export function afterSnapshot(notices: readonly Notice[], snapshot: Snapshot, now: number, newId: () => string): Notice[] {
  const { host, saidAt } = snapshot
  const alerts = new Map(snapshot.alerts.map((alert) => [alert.key, tidy(alert)]))
  const current = notices.filter((notice) => notice.host === host && !isPast(notice, now))
  const known = new Set(current.flatMap(({ items }) => items.map(({ alert }) => alert.key)))
  const followed = current.map((notice) => withItems(notice, itemsNow(notice.items, alerts, { saidAt, now }), saidAt))
  const fresh = [...alerts.values()].filter(({ key }) => !known.has(key)).map((alert) => ({ alert, returns: [] }))
  const added = withFresh(followed, fresh, { host, saidAt, now, newId })
  return added.filter((notice) => !notices.includes(notice))
}

/** What comes back an hour after it was over is a new one. */
export function isPast(notice: Notice, now: number): boolean {
  const ends = notice.items.map(({ over }) => over?.heardAt ?? Number.POSITIVE_INFINITY)
  return !isSilenced(notice, now) && Math.max(...ends) + hour <= now
}

export function isOver({ items }: Pick<Notice, 'items'>): boolean {
  return items.every(({ over }) => over !== undefined)
}

export function isSilenced({ silence }: Notice, now: number): boolean {
  return silence !== undefined && now < silence.until
}

/** `since`: when it was said; the same again, after a crash say, is what it was. @throws nothing_to_do */
export function acknowledged(notice: Notice, by: string, { now, since }: { now: number; since: number }): Notice {
  const before = notice.acknowledged
  if (before?.by === by && before.at >= since) return notice
  if (isOver(notice)) throw new JailopsError('nothing_to_do', 'That is over already, so there is nothing to acknowledge.')
  if (before !== undefined) throw new JailopsError('nothing_to_do', `${before.by} has acknowledged that already.`)
  return { ...notice, acknowledged: { by, at: now } }
}

/** The same of a silence; one of before is replaced. */
export function silenced(notice: Notice, by: string, { now, since, until }: { now: number; since: number; until: number }): Notice {
  const before = notice.silence
  if (before?.by === by && before.at >= since) return notice
  if (isOver(notice) && !isSilenced(notice, now)) throw new JailopsError('nothing_to_do', 'That is over already, so it is silent.')
  return { ...notice, silence: { by, at: now, until, items: notice.items } }
}

/** What a host writes comes to people: short, and without what looks like a secret. */
function tidy(alert: Alert): Alert {
  return { ...alert, title: clean(alert.title, 200), sentence: clean(alert.sentence, 1000), actions: alert.actions.slice(0, 4) }
}

/** Cut only after it was looked through: half of a secret looks like none. */
function clean(text: string, most: number): string {
  return redact(text.slice(0, 5000)).slice(0, most).toWellFormed()
}

function itemsNow(
  items: readonly NoticeItem[],
  alerts: ReadonlyMap<string, Alert>,
  { saidAt, now }: { saidAt: number; now: number },
): NoticeItem[] {
  return items.map((item) => {
    const alert = alerts.get(item.alert.key)
    if (alert === undefined) return item.over === undefined ? { ...item, over: { at: saidAt, heardAt: now } } : item
    const returns = item.over === undefined ? item.returns : [...item.returns.filter((at) => now - at < hour), now]
    return { alert, returns }
  })
}

/** The very same where nothing is new. */
function withItems(notice: Notice, items: NoticeItem[], saidAt: number): Notice {
  return JSON.stringify(items) === JSON.stringify(notice.items) ? notice : { ...notice, items, saidAt }
}

interface Coming {
  host: string
  saidAt: number
  now: number
  newId(): string
}

function withFresh(current: readonly Notice[], fresh: readonly NoticeItem[], { host, saidAt, now, newId }: Coming): Notice[] {
  const lately = current.filter(({ isList, openedAt }) => isList !== true && now - openedAt < minute).length
  if (fresh.length === 0) return [...current]
  const open = { host, openedAt: now, saidAt, messages: [] }
  if (fresh.length + lately <= mostAtOnce) return [...current, ...fresh.map((item) => ({ ...open, id: newId(), items: [item] }))]
  const list = current.find(
    (notice) =>
      notice.isList === true &&
      now - notice.openedAt < listMilliseconds &&
      !isSilenced(notice, now) &&
      notice.items.length + fresh.length <= mostInList,
  )
  if (list === undefined) return [...current, { ...open, id: newId(), isList: true, items: [...fresh] }]
  // whoever acknowledged it did not know of these
  const { acknowledged: _before, ...rest } = list
  return current.map((notice) => (notice === list ? { ...rest, saidAt, items: [...list.items, ...fresh] } : notice))
}
