import type { Answer, Card } from '../../core/card.ts'
import { sparklines } from '../chart/sparkline.ts'
import { alignTable } from '../table.ts'
import { marks, standingOf } from '../words.ts'
import { visible, visibleLines } from '../visible.ts'

/** A card as plain text for a terminal; `files: 'full'` prints attached files too, otherwise they are named with their length. */
export function renderCard(card: Card, options: { files?: 'named' | 'full' } = {}): string {
  const { words, reason } = standingOf(card)
  return join([
    `${visible(card.title)} – ${words}${reason === undefined ? '' : ` (${visible(reason)})`}`,
    ...bodyOf(card),
    ...indent(card.output ?? '', '    '),
    ...card.steps.flatMap(({ title, detail, state: mark }) => [`  ${marks[mark]} ${visible(title)}`, ...indent(detail, '      ')]),
    ...card.files.flatMap((file) => linesOfFile(file, options.files ?? 'named')),
    ...(card.footer === '' ? [] : [visible(card.footer)]),
    ...(card.footer.includes(card.request) ? [] : [`request ${visible(card.request)}`]),
  ])
}

/** What only this person is told. */
export function renderAnswer(answer: Answer): string {
  return join([visible(answer.title), ...bodyOf(answer)])
}

function bodyOf({ text, fields = [], table, charts = [] }: Answer): string[] {
  const width = Math.max(0, ...fields.map(({ name }) => visible(name).length))
  return [
    ...indent(text ?? '', '  '),
    ...fields.flatMap(({ name, value }) => {
      const [first = '', ...rest] = visibleLines(value)
      return [`  ${visible(name).padEnd(width)}  ${first}`, ...rest.map((line) => `  ${' '.repeat(width)}  ${line}`)]
    }),
    ...(table === undefined ? [] : alignTable(table).map((line) => `  ${line}`)),
    ...sparklines(charts).map((line) => `  ${line}`),
  ]
}

function linesOfFile({ name, text, isAnswer }: Card['files'][number], files: 'named' | 'full'): string[] {
  const lines = visibleLines(text)
  if (files === 'full' || isAnswer === true) return [`  ${visible(name)}:`, ...lines.map((line) => `    ${line}`)]
  return [`  attached: ${visible(name)}, ${lines.length} ${lines.length === 1 ? 'line' : 'lines'}`]
}

function indent(text: string, by: string): string[] {
  return text === '' ? [] : visibleLines(text).map((line) => `${by}${line}`)
}

function join(lines: string[]): string {
  return `${lines.join('\n')}\n`
}
