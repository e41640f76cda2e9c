import type { Cut } from '../../../core/step.ts'

/** The text with each cut made; undefined where something else stands there. */
export function spliced(text: string, cuts: readonly Cut[]): string | undefined {
  let result = ''
  let from = 0
  for (const { at, remove, insert } of cuts) {
    if (at < from || !text.startsWith(remove, at)) return undefined
    result += text.slice(from, at) + insert
    from = at + remove.length
  }
  return result + text.slice(from)
}

/** The end of line that the text itself has. */
export function newlineOf(text: string): '\n' | '\r\n' {
  return /\r?\n/.exec(text)?.[0] === '\r\n' ? '\r\n' : '\n'
}
