import { z } from 'zod'
import { answerSchema, cardSchema } from '../../core/card.ts'
import { reasonCodes } from '../../core/errors.ts'
import { saidSchema } from '../adapter.ts'

/*
 * What `jailops run` and the bot say to each other on the Unix socket, one JSON object a line:
 *   client  hello · proved · say                 server  prove · welcome · stored · card · answer · problem
 */

export const fromClientSchema = z.discriminatedUnion('kind', [
  /** `as` counts in the demo only. */
  z.strictObject({ kind: z.literal('hello'), as: z.string().max(200).optional() }),
  /** The file of that name stands in the folder. */
  z.strictObject({ kind: z.literal('proved') }),
  z.strictObject({ kind: z.literal('say'), delivery: z.string().min(1).max(150), said: saidSchema }),
])
export type FromClient = z.infer<typeof fromClientSchema>

export const nonceSchema = z.string().regex(/^[0-9a-f]{32}$/)

export const fromServerSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('prove'), folder: z.string().regex(/^\//), nonce: nonceSchema }),
  z.strictObject({ kind: z.literal('welcome'), name: z.string() }),
  z.strictObject({ kind: z.literal('stored'), request: z.string() }),
  z.strictObject({ kind: z.literal('card'), card: cardSchema }),
  z.strictObject({ kind: z.literal('answer'), answer: answerSchema }),
  z.strictObject({ kind: z.literal('problem'), code: z.enum(reasonCodes), sentence: z.string() }),
])
export type FromServer = z.infer<typeof fromServerSchema>
