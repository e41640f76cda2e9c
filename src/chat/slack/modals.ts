import type { ConversationsSelect, ExternalSelect, InputBlock, KnownBlock, ModalView, PlainTextOption, StaticSelect } from '@slack/types'
import { z } from 'zod'
import { type Form, type FormField, type Known, placeSchema } from '../adapter.ts'
import { limits, plain, section } from './blocks.ts'
import { clip, line } from './escape.ts'

/** Every modal's own memory: what it is for. Never who has it open; that comes with each delivery. */
export const metadataSchema = z.object({ command: z.string().optional(), place: placeSchema.optional() })
export type Metadata = z.infer<typeof metadataSchema>

export const formCallback = 'form'
export const chooserCallback = 'chooser'
/** The select of a chooser, and the one that asks where: block and action alike. An argument's input is called as the argument is. */
export const commandSelect = 'jailops-command'
export const placeSelect = 'jailops-place'

export interface FormOptions {
  form: Form
  /** Undefined: the form asks for it. */
  place?: Metadata['place']
  /** What is known of an argument; nothing where it is not known who asks. */
  values(argument: string): Known[]
}

/** The modal of a command with all of its arguments. */
export function formView({ form, place, values }: FormOptions): ModalView {
  return {
    ...modal(formCallback, `/${form.command}`, { command: form.command, ...(place !== undefined && { place }) }),
    submit: plain('Send'),
    blocks: [
      ...(form.summary.trim() === '' ? [] : [section(clip(line(form.summary), limits.section))]),
      ...form.fields.map((field) => inputOf(field, values(field.name))),
      ...(place === undefined ? [placeInput()] : []),
      ...(form.fields.length === 0 && place !== undefined ? [section('It takes no arguments.')] : []),
    ],
  }
}

export interface ChooserOptions {
  commands: readonly { path: string; summary: string }[]
  place?: Metadata['place']
}

/** The modal in which a person chooses among the commands that they may use. */
export function chooserView({ commands, place }: ChooserOptions): ModalView {
  const known = commands.map(({ path, summary }) => ({ value: path, hint: summary }))
  const accessory = { ...selectOf(known, 'Choose a command'), action_id: commandSelect }
  return {
    ...modal(chooserCallback, 'jailops', place === undefined ? {} : { place }),
    blocks: [
      { type: 'section', block_id: commandSelect, text: plain('What should be done?'), accessory },
      ...(place === undefined ? [placeSection()] : []),
    ],
  }
}

/** A modal that only says something. */
export function noticeView(title: string, sentence: string): ModalView {
  return { ...modal('notice', title, {}), blocks: [section(clip(sentence, limits.section))] }
}

/** What a select offers; options that Slack cannot carry are left out. */
export function optionsOf(known: readonly Known[]): PlainTextOption[] {
  return known.filter(isOfferable).map(({ value, hint }) => ({
    text: plain(clip(line(value), limits.option)),
    value,
    ...(hint.trim() !== '' && { description: plain(clip(line(hint), limits.option)) }),
  }))
}

function isOfferable({ value }: Known): boolean {
  return value.trim() !== '' && value.length <= limits.optionValue && value.isWellFormed()
}

function modal(callback_id: string, title: string, metadata: Metadata): Omit<ModalView, 'blocks'> {
  return {
    type: 'modal',
    callback_id,
    private_metadata: JSON.stringify(metadata),
    title: plain(clip(line(title), limits.title)),
    close: plain('Close'),
  }
}

function inputOf(field: FormField, known: readonly Known[]): InputBlock {
  const hint = clip(line(field.hint), limits.hint)
  return {
    type: 'input',
    block_id: field.name,
    label: plain(clip(line(field.label), 200)),
    ...(hint.trim() !== '' && { hint: plain(hint) }),
    optional: !field.required,
    element: { ...elementOf(field, known), action_id: field.name },
  }
}

function elementOf({ kind, choices, value }: FormField, known: readonly Known[]): InputBlock['element'] {
  if (kind === 'yes-no') return selectOf(['yes', 'no'].map(bare), 'Choose', value)
  if (kind === 'choice') return selectOf(choices.map(bare), 'Choose', value)
  const initial = value === undefined || value === '' || value.length > limits.initialValue ? {} : { initial_value: value.toWellFormed() }
  if (kind === 'number' && (value === undefined || /^-?\d+(\.\d+)?$/.test(value))) {
    return { type: 'number_input', is_decimal_allowed: true, ...initial }
  }
  // a name that is not known yet can only be typed
  const canChoose = known.length > 0 && known.every(isOfferable) && (value === undefined || known.some((one) => one.value === value))
  return canChoose ? selectOf(known, 'Choose', value) : { type: 'plain_text_input', ...initial }
}

function bare(value: string): Known {
  return { value, hint: '' }
}

function selectOf(known: readonly Known[], placeholder: string, value?: string): StaticSelect | ExternalSelect {
  const options = optionsOf(known)
  const initial = options.find((option) => option.value === value)
  const common = { placeholder: plain(placeholder), ...(initial !== undefined && { initial_option: initial }) }
  // beyond a hundred Slack asks for what fits while somebody types
  if (options.length > limits.options || options.length === 0) return { type: 'external_select', min_query_length: 0, ...common }
  return { type: 'static_select', options, ...common }
}

function placeInput(): InputBlock {
  return { type: 'input', block_id: placeSelect, label: plain(whereTo), element: conversationsSelect() }
}

function placeSection(): KnownBlock {
  return { type: 'section', block_id: placeSelect, text: plain(whereTo), accessory: conversationsSelect() }
}

const whereTo = 'Where should its card go?'

function conversationsSelect(): ConversationsSelect {
  return {
    type: 'conversations_select',
    action_id: placeSelect,
    default_to_current_conversation: true,
    filter: { include: ['public', 'private', 'im', 'mpim'], exclude_bot_users: true },
  }
}
