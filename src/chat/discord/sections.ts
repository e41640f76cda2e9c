import type { Card, CardStep } from '../../core/card.ts'
import { alignTable } from '../table.ts'
import { marks } from '../words.ts'
import { codeBlock, codeLines, type Fitted } from './escape.ts'

const fence = codeBlock([]).length

/** A table as monospaced text; whole lines go where there is no room. */
export function tableWithin(table: NonNullable<Card['table']>, most: number): Fitted & { hidden: number } {
  if (table.columns.length === 0 && table.rows.length === 0) return { text: '', isWhole: true, hidden: 0 }
  const lines = alignTable(table).flatMap(codeLines)
  const shown = linesWithin(lines, most - fence)
  return { text: inBlock(shown), isWhole: shown.length === lines.length, hidden: lines.length - shown.length }
}

/** What a program printed, in its own lines; whole ones go where there is no room. */
export function outputWithin(output: string, most: number): Fitted {
  if (output === '') return { text: '', isWhole: true }
  const lines = codeLines(output)
  const shown = linesWithin(lines, most - fence)
  return { text: inBlock(shown), isWhole: shown.length === lines.length }
}

/** Steps with their marks and details; where there is no room for all, those about the one at work. */
export function stepsWithin(steps: readonly CardStep[], most: number): Fitted & { hidden: CardStep[] } {
  const blocks = steps.map(linesOfStep)
  const sizes = blocks.map((lines) => lines.reduce((sum, line) => sum + line.length + 1, 0))
  const room = most - fence
  const [first, end] = rangeWithin(sizes, Math.max(0, current(steps) - 1), room)
  const hidden = steps.filter((_step, index) => index < first || index >= end)
  return { text: inBlock(blocks.slice(first, end).flat()), isWhole: hidden.length === 0, hidden }
}

/** How many of the steps stand how: `57 ✓, 39 ·`. */
export function countSteps(steps: readonly CardStep[]): string {
  const counts = Map.groupBy(steps, ({ state }) => state)
  return Array.from(counts, ([state, { length }]) => `${length} ${marks[state]}`).join(', ')
}

/** The first that is not done, else the last. */
function current(steps: readonly CardStep[]): number {
  const index = steps.findIndex(({ state }) => state !== 'done')
  return index < 0 ? Math.max(0, steps.length - 1) : index
}

function linesOfStep({ title, detail, state }: CardStep): string[] {
  const [first = '', ...rest] = codeLines(title)
  const details = detail === '' ? [] : codeLines(detail)
  return [`${marks[state]} ${first}`, ...rest.map((line) => `  ${line}`), ...details.map((line) => `    ${line}`)]
}

/** A run of entries that fits: from `start` forward, then backward as far as there is room. */
function rangeWithin(sizes: readonly number[], start: number, room: number): [number, number] {
  let left = room
  let [first, end] = [start, start]
  while (end < sizes.length && (sizes[end] ?? 0) <= left) left -= sizes[end++] ?? 0
  while (first > 0 && (sizes[first - 1] ?? 0) <= left) left -= sizes[--first] ?? 0
  return [first, end]
}

function linesWithin(lines: readonly string[], room: number): string[] {
  const sizes = lines.map((line) => line.length + 1)
  return lines.slice(...rangeWithin(sizes, 0, room))
}

function inBlock(lines: readonly string[]): string {
  return lines.length === 0 ? '' : codeBlock(lines)
}
