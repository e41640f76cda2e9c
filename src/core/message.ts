import { z } from 'zod'
import { alertSchema } from './alert.ts'
import { answerSchema, requestStates, stepStates } from './card.ts'
import { planSchema } from './plan.ts'
import { voteSchema } from './approval.ts'

/* What travels between bot and host. The queue room signs and carries it; this page says what it means. */

const asked = {
  command: z.string(),
  args: z.record(z.string(), z.unknown()),
  /** definitionHash of the bot's copy of the command. */
  definition: z.string(),
  /** Who asked, for the host's own record. */
  person: z.string(),
}

const sealKey = z.string().regex(/^[\w-]{43}$/)

export const toHostSchema = z.discriminatedUnion('kind', [
  /** `execute`: policy needs no approval, so plan and carry out in one. `dryRun`: plan, reserve nothing. */
  z.strictObject({
    kind: z.literal('plan'),
    ...asked,
    /** Which of the command's `grants` this person has. */
    granted: z.array(z.string()),
    execute: z.boolean(),
    dryRun: z.boolean(),
    reserveUntil: z.number(),
    /** Where the answer holds something for the asker alone: the X25519 key to seal it to. */
    sealTo: sealKey.optional(),
  }),
  /** `sealTo`: by now; the bot may have been started again since it asked for the plan. */
  z.strictObject({ kind: z.literal('apply'), digest: z.string(), votes: z.array(voteSchema), sealTo: sealKey.optional() }),
  /** `isBoard`: it is asked by itself over and over, and is nobody's look. */
  z.strictObject({ kind: z.literal('query'), ...asked, isBoard: z.literal(true).optional() }),
  z.strictObject({ kind: z.literal('cancel') }),
])
export type ToHost = z.infer<typeof toHostSchema>

const stepProgress = z.strictObject({ state: z.enum(stepStates), note: z.string().optional() })
export type StepProgress = z.infer<typeof stepProgress>

/** How the host is, as of this sign of life. */
const heartbeatSchema = z.strictObject({
  /** Of jailops, on the worker. */
  version: z.string(),
  /** Such as `FreeBSD 15.1-RELEASE`. */
  system: z.string(),
  uptime: z.string(),
  /** Of the last minute. */
  load: z.number(),
  freeMegabytes: z.number(),
  jailsRunning: z.int(),
  /** By what its worker reaches it. */
  reachedBy: z.enum(['local', 'ssh']),
})
export type Heartbeat = z.infer<typeof heartbeatSchema>

const inventorySchema = z.strictObject({
  /** Absent where the host did not say. */
  heartbeat: heartbeatSchema.optional(),
  jails: z.array(z.string()),
  routes: z.array(z.string()),
  trash: z.array(z.string()),
})
export type Inventory = z.infer<typeof inventorySchema>

export const toBotSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('planned'), plan: planSchema, digest: z.string() }),
  /** A snapshot, not a difference: the highest number wins. */
  z.strictObject({
    kind: z.literal('progress'),
    steps: z.array(stepProgress),
    /** The host is being changed; false while it waits for an approval or for other requests to finish. */
    begun: z.boolean(),
    /** Ids of the messages that the host has written down. */
    taken: z.array(z.string()),
  }),
  z.strictObject({
    kind: z.literal('result'),
    state: z.enum(requestStates),
    reason: z.string().optional(),
    sentence: z.string().optional(),
    answer: answerSchema.optional(),
    /** What steps printed that show it, without secrets. */
    output: z.string().optional(),
    /** For the asker alone, by `sealTo`. */
    sealed: z.string().optional(),
    steps: z.array(stepProgress),
  }),
  z.strictObject({ kind: z.literal('inventory'), inventory: inventorySchema }),
  /** All that is wrong now; a snapshot, not a difference. */
  z.strictObject({ kind: z.literal('alerts'), alerts: z.array(alertSchema) }),
  /** A sign of life of a host that cannot say what it has. */
  z.strictObject({ kind: z.literal('alive'), problem: z.string() }),
])
export type ToBot = z.infer<typeof toBotSchema>

const envelope = {
  /** REQUEST-KIND-N, also the id of the queue's job. */
  id: z.string(),
  request: z.string(),
  /** The host that it comes from or is meant for. */
  host: z.string(),
  /** Milliseconds since 1970. After `expiresAt` a message that was never seen is refused. */
  issuedAt: z.number(),
  expiresAt: z.number(),
}
export const hostMessageSchema = z.strictObject({ ...envelope, body: toHostSchema })
export const botMessageSchema = z.strictObject({ ...envelope, number: z.int(), body: toBotSchema })
export type HostMessage = z.infer<typeof hostMessageSchema>
export type BotMessage = z.infer<typeof botMessageSchema>

/** BullMQ refuses ids that are integers or hold a colon, and swallows a repeated one silently: hence names, and numbers that only rise. */
export function messageId(request: string, kind: string, number: number): string {
  return `${request}-${kind}-${number}`
}

/** The same from a host: several may speak of one request, and all by the bot's one queue. */
export function answerId(request: string, kind: string, host: string, number: number): string {
  return messageId(request, `${kind}-${host}`, number)
}
