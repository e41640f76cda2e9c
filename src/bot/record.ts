import { z } from 'zod'
import { incomingSchema, placeSchema } from '../chat/adapter.ts'
import { voteSchema } from '../core/approval.ts'
import { answerSchema, requestStates, stepStates } from '../core/card.ts'
import { planSchema } from '../core/plan.ts'

/** What is asked of all hosts at once is asked of this one. No host can be named so. */
export const everyHost = '*'

/** All that the bot knows of one request. Stored signed; the card is made from nothing else. */
export const requestRecordSchema = z.strictObject({
  id: z.string(),
  incoming: incomingSchema,
  /** Milliseconds since 1970. */
  createdAt: z.number(),
  updatedAt: z.number(),
  state: z.enum(requestStates),
  reason: z.string().optional(),
  sentence: z.string().optional(),
  /** Set once the words are understood. */
  asked: z
    .strictObject({
      command: z.string(),
      args: z.record(z.string(), z.unknown()),
      /** As it could have been typed. */
      line: z.string(),
      risk: z.enum(['read', 'change', 'bot']),
      /** Its name, or `*` for all. */
      host: z.string().optional(),
      dryRun: z.boolean(),
      /** Policy lets it pass without approvals. */
      execute: z.boolean(),
      person: z.string(),
    })
    .optional(),
  /** They have so many `minutes` from when the plan is first shown; `expiresAt` is the latest before, and exact from then on. */
  approval: z
    .strictObject({ needed: z.number(), minutes: z.number().optional(), expiresAt: z.number(), votes: z.array(voteSchema) })
    .optional(),
  /** Until when it waits for its host, in milliseconds since 1970. `awaySince`: the host was away when it was asked for; 0 if never heard of. */
  kept: z.strictObject({ until: z.number(), zone: z.string(), awaySince: z.number().optional() }).optional(),
  plan: planSchema.optional(),
  digest: z.string().optional(),
  /** Since when this plan is shown: a yes that was said before cannot have meant it. */
  plannedAt: z.number().optional(),
  steps: z.array(z.strictObject({ state: z.enum(stepStates), note: z.string().optional() })),
  answer: answerSchema.optional(),
  /** What its steps printed that show it. */
  output: z.string().optional(),
  /** Where there is something for the asker alone: whether they were shown it. `trying` stays where that is not known. */
  told: z.enum(['trying', 'told', 'failed']).optional(),
  /** For `job show` and the like: the request that this one's answer is about. */
  about: z.string().optional(),
  /** Highest numbers of what the host said: of a plan, and of how it stands. */
  heard: z.strictObject({ planned: z.number(), progress: z.number() }),
  /** How many messages the host was sent; numbers them. */
  sent: z.number(),
  /** Messages that the host has not yet said to have; the same bytes go again after a restart. */
  outgoing: z.array(z.strictObject({ id: z.string(), token: z.string(), expiresAt: z.number() })),
  cancelRequested: z.boolean(),
  /** Where it is shown: first where it was said, then where config wants it mirrored. `message` is the platform's id. */
  messages: z.array(z.strictObject({ place: placeSchema, message: z.string() })),
  /** Set once every message shows the end. */
  shown: z.literal(true).optional(),
})
export type RequestRecord = z.infer<typeof requestRecordSchema>
