import type { Card } from '../core/card.ts'
import { showTime } from '../core/until.ts'
import { fitted } from './fitted.ts'
import { spanText } from './hosts.ts'
import { isOver, isSilenced, type Notice, type NoticeItem } from './notice.ts'
import { buttonsOf, type Sayable } from './notice-buttons.ts'

export interface NoticeCardContext extends Sayable {
  now: number
  zone: string
}

/** The message about an alert. Of the time that passes nothing is in it, but whether a silence is over: so it is edited only for news. */
export function noticeCard(notice: Notice, context: NoticeCardContext): Card {
  const { now, zone } = context
  // a silenced message stays as it is
  const seen = isSilenced(notice, now) ? { ...notice, items: notice.silence?.items ?? notice.items } : notice
  const [only] = seen.items
  const said = seen.isList === true || only === undefined ? listOf(seen, zone) : singleOf(only, zone)
  const text = [...said.text, ...wordsOnIt(seen, context)].join('\n')
  const { title, fields = [], ...rest } = fitted({ ...said, text, fields: [...said.fields, ...handling(seen, zone)] })
  return {
    request: seen.id,
    state: isOver(seen) || seen.isUnheard === true ? 'done' : 'running',
    standing: standingOf(seen),
    title,
    ...rest,
    fields,
    steps: [],
    buttons: buttonsOf(seen, context, now),
    files: [],
    footer: `${seen.id} · ${seen.host}`,
  }
}

/** As it is posted first where a forgotten message could never be found again: it says only what stays true. */
export function noticeToCome({ table: _table, ...card }: Card, host: string): Card {
  return {
    ...card,
    standing: 'warning',
    title: `Something about ${host}`,
    text: 'This message becomes an alert; should it stay as it is, say /alert list.',
    fields: [],
    buttons: [],
  }
}

interface Said {
  title: string
  text: string[]
  fields: Card['fields']
  table?: NonNullable<Card['table']>
}

function singleOf({ alert, over, returns }: NoticeItem, zone: string): Said {
  const times = Math.max(alert.flaps, returns.length)
  return {
    title: alert.title,
    text: [
      ...(over === undefined
        ? []
        : [`It is over since ${showTime(over.at, zone)} and lasted ${spanText(Math.max(0, over.at - alert.since))}. It was:`]),
      alert.sentence,
      ...(times > 0 ? [`It came and went ${times} ${times === 1 ? 'time' : 'times'} within an hour.`] : []),
    ],
    fields: [{ name: 'Since', value: showTime(alert.since, zone) }],
  }
}

function listOf({ host, items }: Notice, zone: string): Said {
  const open = items.filter(({ over }) => over === undefined)
  const worst = items.toSorted((one, other) => weightOf(one) - weightOf(other))
  return {
    title:
      open.length === 0 ? `All ${items.length} alerts of ${host} are over` : `${open.length} of ${items.length} alerts of ${host} go on`,
    text: ['So many came at once that this message lists them. /alert list has them all.'],
    fields: [],
    table: {
      columns: ['what', 'since', 'state'],
      rows: worst.map(({ alert, over }) => [
        alert.title,
        showTime(alert.since, zone),
        over === undefined ? alert.severity : `over since ${showTime(over.at, zone)}`,
      ]),
    },
  }
}

/** What is wrong still comes first, and of that the worst. */
function weightOf({ alert, over }: NoticeItem): number {
  return (over === undefined ? 0 : 2) + (alert.severity === 'critical' ? 0 : 1)
}

function standingOf(notice: Notice): NonNullable<Card['standing']> {
  if (notice.isUnheard === true) return 'over'
  if (isOver(notice)) return 'recovered'
  return notice.items.some(({ alert, over }) => over === undefined && alert.severity === 'critical') ? 'critical' : 'warning'
}

function wordsOnIt(notice: Notice, { now, zone }: NoticeCardContext): string[] {
  const { silence, isUnheard, host } = notice
  if (isUnheard === true) return [`Host ${host} is named in jailops.yaml no more, so nobody hears whether this goes on.`]
  if (silence === undefined || isOver(notice)) return []
  const until = showTime(silence.until, zone)
  if (now < silence.until) return [`Silenced by ${silence.by} until ${until}: until then this message stays as it is.`]
  return [`The silence that ${silence.by} asked for ended ${until}, and this goes on.`]
}

function handling({ acknowledged }: Notice, zone: string): Card['fields'] {
  return acknowledged === undefined ? [] : [{ name: 'Acknowledged', value: `by ${acknowledged.by}, ${showTime(acknowledged.at, zone)}` }]
}
