import { element, visible, words } from './element.js'

const marks = { pending: '', running: '', done: '✓', failed: '✗', undone: '↩' }
const stateWords = { pending: 'to do', running: 'running', done: 'done', failed: 'failed', undone: 'undone' }
const longDetail = 160

/** The steps as they will run, or do, or did: each with its exact argv. */
export function planOf({ steps, request }) {
  if (steps.length === 0) return undefined
  const done = steps.filter(({ state }) => state === 'done').length
  const list = element('ol', { class: 'steps' }, steps.map(stepOf))
  const count = done === 0 ? `${steps.length} ${steps.length === 1 ? 'step' : 'steps'}` : `${done} of ${steps.length} done`
  return remembering(
    element(
      'details',
      { class: 'plan', open: true, 'data-key': `plan-${request}` },
      element('summary', { 'data-key': `summary-${request}` }, 'Plan ', element('span', {}, count)),
      list,
    ),
  )
}

function stepOf({ title, detail, state }, index) {
  return element(
    'li',
    { class: `step ${state}` },
    element('span', { class: 'mark', 'aria-hidden': 'true' }, marks[state]),
    element(
      'div',
      {},
      element('p', { class: 'step-title' }, words(title), element('span', { class: 'hidden-text' }, `, ${stateWords[state]}`)),
      detailOf(detail, index),
    ),
  )
}

function detailOf(detail, index) {
  if (detail === '') return undefined
  const lines = detail.split('\n')
  if (detail.length <= longDetail && lines.length <= 3)
    return element('pre', {}, element('bdi', {}, visible(detail).split(/(\s+)/).map(wordOf)))
  const first = visible(lines[0])
  return remembering(
    element(
      'details',
      { class: 'long', 'data-key': `step-${index}` },
      element(
        'summary',
        { 'data-key': `step-summary-${index}` },
        element('code', {}, element('bdi', {}, first)),
        element('span', { class: 'more' }, sizeOf(detail, lines)),
        element('span', { class: 'less' }, 'hide'),
      ),
      element('pre', {}, words(detail)),
    ),
  )
}

/** A line breaks between the words of an argv, not at the hyphens in them: `--unlink` is one word. */
function wordOf(part) {
  return part.trim() === '' ? part : element('span', { class: 'word' }, part)
}

function sizeOf(detail, lines) {
  return lines.length > 1 ? `all ${lines.length} lines` : `all ${detail.length} characters`
}

/** Marks what the reader opened or closed, so that the next edit of the card leaves it so. */
function remembering(details) {
  details.querySelector('summary').addEventListener('click', () => (details.dataset.touched = 'yes'))
  return details
}

/** A cell with more characters than this is a sentence, and may take several lines. */
const longestUnbroken = 40

export function tableOf(table) {
  if (table === undefined) return undefined
  return element(
    'div',
    { class: 'table', tabindex: '0', role: 'region', 'aria-label': 'Table' },
    element(
      'table',
      {},
      element(
        'thead',
        {},
        element(
          'tr',
          {},
          table.columns.map((column) => element('th', { scope: 'col' }, words(column))),
        ),
      ),
      element(
        'tbody',
        {},
        table.rows.map((row) =>
          element(
            'tr',
            {},
            row.map((cell) => element('td', { class: cell.length > longestUnbroken && 'sentence' }, words(cell))),
          ),
        ),
      ),
    ),
  )
}
