/* HAProxy's way to cut a line into words, for reading only: what is written goes back as it was, byte for byte. */

export interface Words {
  words: string[]
  /** Without quotes, escapes and variables: each word is what it looks like. */
  isPlain: boolean
  /** A quote that nobody closes, or an escape with nothing behind it: HAProxy refuses such a line. */
  isBroken: boolean
}

/**
 * Blanks part words; `"…"` and `'…'` hold them together, a backslash takes one character (or `xHH`) as it is, `#` begins a comment also in
 * the middle of a word. There are no lines that go on in the next one.
 */
export function wordsOfLine(line: string): Words {
  const words: string[] = []
  let word: string | undefined
  let quote = ''
  let isPlain = true
  for (let at = 0; at < line.length; at++) {
    const character = line[at] ?? ''
    if (quote === '' && (character === '#' || character === '\r' || character === '\n')) break
    if (quote === '' && (character === ' ' || character === '\t')) {
      if (word !== undefined) words.push(word)
      word = undefined
      continue
    }
    if (quote === '' ? character === '"' || character === "'" : character === quote) {
      quote = quote === '' ? character : ''
      isPlain = false
      word ??= ''
      continue
    }
    if (character === '\\' && quote !== "'") {
      const escaped = escapeAt(line, at)
      if (escaped === undefined) return { words, isPlain: false, isBroken: true }
      isPlain = false
      word = (word ?? '') + escaped.text
      at += escaped.length - 1
      continue
    }
    // only between double quotes HAProxy takes it for a variable of its environment
    if (character === '$' && quote === '"') isPlain = false
    word = (word ?? '') + character
  }
  if (word !== undefined) words.push(word)
  return { words, isPlain, isBroken: quote !== '' }
}

const namedEscapes: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t' }

function escapeAt(line: string, at: number): { text: string; length: number } | undefined {
  const next = line[at + 1]
  if (next === undefined || next === '\r' || next === '\n') return undefined
  const hexadecimal = /^x([0-9a-f]{2})/i.exec(line.slice(at + 1, at + 4))?.[1]
  if (hexadecimal !== undefined) return { text: String.fromCodePoint(Number.parseInt(hexadecimal, 16)), length: 4 }
  return { text: namedEscapes[next] ?? next, length: 2 }
}
