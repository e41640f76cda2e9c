import { visible, visibleLines } from '../visible.ts'

/** What is not whole has to be somewhere else in full. */
export interface Fitted {
  text: string
  isWhole: boolean
}

/** An address, else one character. Addresses stand in inline code: anywhere else Discord makes links of them. */
const parts = /[a-z][a-z0-9+.-]*:\/\/[^\s`]*|[^]/giu
const active = /^[\\`*_~|<>[\]@:#]$/
const listItem = /^[-+]$/
const numberOfItem = /^\s*\d{1,9}$/

/** One line of text for places where Discord parses nothing: footers, authors, buttons. */
export function plainWithin(text: string, most: number): Fitted {
  return fit(Array.from(visible(text.toWellFormed()).trim()), most)
}

/** Text of any lines for places where Discord obeys markdown, mentions and addresses; of this it obeys nothing. */
export function markdownWithin(text: string, most: number): Fitted {
  const lines = visibleLines(text.toWellFormed()).join('\n').trim().split('\n')
  return fit(
    lines.flatMap((line, index) => [...(index === 0 ? [] : ['\n']), ...escapedParts(line)]),
    most,
  )
}

/** Lines in a code block, where only three backticks in a row mean something: the third is written as its code. */
export function codeBlock(lines: readonly string[]): string {
  return `\`\`\`\n${lines.join('\n')}\n\`\`\``
}

/** The lines of some text as they stand in a code block. */
export function codeLines(text: string): string[] {
  return visibleLines(text.toWellFormed()).map((line) => line.replaceAll('```', '``\\u0060'))
}

function escapedParts(line: string): string[] {
  return Array.from(line.matchAll(parts), ({ 0: part, index }) => {
    if (part.includes('://')) return `\`${part}\``
    const marksItem = listItem.test(part) ? line.slice(0, index).trim() === '' : part === '.' && numberOfItem.test(line.slice(0, index))
    return marksItem || active.test(part) ? `\\${part}` : part
  })
}

/** As many of the parts as there is room for; one that alone is too long is cut within, never through a character. */
function fit(pieces: readonly string[], most: number): Fitted {
  const whole = pieces.join('')
  if (whole.length <= most) return { text: whole, isWhole: true }
  let text = ''
  for (const piece of pieces) {
    const room = most - 1 - text.length
    if (piece.length > room) return { text: `${text}${piece.length > 40 && room > 40 ? cutCode(piece, room) : ''}…`, isWhole: false }
    text += piece
  }
  return { text, isWhole: true }
}

function cutCode(piece: string, room: number): string {
  return `${withoutHalf(piece.slice(0, room - 1))}\``
}

/** A text cut anywhere, without the half character that the cut may have left. */
export function withoutHalf(text: string): string {
  return text.replace(/[\uD800-\uDBFF]$/, '')
}
