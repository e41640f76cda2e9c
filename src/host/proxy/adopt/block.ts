import { sha256 } from '../../../core/canonical.ts'
import type { Cut } from '../../../core/step.ts'
import { newlineOf } from './splice.ts'

/*
 * What is ours in a file that is not. Its first line has the hash of what follows, so that a hand in it is seen; its last line says whether
 * the newline that the whole file lacked at its end is ours, too: so that it can be taken out again to the byte.
 */

const begin = /^[ \t]*# >>> jailops 1 sha256:([0-9a-f]{64}) \(managed; edit outside\)\r?\n/m
const beginLike = /^[ \t]*# >>> jailops\b/m
const endLike = /^[ \t]*# <<< jailops\b[^\n]*(?:\n|$)/m
const ownsNewline = ', with the newline at the end of this file'

export interface WholeBlock {
  kind: 'whole'
  at: number
  end: number
  body: string
  /** They take it out. */
  cuts: Cut[]
}

export type FoundBlock =
  | { kind: 'none' }
  | WholeBlock
  /** A hand was in it, or there are two, or it has no end. */
  | { kind: 'damaged' }

export function findBlock(text: string): FoundBlock {
  const first = beginLike.exec(text)
  const last = endLike.exec(text)
  if (first === null && last === null) return { kind: 'none' }
  const whole = begin.exec(text)
  if (whole === null || last === null || whole.index !== first?.index || last.index < whole.index) return { kind: 'damaged' }
  const bodyAt = whole.index + whole[0].length
  const end = last.index + last[0].length
  const body = text.slice(bodyAt, last.index)
  const isAlone = !beginLike.test(text.slice(bodyAt)) && !endLike.test(text.slice(end))
  if (!isAlone || sha256(body) !== whole[1]) return { kind: 'damaged' }
  return { kind: 'whole', at: whole.index, end, body, cuts: cutsOut(text, whole.index, end, last[0]) }
}

function cutsOut(text: string, at: number, end: number, lastLine: string): Cut[] {
  const newline = newlineOf(lastLine)
  const block = { at, remove: text.slice(at, end), insert: '' }
  if (!lastLine.includes(ownsNewline) || !text.endsWith(newline)) return [block]
  // where the block was put behind a line that had no end, that line's end is ours and not the block's
  if (end === text.length) return [{ at: at - newline.length, remove: text.slice(at - newline.length), insert: '' }]
  return [block, { at: text.length - newline.length, remove: newline, insert: '' }]
}

/** Puts it before what stands there. `lines` are without indentation. A file's last line without an end is fatal to HAProxy, so it gets one. */
export function blockIn(text: string, at: number, lines: readonly string[], indent = '  '): Cut[] {
  const newline = newlineOf(text)
  const lacksNewline = text !== '' && !text.endsWith('\n')
  const body = bodyOf(lines, indent, newline)
  const last = `${indent}# <<< jailops${lacksNewline ? ownsNewline : ''}${newline}`
  const block = firstLine(body, indent, newline) + body + last
  if (!lacksNewline) return [{ at, remove: '', insert: block }]
  if (at === text.length) return [{ at, remove: '', insert: newline + block }]
  return [
    { at, remove: '', insert: block },
    { at: text.length, remove: '', insert: newline },
  ]
}

/** Another block in its place; nothing where it would be the same. */
export function renewed(text: string, { at, body }: WholeBlock, lines: readonly string[]): Cut[] {
  const newline = newlineOf(body)
  const indent = /^[ \t]*/.exec(text.slice(at))?.[0] ?? ''
  const first = text.indexOf('\n', at) + 1
  const wanted = bodyOf(lines, indent, newline)
  if (wanted === body) return []
  return [{ at, remove: text.slice(at, first + body.length), insert: firstLine(wanted, indent, newline) + wanted }]
}

/** The same text, and every line of it in its place, as if the block had empty lines only. */
export function withoutBlock(text: string, { at, end }: WholeBlock): string {
  return text.slice(0, at) + text.slice(at, end).replaceAll(/[^\r\n]/g, ' ') + text.slice(end)
}

function firstLine(body: string, indent: string, newline: string): string {
  return `${indent}# >>> jailops 1 sha256:${sha256(body)} (managed; edit outside)${newline}`
}

function bodyOf(lines: readonly string[], indent: string, newline: string): string {
  return lines.map((line) => `${line === '' ? '' : indent}${line}${newline}`).join('')
}
