import { element } from './element.js'

/*
 * Markdown as Discord reads it, mentions and bare addresses included: what the app forgot to escape is alive here as it would be there.
 * Each rule is tried in turn wherever the text stands; the first that fits is taken.
 */

const inner = String.raw`((?:\\[^]|[^\\])+?)`

const inlineRules = [
  [/\\([^0-9A-Za-z\s])/uy, ([, character]) => character],
  [/```(?:([\w+.#-]+)\n)?\n*([^]+?)\n*```\n?/uy, ([, language, code]) => fenced(code, language)],
  [/(`+)([^`](?:[^]*?[^`])?)\1(?!`)/uy, ([, , code]) => element('code', {}, code.replace(/^ (.*) $/u, '$1'))],
  [/<(https?:\/\/[^\s<>]+)>/uy, ([, href]) => link(href, href)],
  [/<@!?(\d+)>/uy, ([, id], { names }) => pill(`@${names(id) ?? 'unknown-user'}`)],
  [/<@&(\d+)>/uy, ([, id], { names }) => pill(`@${names(id) ?? 'deleted-role'}`)],
  [/<#(\d+)>/uy, ([, id], { names }) => pill(`#${names(id) ?? 'unknown'}`)],
  [/<\/([^:>\n]+):\d+>/uy, ([, path]) => pill(`/${path}`)],
  [/<t:(-?\d{1,13})(?::([tTdDfFsSR]))?>/uy, ([, seconds, style]) => timeOf(Number(seconds) * 1000, style)],
  [/<a?:(\w+):\d+>/uy, ([, name]) => `:${name}:`],
  [/@(everyone|here)/uy, ([whole]) => pill(whole, 'd-loud')],
  [
    /\[([^\]\n]+)\]\(<?(https?:\/\/[^\s)>]+)>?(?: +"[^"]*")?\)/uy,
    ([, text, href], context) => link(href, inline(text, { ...context, isInLink: true })),
  ],
  [/https?:\/\/[^\s<]+[^\s<.,:;"')\]`]/uy, ([href], { isInLink }) => (isInLink ? href : link(href, href))],
  [new RegExp(String.raw`\*\*${inner}\*\*(?!\*)`, 'uy'), ([, text], context) => element('strong', {}, inline(text, context))],
  [new RegExp(String.raw`__${inner}__(?!_)`, 'uy'), ([, text], context) => element('u', {}, inline(text, context))],
  [new RegExp(String.raw`~~${inner}~~`, 'uy'), ([, text], context) => element('s', {}, inline(text, context))],
  [new RegExp(String.raw`\|\|${inner}\|\|`, 'uy'), ([, text], context) => spoiler(inline(text, context))],
  [
    /\*(?=\S)((?:\*\*|\\[^]|\s+(?:\\[^]|[^\s*\\]|\*\*)|[^\s*\\])+?)\*(?!\*)/uy,
    ([, text], context) => element('em', {}, inline(text, context)),
  ],
  [/_((?:__|\\[^]|[^\\_])+?)_(?!\w)/uy, ([, text], context) => element('em', {}, inline(text, context))],
]

/** At the beginning of a line only. */
const lineRules = [
  [/(#{1,3}) +([^\n]+)(?:\n|$)/uy, ([, signs, text], context) => element(`h${signs.length + 2}`, {}, inline(text, context))],
  [/-# +([^\n]+)(?:\n|$)/uy, ([, text], context) => element('small', { class: 'd-small' }, inline(text, context))],
  [/>>> ([^]*)/uy, ([, text], context) => element('blockquote', {}, markdown(text, { ...context, isQuoted: true }))],
  [
    /> [^\n]*(?:\n> [^\n]*)*\n?/uy,
    ([whole], context) => element('blockquote', {}, inline(whole.replaceAll(/^> /gmu, '').replace(/\n$/u, ''), context)),
  ],
  [/ *(?:[-*]|\d{1,9}\.) [^\n]*(?:\n *(?:[-*]|\d{1,9}\.) [^\n]*)*\n?/uy, ([whole], context) => listOf(whole, context)],
]

const quietRules = inlineRules.filter(([rule]) => !/^(<@|<#|@\(|<\\\/)/u.test(rule.source))

const noNames = () => undefined

/** Everything that Discord reads in a message, an embed's description, and a field's value. */
export function markdown(text, { names = noNames, isQuoted = false } = {}) {
  return read(text, isQuoted ? inlineRules : [...lineRules, ...inlineRules], { names, rules: inlineRules })
}

/** A title or a field's name: markdown, but nobody is mentioned and nothing goes over several lines. */
export function title(text) {
  return read(text, quietRules, { names: noNames, rules: quietRules })
}

function inline(text, context) {
  return read(text, context.rules, context)
}

function read(text, rules, context) {
  const nodes = []
  let words = ''
  for (let at = 0; at < text.length;) {
    const taken = take(text, at, rules, context)
    if (taken === undefined) words += text[at++]
    else {
      nodes.push(words, taken.node)
      words = ''
      at += taken.length
    }
  }
  return [...nodes, words].filter((node) => node !== '')
}

function take(text, at, rules, context) {
  const isLineStart = at === 0 || text[at - 1] === '\n'
  for (const rule of rules) {
    if (!isLineStart && lineRules.includes(rule)) continue
    const [pattern, make] = rule
    pattern.lastIndex = at
    const found = pattern.exec(text)
    if (found !== null) return { node: make(found, context), length: found[0].length }
  }
  return undefined
}

function listOf(whole, context) {
  const items = whole.replace(/\n$/u, '').split('\n')
  const isOrdered = /^ *\d/u.test(items[0])
  return element(
    isOrdered ? 'ol' : 'ul',
    { start: isOrdered && String(Number.parseInt(items[0], 10)) },
    items.map((item) => {
      const [, indent, text] = /^( *)(?:[-*]|\d{1,9}\.) (.*)$/u.exec(item)
      return element('li', { class: `d-indent-${Math.min(Math.floor(indent.length / 2), 3)}` }, inline(text, context))
    }),
  )
}

function fenced(code, language) {
  if (language === 'diff') return element('pre', {}, code.split('\n').map(diffLine))
  if (language === 'ansi') return element('pre', {}, ansi(code))
  return element('pre', {}, code)
}

function diffLine(line) {
  const colour = { '+': 'd-green', '-': 'd-red' }[line[0]]
  return element('span', { class: `d-line ${colour ?? ''}` }, `${line}\n`)
}

/** Colours and bold; other sequences are swallowed, as there. */
function ansi(code) {
  const [first, ...rest] = code.split('\u001b[')
  return [
    first,
    ...rest.map((piece) => {
      const [whole, codes] = /^([\d;]*)m/u.exec(piece) ?? ['', '']
      return element(
        'span',
        {
          class: codes
            .split(';')
            .map((one) => `d-ansi-${Number(one)}`)
            .join(' '),
        },
        piece.slice(whole.length),
      )
    }),
  ]
}

function spoiler(nodes) {
  const node = element('span', { class: 'd-spoiler' }, nodes)
  node.addEventListener('click', () => node.classList.add('d-seen'))
  return node
}

function timeOf(at, style = 'f') {
  const time = new Date(at)
  const formats = {
    t: { timeStyle: 'short' },
    T: { timeStyle: 'medium' },
    d: { dateStyle: 'short' },
    D: { dateStyle: 'long' },
    f: { dateStyle: 'long', timeStyle: 'short' },
    F: { dateStyle: 'full', timeStyle: 'short' },
  }
  const text = style === 'R' ? relative(at - Date.now()) : time.toLocaleString([], formats[style] ?? formats.f)
  return element('time', { class: 'd-time', datetime: time.toISOString(), title: time.toLocaleString() }, text)
}

function relative(milliseconds) {
  const minutes = Math.round(milliseconds / 60_000)
  const format = new Intl.RelativeTimeFormat('en', { numeric: 'auto' })
  if (Math.abs(minutes) < 90) return format.format(minutes, 'minute')
  return Math.abs(minutes) < 36 * 60 ? format.format(Math.round(minutes / 60), 'hour') : format.format(Math.round(minutes / 1440), 'day')
}

function link(href, text) {
  return element('a', { class: 'd-link', href, target: '_blank', rel: 'noreferrer' }, text)
}

function pill(text, kind = '') {
  return element('span', { class: `d-pill ${kind}` }, text)
}
