import { element } from './element.js'

/**
 * A file in a message. Of a text its first lines, and on demand all of it: `file` is {name, lines, preview, href?}. A picture is
 * {name, picture, words}.
 */
export function fileView(file, prefix) {
  return file.picture === undefined ? textView(file, prefix) : pictureView(file, prefix)
}

function pictureView({ name, picture, words = '' }, prefix) {
  return element(
    'div',
    { class: `${prefix}-picture` },
    element('div', { class: `${prefix}-file-name` }, name),
    element('img', { src: picture, alt: words }),
  )
}

function textView({ name, lines, preview, href }, prefix) {
  const text = element('pre', {}, preview)
  const shownLines = preview.split('\n').length
  const node = element('div', { class: `${prefix}-file` }, element('div', { class: `${prefix}-file-name` }, name), text)
  const size = `${lines} ${lines === 1 ? 'line' : 'lines'}`
  if (lines <= shownLines || href === undefined) {
    node.append(element('div', { class: `${prefix}-file-size` }, size))
    return node
  }
  const toggle = element('button', { type: 'button', class: `${prefix}-file-size`, 'aria-expanded': 'false' }, `Expand all ${size}`)
  toggle.addEventListener('click', () => void flip())
  node.append(toggle)
  return node

  async function flip() {
    const isOpening = toggle.getAttribute('aria-expanded') === 'false'
    text.textContent = isOpening ? await fetch(href).then((response) => response.text()) : preview
    toggle.setAttribute('aria-expanded', String(isOpening))
    toggle.textContent = isOpening ? 'Collapse' : `Expand all ${size}`
  }
}
