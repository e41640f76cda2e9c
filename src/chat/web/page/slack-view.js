import { element } from './element.js'
import { drawEmoji } from './emoji.js'
import { fileView } from './file-view.js'
import { interactive } from './slack-elements.js'
import { richText } from './slack-rich-text.js'
import { anyText, mrkdwn, plainText } from './slack-text.js'

/*
 * Slack's messages and modals, from the JSON that an app sends to Slack. `context` is {actions, names}; without actions everything is
 * a picture. What cannot be shown is named.
 */

/**
 * `message` is {author: {name, isApp}, at, text, blocks, files, onlyYou, edited, notifies, inThread}; `at` in milliseconds since 1970.
 */
export function slackMessage(message, context = {}) {
  const { author, files = [], onlyYou = false, inThread = false } = message
  const at = new Date(message.at)
  const body = message.blocks?.length > 0 ? slackBlocks(message.blocks, context).nodes : mrkdwn(message.text, context.names)
  const made = element(
    'article',
    { class: `slack-view s-message ${onlyYou ? 's-only-you' : ''} ${inThread ? 's-in-thread' : ''}` },
    onlyYou ? element('p', { class: 's-whom' }, 'Only visible to you') : undefined,
    element(
      'span',
      { class: `s-avatar ${author.isApp ? 's-app' : `s-person-${colourOf(author.name)}`}`, 'aria-hidden': 'true' },
      author.isApp ? '' : initialOf(author.name),
    ),
    element(
      'div',
      { class: 's-content' },
      element(
        'p',
        { class: 's-by' },
        element('strong', {}, author.name),
        author.isApp ? element('span', { class: 's-badge' }, 'APP') : undefined,
        element('time', { datetime: at.toISOString(), title: at.toLocaleString() }, at.toLocaleTimeString([], { timeStyle: 'short' })),
      ),
      element('div', { class: 's-body' }, body, message.edited ? element('span', { class: 's-edited' }, '(edited)') : undefined),
      files.map((file) => fileView(file, 's')),
    ),
  )
  return drawEmoji(made)
}

/** @returns {nodes, readers}: a reader is {block, action, read} of one thing in a form */
export function slackBlocks(blocks, context) {
  const readers = []
  const nodes = blocks.map((block) => blockOf(block, context, readers))
  return { nodes, readers }
}

/** A modal, to be shown by `showModal`. `open` is an open view {id, view, errors}; `on` is {submit(values), close()}. */
export function slackModal({ view, errors }, context, on) {
  const { nodes, readers } = slackBlocks(view.blocks, { ...context, state: view.state?.values, errors })
  const submit = view.submit ? element('button', { type: 'submit', class: 's-button s-primary' }, plainText(view.submit)) : undefined
  const cancel = element('button', { type: 'button', class: 's-button' }, view.close ? plainText(view.close) : 'Cancel')
  const cross = element('button', { type: 'button', class: 's-cross', 'aria-label': 'Close' }, '✕')
  const title = element(
    'header',
    {},
    element('span', { class: 's-avatar s-app', 'aria-hidden': 'true' }),
    element('h2', {}, plainText(view.title)),
    cross,
  )
  const form = element('form', {}, title, element('div', { class: 's-fields' }, nodes), element('footer', {}, cancel, submit))
  const dialog = element('dialog', { class: 'slack-view s-dialog', 'data-callback': view.callback_id }, form)
  form.querySelector('.s-fields :is(input, select, textarea)')?.setAttribute('autofocus', '')
  for (const each of [cancel, cross]) each.addEventListener('click', () => void on.close())
  dialog.addEventListener('cancel', (event) => {
    event.preventDefault()
    void on.close()
  })
  form.addEventListener('submit', (event) => {
    event.preventDefault()
    if (submit !== undefined) void submitted()
  })
  return { dialog, read }

  function read() {
    const values = {}
    for (const { block, action, read: readOne } of readers) values[block] = { ...values[block], [action]: readOne() }
    return values
  }

  async function submitted() {
    if (submit.disabled) return
    submit.disabled = true
    submit.classList.add('s-waiting')
    await on.submit(read())
    submit.disabled = false
    submit.classList.remove('s-waiting')
  }
}

function blockOf(block, context, readers) {
  switch (block.type) {
    case 'header':
      return element('h3', { class: 's-header' }, plainText(block.text))
    case 'divider':
      return element('hr', {})
    case 'section':
      return section(block, context)
    case 'context':
      return element(
        'div',
        { class: 's-context' },
        block.elements.map((one) => contextElement(one, context)),
      )
    case 'actions':
      return element(
        'div',
        { class: 's-actions' },
        block.elements.map((one) => interactive(one, block, context).node),
      )
    case 'rich_text':
      return richText(block, context.names)
    case 'table':
      return table(block, context)
    case 'input':
      return input(block, context, readers)
    case 'markdown':
      return element('div', { class: 's-lines' }, block.text)
    case 'image':
      return element('p', { class: 's-image' }, block.alt_text)
    default:
      return element('p', { class: 's-unknown' }, `[a block of type ${block.type}]`)
  }
}

function section({ text, fields, accessory, ...block }, context) {
  return element(
    'div',
    { class: 's-section' },
    element(
      'div',
      {},
      text && element('div', {}, anyText(text, context.names)),
      fields &&
        element(
          'div',
          { class: 's-pairs' },
          fields.map((field) => element('div', {}, anyText(field, context.names))),
        ),
    ),
    accessory && element('div', { class: 's-accessory' }, interactive(accessory, block, context).node),
  )
}

function contextElement(one, { names }) {
  if (one.type === 'image') return element('span', { class: 's-image' }, one.alt_text)
  return element('span', {}, anyText(one, names))
}

/** The first row is the head. */
function table({ rows, column_settings: settings = [] }, context) {
  const cellOf = (tag) => (cell, column) =>
    element(
      tag,
      { class: `s-${settings[column]?.align ?? 'left'} ${settings[column]?.is_wrapped ? 's-wrapped' : ''}` },
      cell.type === 'rich_text' ? richText(cell, context.names) : (cell.text ?? ''),
    )
  const [head = [], ...body] = rows
  return element(
    'div',
    { class: 's-table' },
    element(
      'table',
      {},
      element('thead', {}, element('tr', {}, head.map(cellOf('th')))),
      element(
        'tbody',
        {},
        body.map((row) => element('tr', {}, row.map(cellOf('td')))),
      ),
    ),
  )
}

function input(block, context, readers) {
  const { node, read } = interactive(block.element, block, context)
  if (read !== undefined) readers.push({ block: block.block_id, action: block.element.action_id, read })
  const problem = context.errors?.[block.block_id]
  const isGroup = ['checkboxes', 'radio_buttons'].includes(block.element.type)
  return element(
    isGroup ? 'fieldset' : 'label',
    { class: `s-field ${problem === undefined ? '' : 's-wrong'}`, 'data-block': block.block_id },
    element(
      isGroup ? 'legend' : 'span',
      { class: 's-label' },
      plainText(block.label),
      block.optional ? element('small', {}, ' (optional)') : undefined,
    ),
    node,
    problem === undefined ? undefined : element('span', { class: 's-problem', role: 'alert' }, problem),
    block.hint ? element('span', { class: 's-hint' }, plainText(block.hint)) : undefined,
  )
}

function initialOf(name) {
  return [...name][0]?.toUpperCase() ?? '?'
}

function colourOf(name) {
  return [...name].reduce((sum, character) => sum + character.codePointAt(0), 0) % 5
}
