import { z } from 'zod'
import { answerSchema, requestStates } from '../core/card.ts'
import { reasonCodes } from '../core/errors.ts'
import { hostMessageSchema, toBotSchema } from '../core/message.ts'
import { planSchema } from '../core/plan.ts'

const direction = z.enum(['do', 'undo'])

/** What a journal is made of, in the order in which it happens. */
export const entrySchema = z.discriminatedUnion('kind', [
  /**
   * A message has come; `hash` is of its signed bytes, so that a replay with other bytes shows. `refused` stands in the same entry,
   * so that no crash can part a message from the no that it got.
   */
  z.strictObject({
    kind: z.literal('message'),
    at: z.number(),
    hash: z.string(),
    message: hostMessageSchema,
    refused: z.strictObject({ code: z.enum(reasonCodes), sentence: z.string() }).optional(),
  }),
  z.strictObject({ kind: z.literal('planned'), at: z.number(), plan: planSchema, digest: z.string() }),
  /** From here on nothing is planned again: the host is being changed. */
  z.strictObject({ kind: z.literal('begun'), at: z.number() }),
  /** About to touch the host. `before` is what taking it back will need. */
  z.strictObject({ kind: z.literal('intent'), at: z.number(), direction, step: z.int(), before: z.string().nullable() }),
  z.strictObject({
    kind: z.literal('done'),
    at: z.number(),
    direction,
    step: z.int(),
    output: z.string().optional(),
    sealed: z.string().optional(),
  }),
  /** It does not go on; whatever was done is taken back from here. */
  z.strictObject({
    kind: z.literal('turn'),
    at: z.number(),
    step: z.int(),
    reason: z.string(),
    sentence: z.string(),
    output: z.string().optional(),
  }),
  z.strictObject({
    kind: z.literal('end'),
    at: z.number(),
    state: z.enum(requestStates),
    reason: z.string().optional(),
    sentence: z.string().optional(),
    answer: answerSchema.optional(),
  }),
  /** An answer for the bot; sent again until a `sent` follows. */
  z.strictObject({ kind: z.literal('answer'), at: z.number(), body: toBotSchema }),
  z.strictObject({ kind: z.literal('sent'), at: z.number(), number: z.int() }),
])
export type Entry = z.infer<typeof entrySchema>
type Untimed<T> = T extends unknown ? Omit<T, 'at'> : never
export type NewEntry = Untimed<Entry>
export type EntryOf<Kind extends Entry['kind']> = Extract<Entry, { kind: Kind }>

export function isQuestion([first]: readonly Entry[]): boolean {
  return first?.kind === 'message' && first.message.body.kind === 'query'
}
