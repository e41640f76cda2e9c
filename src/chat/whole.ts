import type { Answer, Card } from '../core/card.ts'
import { sparklines } from './chart/sparkline.ts'
import { alignTable } from './table.ts'
import { visible, visibleLines } from './visible.ts'

/** All of a card or an answer as plain text, for the file that holds what a message could not; but not how it stands, which changes. */
export function wholeText(card: Answer | Card): string {
  const { title, text, fields = [], table, charts = [] } = card
  return `${[
    visible(title),
    ...(text === undefined ? [] : ['', ...visibleLines(text)]),
    ...('output' in card && card.output !== undefined ? ['', ...visibleLines(card.output)] : []),
    ...(fields.length === 0 ? [] : ['', ...fields.flatMap(({ name, value }) => [`${visible(name)}:`, ...indent(value)])]),
    ...(table === undefined ? [] : ['', ...alignTable(table)]),
    ...(charts.length === 0 ? [] : ['', ...sparklines(charts)]),
    ...('steps' in card ? stepsOf(card) : []),
    ...('footer' in card ? ['', visible(card.footer), `request ${visible(card.request)}`] : []),
  ].join('\n')}\n`.toWellFormed()
}

function stepsOf({ steps }: Card): string[] {
  return ['', ...steps.flatMap(({ title, detail }) => [visible(title), ...indent(detail)])]
}

function indent(text: string): string[] {
  return visibleLines(text).map((one) => `  ${one}`)
}
