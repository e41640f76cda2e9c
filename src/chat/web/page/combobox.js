import { element } from './element.js'

let made = 0

/**
 * A line whose choices are asked for while one types. `ask(typed)` resolves with [{ text, value, hint }], or with a sentence that
 * stands there instead; `isFree` takes what was typed as it is, too.
 */
export function combobox({ ask, onChoose = () => undefined, chosen, placeholder, label, isFree = false, delayMs = 120 }) {
  const id = `combobox-${++made}`
  const input = element('input', {
    type: 'text',
    role: 'combobox',
    autocomplete: 'off',
    spellcheck: 'false',
    'aria-expanded': 'false',
    'aria-controls': id,
    'aria-label': label,
    placeholder,
    value: chosen?.text,
  })
  const list = element('ul', { id, class: 'combobox-list', role: 'listbox', hidden: true })
  const node = element('div', { class: 'combobox' }, input, list)
  let current = chosen
  let found = []
  let active = -1
  let question = 0
  let timer

  input.addEventListener('input', () => {
    current = undefined
    clearTimeout(timer)
    timer = setTimeout(() => void askNow(), delayMs)
  })
  input.addEventListener('focus', () => void askNow())
  input.addEventListener('blur', () => {
    clearTimeout(timer)
    close()
    if (!isFree && current === undefined) input.value = ''
  })
  input.addEventListener('keydown', (event) => {
    if (list.hidden || found.length === 0) return
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') move(event.key === 'ArrowDown' ? 1 : -1)
    else if (event.key === 'Enter' && active >= 0) take(active)
    else if (event.key === 'Tab' && !event.shiftKey && input.value !== '') return take(Math.max(active, 0))
    else if (event.key === 'Escape') close()
    else return
    event.preventDefault()
    event.stopPropagation()
  })

  /** Answers may come in any order: only the newest question's is shown. */
  async function askNow() {
    const mine = ++question
    const answer = await ask(current === undefined ? input.value : '').catch((error) => error.message)
    if (mine !== question || document.activeElement !== input) return
    found = typeof answer === 'string' ? [] : answer
    active = -1
    const note = typeof answer === 'string' ? answer : 'No results'
    list.replaceChildren(...(found.length === 0 ? [element('li', { class: 'combobox-note' }, note)] : found.map(optionOf)))
    list.hidden = isFree && answer.length === 0
    input.setAttribute('aria-expanded', String(!list.hidden))
  }

  function optionOf({ text, hint }, index) {
    const option = element('li', { role: 'option', 'aria-selected': 'false' }, text, hint ? element('small', {}, hint) : undefined)
    option.addEventListener('mousedown', (event) => {
      event.preventDefault() // the focus stays in the line
      take(index)
    })
    return option
  }

  function move(by) {
    active = (active + by + found.length + (active < 0 && by < 0 ? 1 : 0)) % found.length
    for (const [index, option] of [...list.children].entries()) option.setAttribute('aria-selected', String(index === active))
    list.children[active].scrollIntoView({ block: 'nearest' })
  }

  function take(index) {
    current = found[index]
    input.value = current.text
    close()
    onChoose(current)
  }

  function close() {
    question++
    list.hidden = true
    input.setAttribute('aria-expanded', 'false')
  }

  return { node, input, value: () => current?.value ?? (isFree && input.value !== '' ? input.value : undefined), option: () => current }
}
