import { markdown, title } from './discord-text.js'
import { element } from './element.js'
import { drawEmoji } from './emoji.js'
import { fileView } from './file-view.js'

/*
 * Discord's messages and modals, from the JSON that an app sends to Discord. `context` is {actions, names}; without actions
 * everything is a picture. What cannot be shown is named.
 */

const buttonStyles = { 1: 'primary', 2: 'secondary', 3: 'success', 4: 'danger', 5: 'link' }

/**
 * `message` is {author: {name, isApp}, at, content, embeds, components, files, ephemeral, thinking, edited, mentioned, reply: {name, command}}.
 * `at` is in milliseconds since 1970; `mentioned` colours it as Discord does for who was called.
 */
export function discordMessage(message, context = {}) {
  const { author, content = '', embeds = [], components = [], files = [], ephemeral = false, thinking = false, reply } = message
  const at = new Date(message.at)
  const made = element(
    'article',
    { class: `discord-view d-message ${ephemeral ? 'd-ephemeral' : ''} ${message.mentioned ? 'd-mentioned' : ''}` },
    reply &&
      element('p', { class: 'd-reply' }, element('b', {}, reply.name), ' used ', element('span', { class: 'd-pill' }, `/${reply.command}`)),
    element(
      'span',
      { class: `d-avatar ${author.isApp ? 'd-app' : `d-person-${colourOf(author.name)}`}`, 'aria-hidden': 'true' },
      author.isApp ? '' : initialOf(author.name),
    ),
    element(
      'div',
      { class: 'd-content' },
      element(
        'p',
        { class: 'd-by' },
        element('strong', {}, author.name),
        author.isApp ? element('span', { class: 'd-badge' }, 'APP') : undefined,
        element(
          'time',
          { datetime: at.toISOString(), title: at.toLocaleString() },
          `Today at ${at.toLocaleTimeString([], { timeStyle: 'short' })}`,
        ),
      ),
      thinking
        ? element('p', { class: 'd-thinking' }, element('i', {}), element('i', {}), element('i', {}), `${author.name} is thinking…`)
        : undefined,
      content === '' ? undefined : element('div', { class: 'd-text' }, markdown(content, context)),
      files.map((file) => fileView(file, 'd')),
      embeds.map((embed) => embedOf(embed, context)),
      components.map((component) => componentOf(component, context)),
      message.edited ? element('span', { class: 'd-edited' }, '(edited)') : undefined,
      ephemeral ? element('p', { class: 'd-whom' }, '◉ Only you can see this') : undefined,
    ),
  )
  return drawEmoji(made)
}

/** A modal, to be shown by `showModal`. `modal` is {customId, title, fields}; `on` is {submit(values), close()}. */
export function discordModal(modal, on) {
  const fields = modal.fields.map((field) => ({ field, input: inputOf(field) }))
  const submit = element('button', { type: 'submit', class: 'd-button d-primary' }, 'Submit')
  const cancel = element('button', { type: 'button', class: 'd-button d-secondary' }, 'Cancel')
  const cross = element('button', { type: 'button', class: 'd-cross', 'aria-label': 'Close' }, '✕')
  const form = element(
    'form',
    {},
    element('header', {}, element('span', { class: 'd-avatar d-app', 'aria-hidden': 'true' }), element('h2', {}, modal.title), cross),
    element('div', { class: 'd-inputs' }, fields.map(labelled)),
    element('footer', {}, cancel, submit),
  )
  const dialog = element('dialog', { class: 'discord-view d-dialog', 'data-custom-id': modal.customId }, form)
  form.querySelector('.d-input')?.setAttribute('autofocus', '')
  for (const each of [cancel, cross]) each.addEventListener('click', () => void on.close())
  dialog.addEventListener('cancel', (event) => {
    event.preventDefault()
    void on.close()
  })
  form.addEventListener('submit', (event) => {
    event.preventDefault()
    void submitted()
  })
  return dialog

  async function submitted() {
    if (submit.disabled) return
    submit.disabled = true
    await on.submit(Object.fromEntries(fields.map(({ field, input }) => [field.customId, valueOf(field, input)])))
    submit.disabled = false
  }
}

function labelled({ field, input }) {
  return element('label', {}, element('span', {}, field.label, field.required ? element('em', {}, ' *') : undefined), input)
}

function inputOf({ customId, kind, required, minLength, maxLength, value, placeholder, choices }) {
  const shared = { name: customId, required, placeholder: placeholder || undefined, class: 'd-input' }
  if (kind === 'select') {
    const none = element('option', { value: '' }, placeholder || 'Make a selection')
    const options = choices.map((choice) => element('option', { value: choice.value, selected: choice.value === value }, choice.label))
    return element('select', shared, none, options)
  }
  const lengths = { minlength: minLength > 0 && String(minLength), maxlength: String(maxLength) }
  const input = element(kind === 'paragraph' ? 'textarea' : 'input', { ...shared, ...lengths, rows: kind === 'paragraph' && '4' })
  input.value = value
  return input
}

function valueOf({ kind }, { value }) {
  if (kind !== 'select') return value
  return value === '' ? [] : [value]
}

function embedOf(embed, context) {
  const node = element(
    'div',
    { class: 'd-embed' },
    embed.author ? element('p', { class: 'd-embed-author' }, embed.author.name) : undefined,
    embed.title
      ? element('p', { class: 'd-embed-title' }, embed.url ? element('a', linkOf(embed.url), title(embed.title)) : title(embed.title))
      : undefined,
    embed.description ? element('div', { class: 'd-text' }, markdown(embed.description, context)) : undefined,
    embed.fields?.length > 0
      ? element(
          'dl',
          { class: 'd-pairs' },
          embed.fields.map((field) => fieldOf(field, context)),
        )
      : undefined,
    embed.footer || embed.timestamp ? element('p', { class: 'd-embed-footer' }, footerOf(embed)) : undefined,
  )
  colourBar(node, embed.color)
  return node
}

/** Set by script: the page's policy lets no style stand in an attribute. */
function colourBar(node, color) {
  if (typeof color === 'number') node.style.borderLeftColor = `#${color.toString(16).padStart(6, '0')}`
}

function fieldOf({ name, value, inline = false }, context) {
  return element('div', { class: inline ? 'd-inline' : '' }, element('dt', {}, title(name)), element('dd', {}, markdown(value, context)))
}

function footerOf({ footer, timestamp }) {
  const time = timestamp === undefined ? [] : [new Date(timestamp).toLocaleString()]
  return [...(footer ? [footer.text] : []), ...time].join(' • ')
}

function componentOf(component, context) {
  switch (component.type) {
    case 1:
      return element(
        'div',
        { class: 'd-row' },
        component.components.map((one) => componentOf(one, context)),
      )
    case 2:
      return button(component, context)
    case 3:
      return select(component, context)
    case 9:
      return element(
        'div',
        { class: 'd-section' },
        element(
          'div',
          {},
          component.components.map((one) => componentOf(one, context)),
        ),
        componentOf(component.accessory, context),
      )
    case 10:
      return element('div', { class: 'd-text' }, markdown(component.content, context))
    case 13:
      return element('p', { class: 'd-unknown' }, component.file.url)
    case 14:
      return component.divider === false ? element('div', { class: 'd-space' }) : element('hr', {})
    case 17: {
      const node = element(
        'div',
        { class: 'd-embed d-container' },
        component.components.map((one) => componentOf(one, context)),
      )
      colourBar(node, component.accent_color)
      return node
    }
    default:
      return element('p', { class: 'd-unknown' }, `[a component of type ${component.type}]`)
  }
}

function button({ style, label, emoji, custom_id: customId, disabled, url }, { actions }) {
  const look = { class: `d-button d-${buttonStyles[style] ?? 'secondary'}` }
  const words = [emoji?.name, label].filter((word) => word).join(' ')
  if (style === 5) return element('a', { ...look, ...linkOf(url ?? '') }, `${words} ↗`)
  const node = element('button', { ...look, type: 'button', disabled, 'data-custom-id': customId }, words)
  node.addEventListener('click', () => void once(node, () => actions?.press({ customId, label })))
  return node
}

function select({ custom_id: customId, options, placeholder, disabled, max_values: most = 1, min_values: least = 1 }, { actions }) {
  const none = element('option', { value: '' }, placeholder ?? 'Make a selection')
  const node = element(
    'select',
    { class: 'd-input', disabled, multiple: most > 1, 'aria-label': placeholder ?? 'Make a selection', 'data-custom-id': customId },
    most > 1 ? undefined : none,
    options.map(({ label, value, description, default: selected }) =>
      element('option', { value, selected }, label, description ? ` – ${description}` : undefined),
    ),
  )
  node.addEventListener('change', () => {
    const values = [...node.selectedOptions].map(({ value }) => value).filter((value) => value !== '')
    if (values.length >= least) void once(node, () => actions?.choose({ customId, values }))
  })
  return element('div', { class: 'd-select' }, node)
}

async function once(node, act) {
  node.disabled = true
  node.classList.add('d-waiting')
  await act()
  node.disabled = false
  node.classList.remove('d-waiting')
}

function linkOf(url) {
  return /^https?:/iu.test(url) ? { href: url, target: '_blank', rel: 'noreferrer' } : {}
}

function initialOf(name) {
  return [...name][0]?.toUpperCase() ?? '?'
}

function colourOf(name) {
  return [...name].reduce((sum, character) => sum + character.codePointAt(0), 0) % 5
}
