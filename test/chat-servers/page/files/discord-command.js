import { combobox } from './combobox.js'
import { element } from './element.js'

const [subcommand, group] = [1, 2]
const [integer, boolean, number] = [4, 5, 10]

/** The line at the bottom: words, or after a slash one of the app's commands with a field for each of its options. */
export function startCommandLine({ chat, run, say }) {
  const [form, text, list, fields] = ['composer', 'text', 'commands', 'fields'].map((id) => document.getElementById(id))
  let known = []
  let chosen
  let active = 0

  text.addEventListener('input', () => {
    active = 0
    offer()
  })
  text.addEventListener('keydown', (event) => {
    const count = list.children.length
    if (list.hidden || count === 0) return
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') active = (active + (event.key === 'ArrowDown' ? 1 : -1) + count) % count
    else if (event.key === 'Tab' || event.key === 'Enter') choose(matching()[active])
    else if (event.key === 'Escape') list.hidden = true
    else return
    event.preventDefault()
    if (!list.hidden) offer()
  })
  text.addEventListener('blur', () => (list.hidden = true))
  text.addEventListener('focus', offer)
  fields.addEventListener('keydown', (event) => {
    if (event.key === 'Escape') leave()
    if (event.key === 'Backspace' && event.target.value === '' && event.target.tagName === 'INPUT') leave()
  })
  form.addEventListener('submit', (event) => {
    event.preventDefault()
    if (chosen === undefined) return void saySomething()
    const { path, inputs } = chosen
    const options = valuesOf(inputs)
    leave()
    void run(path, options)
  })
  return {
    setCommands(commands) {
      const now = commands.flatMap((command) => flattened(command, command.name))
      if (JSON.stringify(now) === JSON.stringify(known)) return
      known = now
      if (document.activeElement === text) offer()
    },
  }

  function matching() {
    const typed = text.value.slice(1).toLowerCase()
    return known
      .filter(({ path }) => path.includes(typed))
      .toSorted((one, other) => other.path.startsWith(typed) - one.path.startsWith(typed))
  }

  function offer() {
    const found = text.value.startsWith('/') ? matching() : []
    list.hidden = found.length === 0
    list.replaceChildren(
      ...found.map((command, index) => {
        const names = command.options.map(({ name, required }) => element('i', { class: required ? 'required' : '' }, name))
        const item = element(
          'li',
          { role: 'option', 'aria-selected': String(index === active) },
          element('b', {}, `/${command.path}`),
          names,
          element('small', {}, command.description),
        )
        item.addEventListener('mousedown', (event) => {
          event.preventDefault()
          choose(command)
        })
        return item
      }),
    )
    list.children[active]?.scrollIntoView({ block: 'nearest' })
  }

  function choose(command) {
    list.hidden = true
    const inputs = command.options.map((option) => ({ ...inputOf(option, () => others(option.name), command.path), option }))
    chosen = { path: command.path, inputs }
    text.hidden = true
    text.value = ''
    const cancel = element('button', { type: 'button', class: 'cancel', 'aria-label': 'Cancel' }, '✕')
    cancel.addEventListener('click', leave)
    fields.replaceChildren(
      element('b', {}, `/${command.path}`),
      ...inputs.map(({ option, node }) =>
        element('label', { title: option.description }, element('span', {}, option.name, option.required ? '' : ' ?'), node),
      ),
      element('button', { type: 'submit', class: 'run' }, 'Send'),
      cancel,
    )
    fields.hidden = false
    ;(inputs[0]?.input ?? fields.querySelector('.run')).focus()
  }

  /** The other options as filled in so far: an autocomplete may need them. */
  function others(name) {
    return valuesOf(chosen.inputs.filter(({ option }) => option.name !== name))
  }

  function inputOf(option, othersNow, path) {
    if (option.choices?.length > 0) return select(option, option.choices)
    if (option.type === boolean)
      return select(
        option,
        [true, false].map((value) => ({ name: value ? 'True' : 'False', value })),
      )
    if (option.autocomplete) {
      const box = combobox({
        ask: (typed) => complete(path, othersNow(), option, typed),
        label: option.name,
        placeholder: option.description,
        isFree: true,
      })
      box.input.required = option.required ?? false
      return box
    }
    const input = element('input', {
      type: option.type === integer || option.type === number ? 'number' : 'text',
      step: option.type === number && 'any',
      required: option.required,
      'aria-label': option.name,
      placeholder: option.description,
      minlength: option.min_length?.toString(),
      maxlength: option.max_length?.toString(),
      min: option.min_value?.toString(),
      max: option.max_value?.toString(),
      autocomplete: 'off',
    })
    return { node: input, input, value: () => (input.value === '' ? undefined : input.value) }
  }

  async function complete(path, options, { name }, typed) {
    const { choices, nothing } = await chat.act({ kind: 'complete', channel: chat.channel, path, options, name, typed })
    return nothing ?? choices.map((choice) => ({ text: choice.name, value: choice.value }))
  }

  function leave() {
    chosen = undefined
    fields.hidden = true
    fields.replaceChildren()
    text.hidden = false
    text.focus()
  }

  async function saySomething() {
    const typed = text.value.trim()
    if (typed === '') return
    const command = known.find(({ path }) => typed === `/${path}`)
    if (command !== undefined) return choose(command)
    text.value = ''
    await say(typed)
  }
}

function select({ name, required }, choices) {
  const none = element('option', { value: '' }, '–')
  const input = element(
    'select',
    { required, 'aria-label': name },
    none,
    choices.map((choice, index) => element('option', { value: String(index) }, choice.name)),
  )
  return { node: input, input, value: () => choices[input.value]?.value }
}

function valuesOf(inputs) {
  const given = inputs.map(({ option, value }) => [option, value()]).filter(([, value]) => value !== undefined)
  return Object.fromEntries(given.map(([{ name, type }, value]) => [name, type === integer || type === number ? Number(value) : value]))
}

/** One entry for each subcommand, by the path a person would type. */
function flattened({ options = [], description }, path) {
  const below = options.filter(({ type }) => type === subcommand || type === group)
  if (below.length === 0) return [{ path, description, options }]
  return below.flatMap((one) => flattened(one, `${path} ${one.name}`))
}
