import { JailopsError } from './errors.ts'
import { splitWords } from './split-words.ts'

/**
 * A permission with words behind it: `jail.exec(nginx -t)` covers these very words and no others, `jail.exec(service nginx *)` also what
 * follows them. Words are split as a shell does, with quotes, and never compared by patterns.
 */
export interface Narrowed {
  permission: string
  words: readonly string[]
  /** Any further words may follow. */
  isOpen: boolean
}

/** Nothing for a pattern without words. */
export function narrowingOf(pattern: string): Narrowed | undefined {
  const [, permission = '', inner] = /^([^(]*)\((.*)\)$/s.exec(pattern) ?? []
  if (inner === undefined) return undefined
  const words = splitWords(inner)
  return words.at(-1) === '*' ? { permission, words: words.slice(0, -1), isOpen: true } : { permission, words, isOpen: false }
}

/** What is wrong with the words of a pattern, if anything. */
export function problemOfNarrowing(pattern: string): string | undefined {
  try {
    const { words } = narrowingOf(pattern) ?? { words: ['-'] }
    if (words.length === 0) return 'must name at least one word in its brackets'
    if (words.some((word) => word.includes('*')))
      return 'may hold a * only as its last word, for any further words; it is no pattern within a word'
    return /[\p{C}\p{Zl}\p{Zp}]/u.test(pattern) ? 'must be one line of visible characters' : undefined
  } catch (error) {
    return error instanceof JailopsError ? error.message : 'cannot be read'
  }
}

export function coversWords({ words, isOpen }: Narrowed, asked: readonly string[]): boolean {
  return words.every((word, index) => asked[index] === word) && (isOpen || asked.length === words.length)
}
