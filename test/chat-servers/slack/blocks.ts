import type { KnownBlock, View } from '@slack/types'
import { z } from 'zod'
import { accessoryElement, actionsElement, anyText, contextElement, imageElement, inputElement, plainText } from './elements.ts'
import { refusal } from './refusal.ts'

/** Together a message's blocks may hold this much as JSON: undocumented, and where exactly it ends nobody was told (bolt-js #2509, #2867). */
export const longestBlocks = 13_000

const block_id = z.string().min(1).max(255).optional()

const section = z
  .strictObject({
    type: z.literal('section'),
    block_id,
    text: anyText(3000).optional(),
    fields: z.array(anyText(2000)).min(1).max(10).optional(),
    accessory: accessoryElement.optional(),
    expand: z.boolean().optional(),
  })
  .refine((block) => block.text !== undefined || block.fields !== undefined, { message: 'must provide either text or fields' })
const actions = z
  .strictObject({ type: z.literal('actions'), block_id, elements: z.array(actionsElement).min(1).max(25) })
  .superRefine(({ elements }, context) => refuseTwins(elements, 'action_id', ['elements'], context))
const input = z.strictObject({
  type: z.literal('input'),
  block_id,
  label: plainText(2000),
  hint: plainText(2000).optional(),
  optional: z.boolean().optional(),
  dispatch_action: z.boolean().optional(),
  element: inputElement,
})

const block = z.discriminatedUnion('type', [
  section,
  actions,
  input,
  z.strictObject({ type: z.literal('divider'), block_id }),
  z.strictObject({ type: z.literal('header'), block_id, text: plainText(150), level: z.int().optional() }),
  z.strictObject({ type: z.literal('context'), block_id, elements: z.array(contextElement).min(1).max(10) }),
  z.strictObject({ ...imageElement.shape, block_id, title: plainText(2000).optional() }),
  z.strictObject({ type: z.literal('markdown'), block_id, text: z.string().min(1).max(12_000) }),
  z.strictObject({ type: z.literal('rich_text'), block_id, elements: z.array(z.looseObject({ type: z.string() })) }),
  z.strictObject({
    type: z.literal('table'),
    block_id,
    rows: z.array(z.array(z.looseObject({ type: z.string() })).max(20)).max(100),
    column_settings: z.array(z.looseObject({}).nullable()).max(20).optional(),
  }),
  ...(['alert', 'card', 'carousel', 'container', 'context_actions', 'data_table', 'file', 'plan', 'task_card', 'video'] as const).map(
    (type) => z.looseObject({ type: z.literal(type), block_id }),
  ),
])

function blocks(max: number) {
  return z
    .array(block)
    .max(max)
    .superRefine((all, context) => {
      refuseTwins(all, 'block_id', [], context)
      const tables = all.filter(({ type }) => type === 'table')
      if (tables.length > 1) context.addIssue({ code: 'custom', message: 'only_one_table_allowed' })
    })
}

const messageSchema = z.object({ blocks: blocks(50) })

const viewCommon = {
  blocks: blocks(100),
  private_metadata: z.string().max(3000).optional(),
  callback_id: z.string().max(255).optional(),
  external_id: z.string().max(255).optional(),
}
const modal = z
  .strictObject({
    type: z.literal('modal'),
    ...viewCommon,
    title: plainText(24),
    submit: plainText(24).optional(),
    close: plainText(24).optional(),
    clear_on_close: z.boolean().optional(),
    notify_on_close: z.boolean().optional(),
    submit_disabled: z.boolean().optional(),
  })
  .refine((view) => view.submit !== undefined || view.blocks.every(({ type }) => type !== 'input'), {
    message: 'missing required field: submit',
  })
const viewSchema = z.object({ view: z.discriminatedUnion('type', [modal, z.strictObject({ type: z.literal('home'), ...viewCommon })]) })

type HasIds = { action_id?: unknown; block_id?: unknown }

function refuseTwins(all: readonly HasIds[], name: keyof HasIds, path: string[], context: z.RefinementCtx): void {
  const seen = new Set<unknown>()
  all.forEach(({ [name]: id }, index) => {
    if (id !== undefined && seen.has(id)) {
      context.addIssue({ code: 'custom', message: `\`${name}\` "${String(id)}" already exists`, path: [...path, index, name] })
    }
    seen.add(id)
  })
}

/** @throws Refusal invalid_blocks, in Slack's words */
export function checkBlocks(value: unknown): KnownBlock[] {
  const result = messageSchema.safeParse({ blocks: value })
  if (!result.success) throw refusal('invalid_blocks', complaints(result.error, { blocks: value }))
  return withIds(result.data.blocks) as KnownBlock[]
}

/** @throws Refusal msg_blocks_too_long; what goes to a response_url has no such limit */
export function checkLength(all: unknown): void {
  if (JSON.stringify(all).length > longestBlocks) throw refusal('msg_blocks_too_long')
}

/** @throws Refusal invalid_arguments, in Slack's words; view_too_large */
export function checkView(value: unknown): View {
  const result = viewSchema.safeParse({ view: value })
  if (!result.success) throw refusal('invalid_arguments', complaints(result.error, { view: value }))
  if (JSON.stringify(result.data.view).length > 250_000) throw refusal('view_too_large')
  return { ...result.data.view, blocks: withIds(result.data.view.blocks) } as View
}

let lastId = 0
function newId(): string {
  lastId += 1
  return lastId.toString(36).padStart(5, '0')
}

/** Slack gives an id to every block and every interactive element that comes without one. */
function withIds(all: readonly (z.infer<typeof block> & Record<string, unknown>)[]): unknown[] {
  return all.map((each) => ({
    ...each,
    block_id: each.block_id ?? newId(),
    ...(each.type === 'actions' && { elements: each.elements.map(withActionId) }),
    ...(each.type === 'section' && each.accessory && { accessory: withActionId(each.accessory) }),
    ...(each.type === 'input' && { element: withActionId(each.element) }),
  }))
}

function withActionId<Element extends { type: string }>(element: Element): Element {
  return element.type === 'image' ? element : { action_id: newId(), ...element }
}

/** zod's issues as Slack says them. */
function complaints(error: z.ZodError, whole: unknown): string[] {
  return error.issues.flatMap((issue) => {
    const parent = issue.path.slice(0, -1)
    const say = (text: string, path: readonly PropertyKey[] = issue.path): string => `${text} [json-pointer:/${path.map(String).join('/')}]`
    switch (issue.code) {
      case 'too_big':
        return [
          say(
            issue.origin === 'string'
              ? `must be less than ${Number(issue.maximum) + 1} characters`
              : `no more than ${issue.maximum} items allowed`,
          ),
        ]
      case 'too_small':
        return [
          say(
            issue.origin === 'string'
              ? `must be more than ${Number(issue.minimum) - 1} characters`
              : `must provide at least ${issue.minimum} items`,
          ),
        ]
      case 'invalid_type':
        return [
          valueAt(whole, issue.path) === undefined
            ? say(`missing required field: ${String(issue.path.at(-1))}`, parent)
            : say(`must provide a ${issue.expected}`),
        ]
      case 'unrecognized_keys':
        return issue.keys.map((key) => say(`invalid additional property: ${key}`))
      case 'invalid_union':
        return [say(`unsupported type: ${String(valueAt(whole, issue.path))}`)]
      default:
        return [say(issue.message)]
    }
  })
}

function valueAt(whole: unknown, path: readonly PropertyKey[]): unknown {
  let value = whole
  for (const key of path) value = typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined
  return value
}
