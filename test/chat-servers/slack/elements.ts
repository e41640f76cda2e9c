import { z } from 'zod'

/** Block Kit's elements and composition objects with Slack's limits. */

const id = z.string().min(1).max(255).optional()
const isTrue = z.boolean().optional()

export function plainText(max: number) {
  return z.strictObject({ type: z.literal('plain_text'), text: z.string().min(1).max(max), emoji: isTrue })
}
export function anyText(max: number) {
  const markdown = z.strictObject({ type: z.literal('mrkdwn'), text: z.string().min(1).max(max), verbatim: isTrue })
  return z.discriminatedUnion('type', [plainText(max), markdown])
}

const confirm = z
  .strictObject({
    title: plainText(100),
    text: anyText(300),
    confirm: plainText(30),
    deny: plainText(30),
    style: z.enum(['primary', 'danger']).optional(),
  })
  .optional()
const placeholder = plainText(150).optional()
const option = z.strictObject({
  text: anyText(75),
  value: z.string().min(1).max(150),
  description: anyText(75).optional(),
  url: z.string().max(3000).optional(),
})
const options = z.array(option).min(1).max(100)
const optionGroups = z
  .array(z.strictObject({ label: plainText(75), options }))
  .min(1)
  .max(100)
/** What an app answers a block_suggestion with. */
export const suggestionsSchema = z.union([
  z.strictObject({ options: z.array(option).max(100) }),
  z.strictObject({ option_groups: optionGroups.max(100) }),
])

const common = { action_id: id, focus_on_load: isTrue, confirm }
const one = { ...common, placeholder }
const many = { ...one, max_selected_items: z.int().min(1).optional() }
const ids = z.array(z.string()).optional()
const filter = z.looseObject({}).optional()

const optionSource = { options: options.optional(), option_groups: optionGroups.optional() }
const oneSource = (select: { options?: unknown; option_groups?: unknown }): boolean =>
  (select.options === undefined) !== (select.option_groups === undefined)
const needsOneSource = { message: 'must provide either options or option_groups' }

const staticSelect = z
  .strictObject({ type: z.literal('static_select'), ...one, ...optionSource, initial_option: option.optional() })
  .refine(oneSource, needsOneSource)
const multiStaticSelect = z
  .strictObject({ type: z.literal('multi_static_select'), ...many, ...optionSource, initial_options: options.optional() })
  .refine(oneSource, needsOneSource)
const external = { min_query_length: z.int().min(0).optional() }
const selects = [
  staticSelect,
  multiStaticSelect,
  z.strictObject({ type: z.literal('external_select'), ...one, ...external, initial_option: option.optional() }),
  z.strictObject({ type: z.literal('multi_external_select'), ...many, ...external, initial_options: options.optional() }),
  z.strictObject({ type: z.literal('users_select'), ...one, initial_user: z.string().optional() }),
  z.strictObject({ type: z.literal('multi_users_select'), ...many, initial_users: ids }),
  z.looseObject({ type: z.literal('conversations_select'), ...one, initial_conversation: z.string().optional(), filter }),
  z.looseObject({ type: z.literal('multi_conversations_select'), ...many, initial_conversations: ids, filter }),
  z.looseObject({ type: z.literal('channels_select'), ...one, initial_channel: z.string().optional() }),
  z.strictObject({ type: z.literal('multi_channels_select'), ...many, initial_channels: ids }),
] as const

const pickers = [
  z.strictObject({ type: z.literal('datepicker'), ...one, initial_date: z.string().optional() }),
  z.looseObject({ type: z.literal('timepicker'), ...one, initial_time: z.string().optional() }),
  z.strictObject({ type: z.literal('datetimepicker'), ...common, initial_date_time: z.int().optional() }),
  z.strictObject({ type: z.literal('radio_buttons'), ...common, options: options.max(10), initial_option: option.optional() }),
  z.strictObject({ type: z.literal('checkboxes'), ...common, options: options.max(10), initial_options: options.optional() }),
] as const

const button = z.strictObject({
  type: z.literal('button'),
  action_id: id,
  text: plainText(75),
  url: z.string().max(3000).optional(),
  value: z.string().max(2000).optional(),
  style: z.enum(['primary', 'danger']).optional(),
  confirm,
  accessibility_label: z.string().max(75).optional(),
})
const overflow = z.strictObject({ type: z.literal('overflow'), action_id: id, options: options.max(5), confirm })
const workflowButton = z.looseObject({ type: z.literal('workflow_button'), action_id: id, text: plainText(75) })

export const imageElement = z.strictObject({
  type: z.literal('image'),
  image_url: z.string().max(3000).optional(),
  slack_file: z.looseObject({}).optional(),
  alt_text: z.string().min(1).max(2000),
})

const typed = {
  action_id: id,
  focus_on_load: isTrue,
  placeholder,
  initial_value: z.string().max(3000).optional(),
  dispatch_action_config: z.looseObject({}).optional(),
}
const textInputs = [
  z.strictObject({
    type: z.literal('plain_text_input'),
    ...typed,
    multiline: isTrue,
    min_length: z.int().min(0).max(3000).optional(),
    max_length: z.int().min(1).max(3000).optional(),
  }),
  z.strictObject({
    type: z.literal('number_input'),
    ...typed,
    is_decimal_allowed: z.boolean(),
    min_value: z.string().optional(),
    max_value: z.string().optional(),
  }),
  z.strictObject({ type: z.literal('email_text_input'), ...typed }),
  z.strictObject({ type: z.literal('url_text_input'), ...typed }),
  z.looseObject({ type: z.literal('rich_text_input'), action_id: id }),
  z.looseObject({ type: z.literal('file_input'), action_id: id }),
] as const

export const inputElement = z.discriminatedUnion('type', [...selects, ...pickers, ...textInputs])
export const actionsElement = z.discriminatedUnion('type', [...selects, ...pickers, button, overflow, workflowButton])
export const accessoryElement = z.discriminatedUnion('type', [...selects, ...pickers, button, overflow, workflowButton, imageElement])
export const contextElement = z.discriminatedUnion('type', [
  imageElement,
  plainText(3000),
  z.strictObject({ type: z.literal('mrkdwn'), text: z.string().min(1).max(3000), verbatim: isTrue }),
])
