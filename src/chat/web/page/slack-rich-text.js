import { element } from './element.js'
import { emojiOf, link, pill } from './slack-text.js'

const wrappers = { code: 'code', strike: 's', italic: 'em', bold: 'strong' }

/** A rich_text block, and a table's cell of that kind. */
export function richText({ elements }, names) {
  return element('div', { class: 's-rich' }, listed(elements, names))
}

/** Lists that follow each other are levels of one list. */
function listed(elements, names) {
  return elements.map((one) => {
    if (one.type === 'rich_text_list') return listOf(one, names)
    if (one.type === 'rich_text_preformatted') return element('pre', {}, inlines(one.elements, names))
    if (one.type === 'rich_text_quote') return element('blockquote', {}, inlines(one.elements, names))
    return element('div', { class: 's-lines' }, inlines(one.elements ?? [], names))
  })
}

function listOf({ style, elements, indent = 0, offset = 0, border = 0 }, names) {
  const isOrdered = style === 'ordered'
  return element(
    isOrdered ? 'ol' : 'ul',
    {
      class: `s-list s-indent-${Math.min(indent, 8)} ${border === 1 ? 's-border' : ''}`,
      start: isOrdered && offset > 0 && String(offset + 1),
    },
    elements.map((item) => element('li', {}, inlines(item.elements ?? [], names))),
  )
}

function inlines(elements, names) {
  return elements.map((one) => styledBy(one.style, inlineOf(one, names)))
}

function inlineOf(one, names) {
  switch (one.type) {
    case 'text':
      return one.text
    case 'link':
      return link(one.url, one.text || one.url)
    case 'emoji':
      return emojiOf(one.name)
    case 'user':
      return pill(`@${names?.(one.user_id) ?? one.user_id}`)
    case 'usergroup':
      return pill(`@${names?.(one.usergroup_id) ?? one.usergroup_id}`, 's-loud')
    case 'channel':
      return pill(`#${names?.(one.channel_id) ?? one.channel_id}`)
    case 'broadcast':
      return pill(`@${one.range}`, 's-loud')
    case 'date':
      return element('time', {}, new Date(one.timestamp * 1000).toLocaleString())
    case 'color':
      return one.value
    default:
      return one.fallback ?? `[${one.type}]`
  }
}

function styledBy(style = {}, node) {
  return Object.entries(wrappers).reduce((inner, [name, tag]) => (style[name] === true ? element(tag, {}, inner) : inner), node)
}
