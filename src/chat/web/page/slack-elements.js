import { combobox } from './combobox.js'
import { element } from './element.js'
import { anyText, plainText } from './slack-text.js'

/*
 * What one can press, choose or type into. `context` is {actions, names, state}: actions are press, choose, suggest, choices; without
 * them it is a picture. state is the values of a view.
 */

const textTypes = { plain_text_input: 'text', number_input: 'number', email_text_input: 'email', url_text_input: 'url' }
const pickers = {
  datepicker: ['date', 'initial_date', 'selected_date'],
  timepicker: ['time', 'initial_time', 'selected_time'],
}
const selectedThings = { users_select: 'user', channels_select: 'channel', conversations_select: 'conversation' }

/** @returns {node, read}: `read` gives what a form sends of it, where it is not chosen at once */
export function interactive(one, block, context) {
  if (one.type === 'button' || one.type === 'workflow_button') return { node: button(one, block, context) }
  if (one.type in textTypes) return textInput(one, block, context)
  if (one.type in pickers) return picker(one, block, context)
  if (one.type === 'external_select') return { node: externalSelect(one, block, context) }
  if (one.type === 'checkboxes' || one.type === 'radio_buttons') return { node: boxes(one, block, context) }
  if (one.type === 'image') return { node: element('span', { class: 's-image' }, one.alt_text) }
  return { node: select(one, block, context) }
}

function button(one, block, { actions }) {
  const attributes = { class: `s-button ${one.style === undefined ? '' : `s-${one.style}`}`, 'data-action': one.action_id }
  if (/^https?:/iu.test(one.url ?? '')) {
    const link = element('a', { ...attributes, href: one.url, target: '_blank', rel: 'noreferrer' }, plainText(one.text))
    link.addEventListener('click', () => void actions?.press(one, block))
    return link
  }
  const node = element('button', { ...attributes, type: 'button', 'aria-label': one.accessibility_label }, plainText(one.text))
  node.addEventListener('click', () => void pressed())
  return node

  async function pressed() {
    if (actions === undefined || (one.confirm && !(await isConfirmed(one.confirm)))) return
    node.classList.add('s-waiting')
    node.disabled = true
    await actions.press(one, block)
    node.disabled = false
    node.classList.remove('s-waiting')
  }
}

/** Asks "are you sure?" as the app wishes. */
function isConfirmed({ title, text, confirm, deny, style }) {
  const yes = element('button', { class: `s-button s-${style ?? 'primary'}`, value: 'yes' }, plainText(confirm))
  const no = element('button', { class: 's-button', value: 'no' }, plainText(deny))
  const dialog = element(
    'dialog',
    { class: 'slack-view s-dialog s-confirm' },
    element(
      'form',
      { method: 'dialog' },
      element('h2', {}, plainText(title)),
      element('div', {}, anyText(text)),
      element('footer', {}, no, yes),
    ),
  )
  document.body.append(dialog)
  dialog.showModal()
  return new Promise((resolve) => {
    dialog.addEventListener('close', () => {
      dialog.remove()
      resolve(dialog.returnValue === 'yes')
    })
    for (const each of [yes, no])
      each.addEventListener('click', (event) => {
        event.preventDefault()
        dialog.close(each.value)
      })
  })
}

function textInput(one, block, { actions, state }) {
  const known = state?.[block.block_id]?.[one.action_id]
  const value = known?.value ?? one.initial_value ?? ''
  const input = element(one.multiline ? 'textarea' : 'input', {
    type: one.multiline ? undefined : textTypes[one.type],
    class: 's-input',
    rows: one.multiline ? '4' : undefined,
    step: one.is_decimal_allowed ? 'any' : undefined,
    min: one.min_value,
    max: one.max_value,
    minlength: one.min_length?.toString(),
    maxlength: one.max_length?.toString(),
    required: block.type === 'input' && !block.optional,
    placeholder: one.placeholder?.text,
    'data-action': one.action_id,
  })
  input.value = value
  if (block.dispatch_action) input.addEventListener('change', () => void actions?.choose(one, block, input.value))
  return { node: input, read: () => (input.value === '' ? { type: one.type, value: null } : input.value) }
}

function picker(one, block, { actions, state }) {
  const [type, initial, selected] = pickers[one.type]
  const input = element('input', { type, class: 's-input', 'data-action': one.action_id })
  input.value = state?.[block.block_id]?.[one.action_id]?.[selected] ?? one[initial] ?? ''
  input.addEventListener('change', () => void actions?.choose(one, block, { type: one.type, [selected]: input.value || null }))
  return { node: input }
}

function chosenOf(one, block, state) {
  const known = state?.[block.block_id]?.[one.action_id]
  return known?.selected_option ?? known?.selected_options ?? one.initial_option ?? one.initial_options
}

function select(one, block, { actions, names, state }) {
  const isMany = one.type.startsWith('multi_')
  const thing = selectedThings[one.type]
  const chosen = [chosenOf(one, block, state) ?? []].flat().map(({ value }) => value)
  const groups = one.option_groups ?? [{ options: one.options ?? choicesOf(one, actions) }]
  const placeholder = element('option', { value: '' }, one.placeholder?.text ?? (one.type === 'overflow' ? '⋯' : 'Select an item'))
  const node = element(
    'select',
    {
      class: one.type === 'overflow' ? 's-select s-overflow' : 's-select',
      multiple: isMany,
      required: block.type === 'input' && !block.optional,
      'aria-label': nameOf(one, block),
      'data-action': one.action_id,
    },
    isMany ? undefined : placeholder,
    groups.flatMap((group) => {
      const options = group.options.map((option) =>
        element(
          'option',
          { value: option.value, selected: chosen.includes(option.value) },
          anyText(option.text, names),
          descriptionOf(option),
        ),
      )
      return group.label ? [element('optgroup', { label: plainText(group.label) }, options)] : options
    }),
  )
  node.addEventListener('change', () => {
    const values = [...node.selectedOptions].map(({ value }) => value).filter((value) => value !== '')
    if (one.type === 'overflow') node.value = ''
    const empty = { type: one.type, [thing === undefined ? 'selected_option' : `selected_${thing}`]: null }
    void actions?.choose(one, block, isMany ? values : (values[0] ?? empty))
  })
  return node
}

/** An input block has a label of its own. */
function nameOf(one, block) {
  return block.type === 'input' ? undefined : (one.placeholder?.text ?? one.action_id)
}

function choicesOf(one, actions) {
  const choices = actions?.choices?.(one.type.replace(/^multi_/u, '')) ?? []
  return choices.map(({ text, value }) => ({ text: { type: 'plain_text', text, emoji: false }, value }))
}

function descriptionOf({ description }) {
  return description === undefined ? undefined : ` – ${description.text}`
}

/** Below its least length Slack asks nobody. */
function externalSelect(one, block, { actions, state }) {
  const chosen = chosenOf(one, block, state)
  const least = one.min_query_length ?? 3
  const { node, input } = combobox({
    ask: async (typed) => {
      if (typed.length < least) return `Type ${least} ${least === 1 ? 'character' : 'characters'} to search`
      const { options, error } = (await actions?.suggest(one, block, typed)) ?? { options: [] }
      if (error !== undefined) return 'Result not loaded: the app did not answer.'
      return options.map((option) => ({ text: option.text.text, value: option.value, hint: option.description?.text, option }))
    },
    onChoose: ({ option }) => void actions?.choose(one, block, { type: one.type, selected_option: option }),
    chosen: chosen === undefined || chosen === null ? undefined : { text: chosen.text.text, value: chosen.value },
    placeholder: one.placeholder?.text ?? 'Select an item',
    label: nameOf(one, block),
  })
  input.classList.add('s-select')
  input.dataset.action = one.action_id
  input.required = block.type === 'input' && !block.optional
  return node
}

function boxes(one, block, { actions, names, state }) {
  const isMany = one.type === 'checkboxes'
  const chosen = [chosenOf(one, block, state) ?? []].flat().map(({ value }) => value)
  const node = element('div', { class: 's-boxes' })
  for (const { text, value, description } of one.options) {
    const input = element('input', { type: isMany ? 'checkbox' : 'radio', name: `${block.block_id}-${one.action_id}`, value })
    input.checked = chosen.includes(value)
    const small = description && element('small', {}, anyText(description, names))
    node.append(element('label', {}, input, element('span', {}, anyText(text, names), small)))
  }
  node.addEventListener('change', () => {
    const values = [...node.querySelectorAll('input:checked')].map((input) => input.value)
    void actions?.choose(one, block, isMany ? values : values[0])
  })
  return node
}
