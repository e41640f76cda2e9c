import { element, visible } from './element.js'

/** The line where commands are typed, with its list of completions: a combobox as the ARIA practices describe it. */
export function startComposer({ input, list, form, button, complete, say, onProblem }) {
  let found = []
  let active = -1
  let asking = new AbortController()
  let isSending = false

  input.addEventListener('input', () => void ask())
  input.addEventListener('focus', () => void ask())
  input.addEventListener('blur', close)
  input.addEventListener('keydown', (event) => {
    if (event.isComposing) return
    const act = keys[event.key]
    if (act?.() === true) event.preventDefault()
  })
  form.addEventListener('submit', (event) => {
    event.preventDefault()
    void submit()
  })

  /** Each key gives true where it was meant for the list. */
  const keys = {
    ArrowDown: () => move(1),
    ArrowUp: () => move(-1),
    Tab: () => take(Math.max(active, 0)),
    Enter: () => take(active),
    Escape: () => isOpen() && close(),
  }

  function isOpen() {
    return !list.hidden
  }

  /** Answers may come in any order: only the newest question's is shown. */
  async function ask() {
    asking.abort()
    asking = new AbortController()
    const { signal } = asking
    if (input.value.trim() === '') return void close()
    const answers = await complete(input.value, signal).catch(() => [])
    if (signal.aborted || document.activeElement !== input) return
    show(answers.filter(({ text }) => text.trim() !== input.value.trim()))
  }

  function show(answers) {
    if (answers.length === 0) return void close()
    found = answers
    active = -1
    list.replaceChildren(...found.map(optionOf))
    list.hidden = false
    input.setAttribute('aria-expanded', 'true')
    input.removeAttribute('aria-activedescendant')
  }

  function optionOf({ text, hint }, index) {
    const option = element(
      'li',
      { role: 'option', id: `completion-${index}`, 'aria-selected': 'false' },
      element('code', {}, element('bdi', {}, visible(text))),
      element('span', {}, element('bdi', {}, visible(hint))),
    )
    option.addEventListener('mousedown', (event) => {
      event.preventDefault() // the focus stays in the line
      take(index)
    })
    return option
  }

  function move(by) {
    if (!isOpen()) return false
    active = active < 0 ? (by > 0 ? 0 : found.length - 1) : (active + by + found.length) % found.length
    for (const [index, option] of [...list.children].entries()) option.setAttribute('aria-selected', String(index === active))
    input.setAttribute('aria-activedescendant', `completion-${active}`)
    list.children[active].scrollIntoView({ block: 'nearest' })
    return true
  }

  function take(index) {
    const taken = isOpen() ? found[index] : undefined
    if (taken === undefined) return false
    input.value = taken.text
    close()
    void ask()
    return true
  }

  function close() {
    list.hidden = true
    list.replaceChildren()
    found = []
    active = -1
    input.setAttribute('aria-expanded', 'false')
    input.removeAttribute('aria-activedescendant')
    return true
  }

  async function submit() {
    const text = input.value.trim()
    if (text === '' || isSending) return
    asking.abort()
    close()
    setSending(true)
    try {
      await say(text)
      input.value = ''
    } catch (error) {
      onProblem(error.message)
    }
    setSending(false)
    input.focus()
  }

  /** Read-only rather than disabled: the keyboard stays in the line, and on a phone it stays up. */
  function setSending(value) {
    isSending = value
    input.readOnly = value
    button.disabled = value
    form.setAttribute('aria-busy', String(value))
  }
}
