import type { Answer, Card } from '../../core/card.ts'
import { alignTable } from '../table.ts'
import { visible, visibleLines } from '../visible.ts'
import { marks, stateWords } from '../words.ts'

/** All of a card as plain text, for the file beside a message that could not hold it. */
export function wholeCard(card: Card): string {
  const { state, reason } = card.about ?? card
  return join([
    `${visible(card.title)} – ${stateWords[state]}${reason === undefined ? '' : ` (${visible(reason)})`}`,
    ...bodyOf(card),
    ...card.steps.flatMap(({ title, detail, state: mark }) => [`${marks[mark]} ${visible(title)}`, ...indented(detail)]),
    visible(card.footer),
  ])
}

export function wholeAnswer(answer: Answer): string {
  return join([visible(answer.title), ...bodyOf(answer)])
}

function bodyOf({ text, fields = [], table }: Answer): string[] {
  return [
    ...(text === undefined ? [] : visibleLines(text)),
    ...fields.flatMap(({ name, value }) => [`${visible(name)}:`, ...indented(value)]),
    ...(table === undefined ? [] : alignTable(table)),
  ]
}

function indented(text: string): string[] {
  return visibleLines(text).map((line) => `    ${line}`)
}

function join(lines: string[]): string {
  return `${lines.filter((line) => line !== '').join('\n')}\n`
}
