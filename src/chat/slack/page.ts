import type { KnownBlock, RichTextBlock } from '@slack/types'
import type { Card, CardStep } from '../../core/card.ts'
import { marks } from '../words.ts'
import { costOf, limits, preformatted, richText, section } from './blocks.ts'
import { head, line, lines } from './escape.ts'

type RichTextElement = RichTextBlock['elements'][number]

/** A message's middle, filled from the top until its budget is used; whatever is left out is named. */
export interface Page {
  block(block: KnownBlock, isCut: boolean): void
  text(text: string): void
  fields(fields: Card['fields']): void
  /** What a program printed. */
  output(output: string): void
  /** A table's lines, the first one being its head. */
  table(rows: readonly string[]): void
  steps(steps: readonly CardStep[]): void
  /** Notes that something is missing. */
  cut(what: string): void
  blocks(): KnownBlock[]
  /** What is missing, in words. */
  cuts(): string[]
  onlyStepsCut(): boolean
  stepsCut(): readonly CardStep[]
}

/** @param budget characters of JSON */
export function createPage(mostBlocks: number, budget: number): Page {
  const blocks: KnownBlock[] = []
  const cuts: string[] = []
  let missingSteps: readonly CardStep[] = []
  let left = budget

  function put(block: KnownBlock): boolean {
    const cost = costOf(block)
    if (cost > left || blocks.length >= mostBlocks) return false
    left -= cost
    blocks.push(block)
    return true
  }

  /** As many elements of one rich text as fit. @returns how many those are */
  function putElements(elements: readonly RichTextElement[]): number {
    const empty = costOf(richText([]))
    if (blocks.length >= mostBlocks) return 0
    const fitting: RichTextElement[] = []
    let room = left - empty
    for (const element of elements) {
      room -= costOf(element)
      if (room < 0) break
      fitting.push(element)
    }
    if (fitting.length > 0) put(richText(fitting))
    return fitting.length
  }

  /** The longest beginning that fits, whole lines where possible. */
  function putText(text: string, blockOf: (part: string) => KnownBlock): string {
    let rest = text
    while (rest !== '') {
      let part = head(rest, limits.section)
      const end = part.length < rest.length ? part.lastIndexOf('\n') : -1
      if (end > 0) part = part.slice(0, end)
      while (part.length > 40 && costOf(blockOf(part)) > left) part = head(part, Math.floor(part.length / 2))
      if (part.trim() === '' ? false : !put(blockOf(part))) return rest
      rest = rest.slice(part.length).replace(/^\n/, '')
    }
    return ''
  }

  /** As many lines as fit, as they are. @returns how many those are */
  function putLines(rows: readonly string[]): number {
    let shown = rows.length
    while (shown > 0 && costOf(preformatted(rows.slice(0, shown).join('\n'))) > left)
      shown = shown > 8 ? Math.floor(shown * 0.8) : shown - 1
    if (shown > 0 && rows.slice(0, shown).join('').trim() !== '' && !put(preformatted(rows.slice(0, shown).join('\n')))) return 0
    return shown
  }

  return {
    block(block, isCut) {
      put(block)
      if (isCut) cuts.push('the end of a line')
    },
    text(text) {
      if (putText(lines(text), section) !== '') cuts.push('more text')
    },
    fields(fields) {
      const shown = putElements(fields.map(fieldOf))
      if (shown < fields.length) cuts.push(`${fields.length - shown} more ${fields.length - shown === 1 ? 'field' : 'fields'}`)
    },
    output(output) {
      const all = lines(output).split('\n')
      if (putLines(all) < all.length) cuts.push('more of what was printed')
    },
    table(rows) {
      const shown = putLines(rows)
      if (shown < rows.length) cuts.push(`${rows.length - Math.max(shown, 1)} more rows`)
    },
    steps(steps) {
      const shown = putElements(steps.map(stepOf))
      missingSteps = steps.slice(shown)
      if (missingSteps.length > 0) cuts.push(`and ${missingSteps.length} more ${missingSteps.length === 1 ? 'step' : 'steps'}`)
    },
    cut: (what) => void cuts.push(what),
    blocks: () => blocks,
    cuts: () => cuts,
    onlyStepsCut: () => cuts.length === 1 && missingSteps.length > 0,
    stepsCut: () => missingSteps,
  }
}

function fieldOf({ name, value }: Card['fields'][number]): RichTextElement {
  return {
    type: 'rich_text_section',
    elements: [
      { type: 'text', text: `${line(name)}: `, style: { bold: true } },
      { type: 'text', text: `${lines(value)}\n` },
    ],
  }
}

function stepOf({ title, detail, state }: CardStep): RichTextElement {
  return {
    type: 'rich_text_section',
    elements: [
      { type: 'text', text: `${marks[state]} ${line(title)}\n` },
      ...(detail.trim() === ''
        ? []
        : [
            { type: 'text' as const, text: lines(detail), style: { code: true } },
            { type: 'text' as const, text: '\n' },
          ]),
    ],
  }
}
