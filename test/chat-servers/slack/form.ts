import type { ViewStateValue } from '@slack/bolt'
import type { KnownBlock, Option, PlainTextElement } from '@slack/types'
import type { ButtonName, Filled } from './interface.ts'

type StateValues = Record<string, Record<string, ViewStateValue>>

/** An element as the validator let it through, with the ids Slack gives. */
export interface Element {
  type: string
  action_id: string
  text?: PlainTextElement
  value?: string
  url?: string
  options?: Option[]
  option_groups?: { options: Option[] }[]
  min_query_length?: number
  max_length?: number
  min_length?: number
  [initial: `initial_${string}`]: unknown
}

export interface Placed {
  blockId: string
  element: Element
  /** Of an input block that is not optional. */
  isRequired: boolean
  /** The app hears of every choice. */
  dispatches: boolean
}

export function elementsOf(blocks: readonly KnownBlock[]): Placed[] {
  return (blocks as (KnownBlock & { block_id: string })[]).flatMap((block) => {
    const place = (element: unknown, isRequired: boolean, dispatches: boolean): Placed => ({
      blockId: block.block_id,
      element: element as Element,
      isRequired,
      dispatches,
    })
    if (block.type === 'actions') return block.elements.map((element) => place(element, false, true))
    if (block.type === 'section' && block.accessory) return [place(block.accessory, false, true)]
    if (block.type === 'input') return [place(block.element, block.optional !== true, block.dispatch_action === true)]
    return []
  })
}

/** @throws Error where there is none, or more than one */
export function findElement(blocks: readonly KnownBlock[], isWanted: (element: Element) => boolean, wanted: string): Placed {
  const [found, another] = elementsOf(blocks).filter(({ element }) => isWanted(element))
  if (!found || another) throw new Error(`${another ? 'more than one' : 'no'} ${wanted} on the screen`)
  return found
}

export function findButton(blocks: readonly KnownBlock[], { actionId, label }: ButtonName): Placed {
  const isWanted = (element: Element): boolean =>
    element.type === 'button' && (actionId === undefined ? element.text?.text === label : element.action_id === actionId)
  return findElement(blocks, isWanted, `button ${actionId ?? label}`)
}

/** What each kind of element holds, and what it begins with. */
const kinds: Record<string, { key: keyof ViewStateValue; initial: string; empty: null | [] }> = {
  plain_text_input: { key: 'value', initial: 'initial_value', empty: null },
  number_input: { key: 'value', initial: 'initial_value', empty: null },
  email_text_input: { key: 'value', initial: 'initial_value', empty: null },
  url_text_input: { key: 'value', initial: 'initial_value', empty: null },
  rich_text_input: { key: 'rich_text_value', initial: 'initial_value', empty: null },
  file_input: { key: 'files', initial: 'initial_files', empty: [] },
  static_select: { key: 'selected_option', initial: 'initial_option', empty: null },
  external_select: { key: 'selected_option', initial: 'initial_option', empty: null },
  radio_buttons: { key: 'selected_option', initial: 'initial_option', empty: null },
  overflow: { key: 'selected_option', initial: 'initial_option', empty: null },
  multi_static_select: { key: 'selected_options', initial: 'initial_options', empty: [] },
  multi_external_select: { key: 'selected_options', initial: 'initial_options', empty: [] },
  checkboxes: { key: 'selected_options', initial: 'initial_options', empty: [] },
  users_select: { key: 'selected_user', initial: 'initial_user', empty: null },
  multi_users_select: { key: 'selected_users', initial: 'initial_users', empty: [] },
  channels_select: { key: 'selected_channel', initial: 'initial_channel', empty: null },
  multi_channels_select: { key: 'selected_channels', initial: 'initial_channels', empty: [] },
  conversations_select: { key: 'selected_conversation', initial: 'initial_conversation', empty: null },
  multi_conversations_select: { key: 'selected_conversations', initial: 'initial_conversations', empty: [] },
  datepicker: { key: 'selected_date', initial: 'initial_date', empty: null },
  timepicker: { key: 'selected_time', initial: 'initial_time', empty: null },
  datetimepicker: { key: 'selected_date_time', initial: 'initial_date_time', empty: null },
}
const withoutState = new Set(['overflow'])

/** state.values: what stands in the form; `known` over what the view begins with. */
export function stateOf(blocks: readonly KnownBlock[], known: StateValues = {}): StateValues {
  const values: StateValues = {}
  for (const { blockId, element } of elementsOf(blocks)) {
    const kind = kinds[element.type]
    if (!kind || withoutState.has(element.type)) continue
    const initial = Reflect.get(element, kind.initial) ?? kind.empty
    const value = known[blockId]?.[element.action_id] ?? { type: element.type, [kind.key]: initial }
    values[blockId] = { ...values[blockId], [element.action_id]: value as ViewStateValue }
  }
  return values
}

/**
 * @param offered options the app suggested to this person
 * @throws Error for an option that is not offered
 */
export function fill({ element }: Placed, filled: Filled, offered: readonly Option[]): ViewStateValue {
  if (typeof filled === 'object' && 'type' in filled) return filled
  const kind = kinds[element.type]
  if (!kind) throw new Error(`nothing can be put into a ${element.type}`)
  const options = [...(element.options ?? []), ...(element.option_groups ?? []).flatMap((group) => group.options), ...offered]
  const optionOf = (value: string): Option => {
    const option = options.find((each) => each.value === value)
    if (!option) throw new Error(`${element.action_id} does not offer ${value}, but ${options.map((each) => each.value).join(', ')}`)
    return option
  }
  const takesOptions = kind.key === 'selected_option' || kind.key === 'selected_options'
  const of = (text: string): Option | string => (takesOptions ? optionOf(text) : text)
  const list = (typeof filled === 'string' ? [filled] : filled).map(of)
  const value = kind.empty === null ? list[0] : list
  return { type: element.type, [kind.key]: value } as ViewStateValue
}

/** Why Slack itself would not send this form. */
export function problemOfForm(blocks: readonly KnownBlock[], values: StateValues): 'field_required' | 'field_invalid' | undefined {
  for (const { blockId, element, isRequired } of elementsOf(blocks)) {
    const kind = kinds[element.type]
    const value: unknown = kind && values[blockId]?.[element.action_id]?.[kind.key]
    const isEmpty = value === undefined || value === null || value === '' || (Array.isArray(value) && value.length === 0)
    if (isEmpty && isRequired) return 'field_required'
    if (typeof value !== 'string' || isEmpty) continue
    if (value.length > (element.max_length ?? 3000) || value.length < (element.min_length ?? 0)) return 'field_invalid'
    if (element.type === 'number_input' && !Number.isFinite(Number(value))) return 'field_invalid'
  }
  return undefined
}
