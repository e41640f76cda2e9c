import type { Cut } from '../../../core/step.ts'

/** As `diff -U0` would show it, for people. No lines around: in a file of HAProxy's a password may stand next to anything. Cuts are of whole lines. */
export function diffOf(path: string, text: string, cuts: readonly Cut[]): string {
  const hunks: string[] = []
  let shift = 0
  for (const { at, remove, insert } of cuts) {
    const [removed, inserted] = [linesOf(remove), linesOf(insert)]
    const before = text.slice(0, at).split('\n').length - 1
    const [from, to] = [place(before, removed.length), place(before + shift, inserted.length)]
    hunks.push(`@@ -${from} +${to} @@`, ...removed.map((line) => `-${line}`), ...shortened(inserted).map((line) => `+${line}`))
    shift += inserted.length - removed.length
  }
  return [`--- ${path}`, `+++ ${path}`, ...hunks, ''].join('\n')
}

/** The first line and how many; of none it is the line before. */
function place(before: number, count: number): string {
  return `${count === 0 ? before : before + 1},${count}`
}

function linesOf(text: string): string[] {
  return text === '' ? [] : text.replace(/\r?\n$/, '').split(/\r?\n/)
}

/** What comes in is a block of ours and always the same; the plan's own file has all of it. */
function shortened(lines: readonly string[]): readonly string[] {
  return lines.length <= 8 ? lines : [...lines.slice(0, 1), `  … ${lines.length - 2} lines …`, ...lines.slice(-1)]
}
