import { answerBody, cardBody, standingWord } from './card.js'
import { element, visible, words } from './element.js'

/** The list of messages of one person's channel, kept as the bot says it is. */
export function createChannel({ scroller, list, people, renderings, press, onProblem, announce }) {
  const shown = new Map()
  const ended = new AbortController()
  let followsEnd = true
  list.replaceChildren()
  scroller.addEventListener('scroll', () => (followsEnd = scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < 60), {
    signal: ended.signal,
  })

  function put(message) {
    const old = shown.get(message.id)
    if (JSON.stringify(old?.message) === JSON.stringify(message)) return
    const made = render(message)
    if (old === undefined) insert(message, made)
    else replace(old.made, made)
    shown.set(message.id, { message, made })
    if (message.kind === 'card') renderings.follow(message, made.querySelector('.content'))
    regroup()
    showEnd()
  }

  /** A card is read out when its state changes, not with every tick. */
  function putAloud(message) {
    const old = shown.get(message.id)?.message
    put(message)
    if (message.kind === 'answer') announce(visible(message.answer.title))
    if (message.kind === 'card' && (old?.kind !== 'card' || standingWord(old.card) !== standingWord(message.card)))
      announce(`${visible(message.card.title)}: ${standingWord(message.card)}`)
  }

  /** Only for who reads at the end: nobody is torn away from what they read further up. */
  function showEnd() {
    if (followsEnd) scroller.scrollTop = scroller.scrollHeight
  }

  function replaceAll(messages) {
    const ids = new Set(messages.map(({ id }) => id))
    for (const [id, { made }] of shown) {
      if (ids.has(id)) continue
      made.remove()
      shown.delete(id)
      renderings.forget(id)
    }
    for (const message of messages) put(message)
  }

  function insert(message, made) {
    const after = [...shown.values()].filter((one) => one.message.order > message.order)
    const next = after.toSorted((one, other) => one.message.order - other.message.order)[0]
    list.insertBefore(made, next?.made ?? null)
  }

  /** Messages of one speaker within five minutes stand together under one name. */
  function regroup() {
    let previous
    for (const made of list.children) {
      const isSame = previous?.dataset.speaker === made.dataset.speaker && made.dataset.at - previous.dataset.at < 300_000
      made.classList.toggle('continued', isSame)
      previous = made
    }
  }

  function render(message) {
    const speaker = speakerOf(message, people)
    const body = bodyOf(message, { press, onProblem })
    const time = new Date(message.at)
    return element(
      'li',
      { class: 'message', 'data-speaker': speaker.key, 'data-at': String(message.at), 'data-id': message.id },
      element('span', { class: `avatar ${speaker.look}`, 'aria-hidden': 'true' }, speaker.letter),
      element(
        'div',
        { class: 'content' },
        element(
          'p',
          { class: 'by' },
          element('strong', {}, words(speaker.name)),
          speaker.isBot ? element('span', { class: 'tag' }, 'app') : undefined,
          element('time', { datetime: time.toISOString(), title: time.toLocaleString() }, clockTime(time)),
          message.kind === 'answer' ? element('span', { class: 'only-you' }, 'only you can see this') : undefined,
        ),
        body,
      ),
    )
  }

  return { putAloud, replaceAll, showEnd, followEnd: () => (followsEnd = true), end: () => ended.abort() }
}

function bodyOf(message, actions) {
  if (message.kind === 'said') return element('p', { class: 'typed' }, element('code', {}, words(`/${message.text}`)))
  if (message.kind === 'answer') return answerBody(message.answer)
  return cardBody(message.card, actions)
}

function speakerOf(message, people) {
  if (message.kind !== 'said') return { key: 'bot', name: 'jailops', look: 'bot', letter: '', isBot: true }
  const index = people.findIndex(({ id }) => id === message.person)
  const name = people[index]?.name ?? message.person
  return { key: message.person, name, look: `person-${(index + 6) % 6}`, letter: [...name][0]?.toUpperCase() ?? '?', isBot: false }
}

function clockTime(time) {
  return time.toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' })
}

/** Puts the new state in the old one's place; what the reader had opened stays open, and the keyboard stays where it was. */
function replace(old, made) {
  for (const details of old.querySelectorAll('details')) {
    const same = made.querySelector(`details[data-key="${CSS.escape(details.dataset.key)}"]`)
    if (same !== null && details.dataset.touched === 'yes') {
      same.open = details.open
      same.dataset.touched = 'yes'
    }
  }
  const focused = old.contains(document.activeElement) ? document.activeElement.dataset.key : undefined
  old.replaceWith(made)
  if (focused !== undefined) made.querySelector(`[data-key="${CSS.escape(focused)}"]`)?.focus({ preventScroll: true })
}
