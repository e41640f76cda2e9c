import { element, visible, words } from './element.js'
import { planOf, tableOf } from './plan.js'

/** Each state's word, and which of the few colours it wears. */
const states = {
  stored: ['Received', 'busy'],
  planning: ['Planning', 'busy'],
  waiting: ['Waiting for approval', 'waiting'],
  queued: ['Queued', 'busy'],
  running: ['Running', 'busy'],
  done: ['Done', 'good'],
  refused: ['Refused', 'bad'],
  denied: ['Denied', 'bad'],
  cancelled: ['Cancelled', 'quiet'],
  expired: ['Expired', 'quiet'],
  undone: ['Undone', 'quiet'],
  failed: ['Failed', 'bad'],
  needs_human: ['Needs a human', 'alarm'],
  unreachable: ['Host unreachable', 'bad'],
}

/** The same for what is no request: an alert, a live board. */
const standings = {
  critical: ['Alert', 'bad'],
  warning: ['Warning', 'alarm'],
  recovered: ['Recovered', 'good'],
  live: ['Live', 'busy'],
  over: ['Over', 'quiet'],
}

function standingOf({ standing, state }) {
  return (standing === undefined ? states[state] : standings[standing]) ?? [standing ?? state, 'quiet']
}

export function standingWord(card) {
  return standingOf(card)[0]
}

export function cardBody(card, actions) {
  const [word, colour] = standingOf(card)
  return element(
    'article',
    { class: `card ${colour}`, 'aria-label': `${visible(card.title)}: ${word}`, 'data-state': card.state, 'data-request': card.request },
    element('header', {}, element('h2', {}, words(card.title)), element('span', { class: 'state' }, word)),
    textOf(card.text),
    outputOf(card.output),
    fieldsOf(card.fields),
    tableOf(card.table),
    pictureOf(card.picture),
    planOf(card),
    filesOf(card.files),
    buttonsOf(card, actions),
    card.footer === '' ? undefined : element('p', { class: 'footer' }, words(card.footer)),
  )
}

export function answerBody(answer) {
  return element(
    'article',
    { class: 'card quiet whisper' },
    element('header', {}, element('h2', {}, words(answer.title))),
    textOf(answer.text),
    fieldsOf(answer.fields ?? []),
    tableOf(answer.table),
  )
}

function textOf(text) {
  return text === undefined || text === '' ? undefined : element('p', { class: 'text' }, words(text))
}

/** What a program printed. */
function outputOf(output) {
  return output === undefined ? undefined : element('pre', { class: 'output', tabindex: '0' }, words(output))
}

function fieldsOf(fields) {
  if (fields.length === 0) return undefined
  return element(
    'dl',
    { class: 'fields' },
    fields.map(({ name, value }) => element('div', {}, element('dt', {}, words(name)), element('dd', {}, words(value)))),
  )
}

/** What the charts of a card look like; whoever does not see it hears them as lines of words. */
function pictureOf(picture) {
  return picture === undefined ? undefined : element('img', { class: 'picture', src: picture.href, alt: visible(picture.words) })
}

function filesOf(files) {
  if (files.length === 0) return undefined
  const links = files.map(({ name, lines, href }) =>
    element('a', { href, download: true }, words(name), element('span', {}, ` ${lines} ${lines === 1 ? 'line' : 'lines'}`)),
  )
  return element('p', { class: 'files' }, links)
}

function buttonsOf(card, actions) {
  if (card.buttons.length === 0) return undefined
  const group = element('div', { class: 'buttons', role: 'group', 'aria-label': 'Answer' })
  for (const { label, style, press } of card.buttons) {
    const button = element('button', { type: 'button', class: style, 'data-key': press.kind }, visible(label))
    button.addEventListener('click', () => void pressOnce(group, button, () => actions.press(press), actions.onProblem))
    group.append(button)
  }
  return group
}

/** All the card's buttons rest while one is on its way: a double click is one delivery. */
async function pressOnce(group, button, press, onProblem) {
  if (group.classList.contains('sending')) return
  setSending(group, true)
  button.classList.add('pressed')
  onProblem()
  try {
    await press()
  } catch (error) {
    onProblem(error.message)
  }
  button.classList.remove('pressed')
  setSending(group, false)
}

function setSending(group, isSending) {
  group.classList.toggle('sending', isSending)
  group.setAttribute('aria-busy', String(isSending))
  for (const button of group.children) button.disabled = isSending
}
