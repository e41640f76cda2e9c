import { z } from 'zod'

/*
 * What Slack delivers, as far as we use it: https://docs.slack.dev/interactivity. Everything else in it is left out, unread.
 */

/** Slack's own id of one thing that a person did; the same one again is the same delivery again. */
const trigger = z.string().min(1).max(150)
const responseUrl = z
  .string()
  .regex(/^https?:\/\//)
  .optional()
const user = z.object({ id: z.string().min(1).max(50), username: z.string().optional(), name: z.string().optional() })
const channel = z.object({ id: z.string().min(1) })

export const commandSchema = z.object({
  command: z.string().regex(/^\/\S+$/),
  text: z.string().max(20_000).default(''),
  user_id: z.string().min(1).max(50),
  user_name: z.string().default(''),
  channel_id: z.string().min(1),
  trigger_id: trigger,
  response_url: responseUrl,
})

export const mentionSchema = z.object({
  event_id: trigger,
  event: z.object({
    user: z.string().min(1).max(50),
    bot_id: z.string().optional(),
    text: z.string().max(40_000),
    channel: z.string().min(1),
    ts: z.string(),
    thread_ts: z.string().optional(),
  }),
})

const action = z.object({
  action_id: z.string(),
  value: z.string().optional(),
  selected_option: z.object({ value: z.string() }).nullish(),
})

/** By block, then by action. */
export const stateSchema = z.object({
  values: z.record(
    z.string(),
    z.record(
      z.string(),
      z.object({
        value: z.string().nullish(),
        selected_option: z.object({ value: z.string() }).nullish(),
        selected_conversation: z.string().nullish(),
      }),
    ),
  ),
})
export type ViewState = z.infer<typeof stateSchema>

const view = z.object({
  id: z.string(),
  callback_id: z.string().default(''),
  private_metadata: z.string().default(''),
  state: stateSchema.default({ values: {} }),
  blocks: z.array(z.object({ type: z.string(), block_id: z.string() })).default([]),
})

export const actionsSchema = z.object({
  type: z.literal('block_actions'),
  user,
  trigger_id: trigger,
  response_url: responseUrl,
  actions: z.array(action).min(1),
  container: z
    .object({
      channel_id: z.string().optional(),
      message_ts: z.string().optional(),
      thread_ts: z.string().optional(),
      is_ephemeral: z.boolean().optional(),
    })
    .optional(),
  channel: channel.optional(),
  message: z.object({ ts: z.string().optional(), thread_ts: z.string().optional() }).optional(),
  view: view.optional(),
})
export type Actions = z.infer<typeof actionsSchema>

export const submissionSchema = z.object({ type: z.literal('view_submission'), user, trigger_id: trigger.optional(), view })

export const suggestionSchema = z.object({
  type: z.literal('block_suggestion'),
  user,
  block_id: z.string(),
  action_id: z.string(),
  value: z.string().default(''),
  view: view.optional(),
})

export const shortcutSchema = z.object({
  type: z.enum(['shortcut', 'message_action']),
  callback_id: z.string(),
  user,
  trigger_id: trigger,
  response_url: responseUrl,
  channel: channel.optional(),
  message: z.object({ ts: z.string(), thread_ts: z.string().optional() }).optional(),
})
