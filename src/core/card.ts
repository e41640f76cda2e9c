import { z } from 'zod'
import { chartSchema } from './chart.ts'

/** How a request stands. What a card may end in is in `endStates`. */
export const requestStates = [
  'stored',
  'planning',
  'waiting',
  'queued',
  'running',
  'done',
  'refused',
  'denied',
  'cancelled',
  'expired',
  'undone',
  'failed',
  'needs_human',
  'unreachable',
] as const
export type RequestState = (typeof requestStates)[number]

const endStates: ReadonlySet<RequestState> = new Set<RequestState>([
  'done',
  'refused',
  'denied',
  'cancelled',
  'expired',
  'undone',
  'failed',
  'needs_human',
  'unreachable',
])

export function hasEnded(state: RequestState): boolean {
  return endStates.has(state)
}

export const stepStates = ['pending', 'running', 'done', 'failed', 'undone'] as const

const press = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('approve'), request: z.string(), digest: z.string() }),
  z.strictObject({ kind: z.literal('deny'), request: z.string(), digest: z.string() }),
  z.strictObject({ kind: z.literal('cancel'), request: z.string() }),
  /** Says a command, as if whoever presses it had typed it. */
  z.strictObject({ kind: z.literal('say'), request: z.string(), words: z.string().max(80) }),
])
/** What a button says when it is pressed; who pressed it comes from the platform, never from here. */
export const pressSchema = press
export type Press = z.infer<typeof press>

const fieldSchema = z.strictObject({ name: z.string(), value: z.string() })
const tableSchema = z.strictObject({ columns: z.array(z.string()), rows: z.array(z.array(z.string())) })

/** What a query or a bot command answers: the part of a card that it may say. */
export const answerSchema = z.strictObject({
  title: z.string(),
  text: z.string().optional(),
  fields: z.array(fieldSchema).optional(),
  table: tableSchema.optional(),
  charts: z.array(chartSchema).optional(),
  /** Go up beside the card. */
  files: z.array(z.strictObject({ name: z.string(), text: z.string() })).optional(),
})
export type Answer = z.infer<typeof answerSchema>

export const cardStepSchema = z.strictObject({
  title: z.string(),
  detail: z.string(),
  state: z.enum(stepStates),
})
export type CardStep = z.infer<typeof cardStepSchema>

/** How something stands that is no request: an alert, a live board. */
export const standings = ['critical', 'warning', 'recovered', 'live', 'over'] as const

/** The platform-neutral message of one request, or of what the bot shows by itself. Adapters render it; whatever they must cut they send as a file. */
export const cardSchema = z.strictObject({
  request: z.string(),
  state: z.enum(requestStates),
  reason: z.string().optional(),
  /** Shown in place of the state where this is no request's card; `request` is then an id of the bot's own. */
  standing: z.enum(standings).optional(),
  /** Set where this card shows how another request stands (`job show`). */
  about: z.strictObject({ request: z.string(), state: z.enum(requestStates), reason: z.string().optional() }).optional(),
  title: z.string(),
  text: z.string().optional(),
  fields: z.array(fieldSchema),
  table: tableSchema.optional(),
  charts: z.array(chartSchema).optional(),
  /** What a program printed, as it printed it; what is longer is one of the files. */
  output: z.string().optional(),
  steps: z.array(cardStepSchema),
  buttons: z.array(z.strictObject({ label: z.string(), style: z.enum(['primary', 'danger', 'plain']), press })),
  /** `isAnswer`: part of what was asked for, so it goes up also where the card itself says all else. */
  files: z.array(z.strictObject({ name: z.string(), text: z.string(), isAnswer: z.literal(true).optional() })),
  footer: z.string(),
})
export type Card = z.infer<typeof cardSchema>
