import { z } from 'zod'
import { placeSchema } from '../chat/adapter.ts'
import { answerSchema, type Card } from '../core/card.ts'
import { actorSchema } from '../core/policy.ts'
import { showTime } from '../core/until.ts'
import { fitted } from './fitted.ts'

/** A message in a channel that shows what a host answers to `/proxy status`, over and over. Stored sealed. */
export const boardSchema = z.strictObject({
  /** `b` and the id of the request that began it. */
  id: z.string(),
  place: placeSchema,
  host: z.string(),
  /** Who began it: it shows what they may see, and ends when they may no more. */
  actor: actorSchema,
  everySeconds: z.int(),
  /** Milliseconds since 1970, as all here. */
  startedAt: z.number(),
  endsAt: z.number(),
  /** What the host last answered, or why it does not. */
  said: z.strictObject({ at: z.number(), answer: answerSchema.optional(), problem: z.string().optional() }).optional(),
  /** Set once it has ended: why. */
  over: z.string().optional(),
  message: z.string().optional(),
  /** The hash of the card that its message shows. */
  shown: z.string().optional(),
})
export type Board = z.infer<typeof boardSchema>

export interface BoardCardContext {
  now: number
  zone: string
  /** Nothing has been heard of its host for long. */
  isAway: boolean
}

/** After so many questions without an answer it says so. */
const unanswered = 3

export function boardCard(board: Board, { now, zone, isAway }: BoardCardContext): Card {
  const { id, host, said, over, everySeconds, endsAt, startedAt } = board
  const answer = said?.answer
  const asOf = said === undefined ? undefined : timeOf(said.at, zone)
  const { title, text, fields = [], table } = fitted(answer ?? { title: `Live status of ${host}` })
  const isSilent = now - (said?.at ?? startedAt) > unanswered * everySeconds * 1000
  const remarks = [
    over,
    over === undefined && isAway ? `${host} is away${asOf === undefined ? '' : `: this is as of ${asOf}`}.` : undefined,
    over === undefined && !isAway && isSilent
      ? `${host} does not answer${asOf === undefined ? '' : `: this is as of ${asOf}`}.`
      : undefined,
    said?.problem === undefined ? undefined : `${host} says: ${said.problem}`,
    said === undefined && over === undefined && !isAway && !isSilent ? 'Asking …' : undefined,
    text,
  ]
  const words = remarks.filter((part) => part !== undefined).join('\n')
  return {
    request: id,
    state: over === undefined ? 'running' : 'done',
    standing: over === undefined ? 'live' : 'over',
    title,
    ...(words !== '' && { text: words }),
    fields,
    ...(table !== undefined && { table }),
    steps: [],
    buttons:
      over === undefined
        ? [{ label: 'Stop', style: 'plain', press: { kind: 'say', request: id, words: `proxy watch stop host:${host}` } }]
        : [],
    files: [],
    footer: [
      host,
      ...(asOf === undefined ? [] : [`as of ${asOf}`]),
      ...(over === undefined ? [`every ${everySeconds} s`, `until ${showTime(endsAt, zone)}`] : []),
    ].join(' · '),
  }
}

/** As it is posted first where a forgotten message could never be found again: it says only what stays true. */
export function boardToCome({ table: _table, ...card }: Card, host: string): Card {
  const text = 'This message becomes a live board; should it stay as it is, say /proxy watch start once more.'
  return { ...card, title: `A live status of ${host}`, text, fields: [], buttons: [] }
}

/** `14:03:20`, as clocks there show it. */
function timeOf(moment: number, zone: string): string {
  return new Intl.DateTimeFormat('en-GB', {
    timeZone: zone,
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
  }).format(moment)
}
