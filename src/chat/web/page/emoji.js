/*
 * Slack and Discord show emoji as small pictures of their own, whatever fonts there are. These are ours, for the symbols on cards;
 * any other stays a character.
 */

const red = '#dd2e44'
const blue = '#3b88c3'
const grey = '#66757f'
const wood = '#9c6b3f'
const line = (d, stroke, width) => [
  'path',
  { d, stroke, fill: 'none', 'stroke-width': String(width), 'stroke-linecap': 'round', 'stroke-linejoin': 'round' },
]
const shape = (d, fill) => ['path', { d, fill }]
const disc = (r, fill) => ['circle', { cx: '18', cy: '18', r: String(r), fill }]
const ring = (r, stroke, width, more = {}) => [
  'circle',
  { cx: '18', cy: '18', r: String(r), fill: 'none', stroke, 'stroke-width': String(width), ...more },
]
const box = (x, y, width, height, fill, rx = 0) => ['rect', { x, y, width, height, fill, rx }]

const glass = shape('M8 5h20c0 8-6 9-6 13s6 5 6 13H8c0-8 6-9 6-13S8 13 8 5z', '#bdddf4')
const bars = [box(6, 2, 24, 4, wood, 2), box(6, 30, 24, 4, wood, 2)]
const sand = (d) => shape(d, '#ffac33')

const pictures = {
  '✅': [box(1, 1, 34, 34, '#77b255', 5), line('M9 18l6 7L27 10', '#fff', 4)],
  '❌': [line('M6 6l24 24M30 6L6 30', red, 6)],
  '⛔': [disc(17, red), box(7, 14.5, 22, 7, '#fff', 1)],
  '🚫': [ring(14.5, red, 5), line('M8 8l20 20', red, 5)],
  '⚠': [
    shape('M18 2c1 0 2 .6 2.6 1.5l14 26c1 2-.4 4.5-2.6 4.5H4c-2.2 0-3.6-2.5-2.6-4.5l14-26C16 2.6 17 2 18 2z', '#ffcc4d'),
    line('M18 12v10', '#231f20', 4),
    line('M18 29v.1', '#231f20', 4.5),
  ],
  '⏳': [glass, sand('M12 12h12c-1 2-5 3-5 6v4c3 1 7 3 7 8H10c0-5 4-7 7-8v-4c0-3-4-4-5-6z'), ...bars],
  '⌛': [glass, sand('M18 21c4 1 8 4 8 9H10c0-5 4-8 8-9z'), ...bars],
  '⚙': [ring(13, grey, 7, { 'stroke-dasharray': '5.1 5.1' }), ring(9.5, grey, 6)],
  '↩': [box(1, 1, 34, 34, blue, 5), line('M13 9l-5 6 5 6M8 15h13c9 0 9 12 0 12h-5', '#fff', 3.5)],
  '📨': [box(2, 8, 32, 22, '#ccd6dd', 3), line('M3 10l15 11L33 10', '#8899a6', 2.5), line('M1 15h6M1 20h4', blue, 2)],
  '📡': [
    shape('M6 8c0 12 9 21 21 21z', '#ccd6dd'),
    line('M16 19l9-9', grey, 3),
    line('M22 3c6 1 10 5 11 11M21 8c4 1 6 3 7 7', blue, 2.5),
    line('M10 34h10', grey, 3),
  ],
}
const known = new RegExp(`(${Object.keys(pictures).join('|')})\uFE0F?`, 'u')

/** Puts pictures in the place of the symbols in all text below the node; the text that one reads or copies stays the same. */
export function drawEmoji(node) {
  const walker = document.createTreeWalker(node, NodeFilter.SHOW_TEXT)
  const texts = []
  while (walker.nextNode()) if (known.test(walker.currentNode.data)) texts.push(walker.currentNode)
  for (const text of texts) if (text.parentElement.closest('pre, code, select, svg') === null) text.replaceWith(...pieces(text.data))
  return node
}

function pieces(text) {
  return text.split(known).map((piece, index) => (index % 2 === 1 ? picture(piece) : piece))
}

function picture(symbol) {
  const title = svgElement('title', {})
  title.textContent = symbol
  const parts = pictures[symbol].map(([tag, attributes]) => svgElement(tag, attributes))
  const made = svgElement('svg', { viewBox: '0 0 36 36', width: '1.2em', height: '1.2em', class: 'emoji', role: 'img' })
  made.append(title, ...parts)
  return made
}

function svgElement(tag, attributes) {
  const made = document.createElementNS('http://www.w3.org/2000/svg', tag)
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value)
  return made
}
