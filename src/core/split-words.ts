import { JailopsError } from './errors.ts'

const closing: Record<string, string> = { '"': '"', "'": "'", '“': '”', '”': '”', '„': '“', '‘': '’', '’': '’' }
const singleQuotes = new Set(["'", '’'])

/**
 * Splits as a shell does: quotes (also the curly ones that phones type) and backslash, which in double quotes hides only a quote
 * or itself, and in single quotes nothing; nothing is ever expanded.
 */
export function splitWords(text: string): string[] {
  const words: string[] = []
  let word = ''
  let inWord = false
  let quote: string | undefined
  for (let index = 0; index < text.length; index++) {
    const character = text.charAt(index)
    if (quote !== undefined) {
      const next = text.charAt(index + 1)
      if (character === '\\' && !singleQuotes.has(quote) && (next === quote || next === '\\')) word += text.charAt(++index)
      else if (character === quote) quote = undefined
      else word += character
    } else if (character === '\\' && index + 1 < text.length) {
      word += text.charAt(++index)
      inWord = true
    } else if (closing[character] !== undefined) {
      quote = closing[character]
      inWord = true
    } else if (/\s/.test(character)) {
      if (inWord) words.push(word)
      word = ''
      inWord = false
    } else {
      word += character
      inWord = true
    }
  }
  if (quote !== undefined) {
    throw new JailopsError(
      'usage',
      `A quote ${quote} is missing at the end. Where it belongs to a text itself, put the whole text in double quotes.`,
    )
  }
  if (inWord) words.push(word)
  return words
}

/** One word as it is typed: splitWords makes the same of it again. */
export function typedWord(word: string): string {
  return /^[^\s"'“”„‘’\\]+$/u.test(word) ? word : `"${word.replace(/["\\]/g, '\\$&')}"`
}
