import { element } from './element.js'

/*
 * Text as Slack reads it. What the app forgot to escape is alive here as it would be there: a mention is a pill, an address a
 * link. So a page that shows it shows the mistake.
 */

const controlMark = '\uE000'
const control = new RegExp(`<([^<>]*)>|${controlMark}`, 'gu')
const fence = /```\n?([^]*?)```/u
const before = String.raw`(?<![\p{L}\p{N}])`
const after = String.raw`(?![\p{L}\p{N}])`
const between = (sign) => `${before}${sign}(?! )([^${sign}\\n]+)(?<! )${sign}${after}`
const styled = new RegExp(['`([^`\\n]+)`', between(String.raw`\*`), between('_'), between('~')].join('|'), 'u')
const address = /https?:\/\/[^\s<>|*_~`\uE000]*[^\s<>|*_~`\uE000.,:;!?)\]]/u
const styleTags = ['code', 'strong', 'em', 's']

const emoji = {
  white_check_mark: '✅',
  heavy_check_mark: '✔️',
  x: '❌',
  no_entry: '⛔',
  no_entry_sign: '🚫',
  warning: '⚠️',
  rotating_light: '🚨',
  hourglass: '⌛',
  hourglass_flowing_sand: '⏳',
  gear: '⚙️',
  lock: '🔒',
  bell: '🔔',
  tada: '🎉',
  rocket: '🚀',
  eyes: '👀',
  leftwards_arrow_with_hook: '↩️',
  arrows_counterclockwise: '🔄',
  black_small_square: '▪️',
  white_small_square: '▫️',
  large_green_circle: '🟢',
  large_blue_circle: '🔵',
  large_yellow_circle: '🟡',
  red_circle: '🔴',
  white_circle: '⚪',
}

/** Slack's own markup. `names` gives what stands in a pill for an id. */
export function mrkdwn(text, names = () => undefined) {
  const controls = []
  const marked = text.replace(control, (whole, inner) => {
    controls.push(inner === undefined ? whole : controlOf(inner, names))
    return controlMark
  })
  const take = () => controls.shift()
  const nodes = []
  for (let rest = marked; rest !== '';) {
    const found = fence.exec(rest)
    nodes.push(...linesOf(rest.slice(0, found?.index).replace(found ? /\n$/u : '', ''), take))
    if (!found) break
    nodes.push(element('pre', {}, leaf(found[1].replace(/\n$/u, ''), take, false)))
    rest = rest.slice(found.index + found[0].length).replace(/^\n/u, '')
  }
  return nodes
}

/** Text that Slack shows as it is, but for emoji. */
export function plainText({ text, emoji: hasEmoji = true }) {
  return hasEmoji ? withEmoji(text) : text
}

export function anyText(object, names) {
  return object.type === 'mrkdwn' ? mrkdwn(object.text, names) : [plainText(object)]
}

export function emojiOf(name) {
  return emoji[name] ?? `:${name}:`
}

export function pill(text, kind = '') {
  return element('span', { class: `s-pill ${kind}` }, text)
}

/** A link where a browser may follow it; else it only looks like one, as the mistake that it is. */
export function link(href, ...children) {
  const isSafe = /^(https?:|mailto:|tel:)/iu.test(href)
  return element('a', isSafe ? { class: 's-link', href, target: '_blank', rel: 'noreferrer' } : { class: 's-link' }, ...children)
}

/** Lines that begin with > are quoted. */
function linesOf(text, take) {
  if (text === '') return []
  const groups = []
  for (const line of text.split('\n')) {
    const quoted = /^(?:&gt;|>) ?(.*)$/u.exec(line)
    const last = groups.at(-1)
    if (last !== undefined && last.isQuote === (quoted !== null)) last.lines.push(quoted?.[1] ?? line)
    else groups.push({ isQuote: quoted !== null, lines: [quoted?.[1] ?? line] })
  }
  return groups.flatMap(({ isQuote, lines }) => {
    const nodes = inline(lines.join('\n'), take)
    return isQuote ? [element('blockquote', {}, nodes)] : [element('div', { class: 's-lines' }, nodes)]
  })
}

function inline(text, take) {
  const nodes = []
  let rest = text
  for (let found = styled.exec(rest); found !== null; found = styled.exec(rest)) {
    nodes.push(...leaf(rest.slice(0, found.index), take))
    const which = found.slice(1).findIndex((group) => group !== undefined)
    const inner = found[which + 1]
    nodes.push(element(styleTags[which], {}, which === 0 ? leaf(inner, take, false) : inline(inner, take)))
    rest = rest.slice(found.index + found[0].length)
  }
  return [...nodes, ...leaf(rest, take)]
}

/** Text without style: what stood in <…>, bare addresses, and words. */
function leaf(text, take, isProse = true) {
  const pieces = text.split(isProse ? new RegExp(`(${controlMark}|${address.source})`, 'u') : new RegExp(`(${controlMark})`, 'u'))
  return pieces.flatMap((piece, index) => {
    if (piece === '') return []
    if (piece === controlMark) return [take()]
    if (index % 2 === 1) return [link(unescaped(piece), unescaped(piece))]
    return [isProse ? withEmoji(unescaped(piece)) : unescaped(piece)]
  })
}

function controlOf(inner, names) {
  const [target, ...labels] = inner.split('|')
  const label = labels.length === 0 ? undefined : unescaped(labels.join('|'))
  if (/^@[UW]\w+$/u.test(target)) return pill(`@${label ?? names(target.slice(1)) ?? target.slice(1)}`)
  if (/^#C\w+$/u.test(target)) return pill(`#${label || names(target.slice(1)) || target.slice(1)}`)
  const group = /^!subteam\^(\w+)$/u.exec(target)
  if (group) return pill(label ?? `@${names(group[1]) ?? group[1]}`, 's-loud')
  if (/^!(channel|here|everyone)$/u.test(target)) return pill(`@${target.slice(1)}`, 's-loud')
  const date = /^!date\^(\d+)\^([^^]*)/u.exec(target)
  if (date) return dateOf(Number(date[1]) * 1000, unescaped(date[2]))
  if (target.startsWith('!')) return label ?? `<${unescaped(inner)}>`
  return link(unescaped(target), label ?? unescaped(target))
}

function dateOf(at, format) {
  const time = new Date(at)
  const parts = {
    date_num: time.toISOString().slice(0, 10),
    date: time.toLocaleDateString([], { dateStyle: 'long' }),
    date_short: time.toLocaleDateString([], { dateStyle: 'medium' }),
    date_long: time.toLocaleDateString([], { dateStyle: 'full' }),
    date_pretty: time.toLocaleDateString([], { dateStyle: 'long' }),
    date_short_pretty: time.toLocaleDateString([], { dateStyle: 'medium' }),
    time: time.toLocaleTimeString([], { timeStyle: 'short' }),
    time_secs: time.toLocaleTimeString([], { timeStyle: 'medium' }),
    ago: time.toLocaleString(),
  }
  const text = format.replace(/\{(\w+)\}/gu, (whole, name) => parts[name] ?? whole)
  return element('time', { datetime: time.toISOString(), title: time.toLocaleString() }, text)
}

function withEmoji(text) {
  return text.replace(/:([a-z0-9_+-]+):/gu, (whole, name) => emoji[name] ?? whole)
}

function unescaped(text) {
  return text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&')
}
