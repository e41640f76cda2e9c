import type { KnownBlock } from '@slack/types'
import type { Answer, Card } from '../../core/card.ts'
import { type ChatFile, chartFiles } from '../chart/chart-file.ts'
import { alignTable } from '../table.ts'
import { wholeText } from '../whole.ts'
import { standingOf } from '../words.ts'
import { actions, context, header, limits } from './blocks.ts'
import { clipButtons } from './buttons.ts'
import { clip, escapeText, line, lines } from './escape.ts'
import { type Page, createPage } from './page.ts'

/** As chat.postMessage and chat.update take it. */
export interface SlackMessage {
  /** For notifications, and for clients that show no blocks. */
  text: string
  blocks: KnownBlock[]
}

/** A message and the files that belong to it: a card's own where whoever approves must see all of them, and what did not fit. */
export interface Rendered {
  message: SlackMessage
  files: ChatFile[]
}

/** Any card within every limit of Slack's; pure. */
export function renderCard(card: Card): Rendered {
  const { words: standing, symbol, reason } = standingOf(card)
  const words = reason === undefined ? standing : `${standing} (${line(reason)})`
  const title = line(card.title)
  const heading = `${symbol} ${title}`
  const { shown: buttons, hidden } = clipButtons(card.buttons)
  const foot = footOf(card)
  const page = createPage(limits.blocks - 4 - buttons.length, limits.message - 2200 - sizeOf(buttons))

  page.block(context(clip(words, 300)), words.length > 300)
  if (heading.length > limits.header) page.text(title)
  if (hidden > 0)
    page.text(`${hidden} of its buttons ${hidden === 1 ? 'does' : 'do'} not fit here; /approve, /deny and /job cancel do the same.`)
  fill(page, card)
  page.steps(card.steps)
  if (foot.length > 300) page.cut('the end of its last line')

  const own = card.files.map(fileOf)
  const cut = page.cuts()
  const holder = page.onlyStepsCut()
    ? own.find(({ text }) => page.stepsCut().every(({ title: step, detail }) => text.includes(line(step)) && text.includes(lines(detail))))
    : undefined
  const whole = cut.length > 0 && holder === undefined ? [{ name: fileName(`card-${card.request}.txt`), text: wholeText(card) }] : []
  const held = holder ?? whole[0]
  const pictures = chartFiles(card.charts)
  return {
    message: {
      text: clip(escapeText(clip(`${heading} – ${words}`, 700)), limits.fallback),
      blocks: [
        header(clip(heading, limits.header)),
        ...page.blocks(),
        ...(pictures.length === 0 ? [] : [context(picturesNote)]),
        ...(held === undefined ? [] : [context(`… ${cut.join(', ')}: see ${clip(held.name, 200)}`)]),
        ...buttons.map(actions),
        context(clip(foot, 300)),
      ],
    },
    files: [
      ...pictures,
      ...(card.state === 'waiting' || cut.length > 0
        ? [...own, ...whole]
        : card.files.filter(({ isAnswer }) => isAnswer === true).map(fileOf)),
    ],
  }
}

/** What only one person is told; what does not fit is in the file. */
export function renderAnswer(answer: Answer): Rendered {
  const title = line(answer.title)
  const page = createPage(limits.blocks - 2, limits.message - 1000)
  if (title.length > limits.header) page.text(title)
  fill(page, answer)
  const cut = page.cuts()
  const files = [...chartFiles(answer.charts), ...(cut.length === 0 ? [] : [{ name: 'answer.txt', text: wholeText(answer) }])]
  return {
    message: {
      text: clip(escapeText(clip([title, line(answer.text ?? '')].filter(Boolean).join(': '), 700)) || '…', limits.fallback),
      blocks: [
        ...(title === '' ? [] : [header(clip(title, limits.header))]),
        ...page.blocks(),
        ...(cut.length === 0 ? [] : [context(`… ${cut.join(', ')}: see answer.txt`)]),
        ...(title === '' && page.blocks().length === 0 && cut.length === 0 ? [context('…')] : []),
      ],
    },
    files,
  }
}

/** Files of a card go into its thread. */
const picturesNote = 'The picture is in the thread.'

function fill(page: Page, { text, fields = [], table, output }: Pick<Answer, 'text' | 'fields' | 'table'> & Pick<Card, 'output'>): void {
  page.text(text ?? '')
  if (output !== undefined) page.output(output)
  page.fields(fields)
  if (table !== undefined) page.table(alignTable(table).map((row) => row.toWellFormed()))
}

function footOf({ footer, request, standing }: Card): string {
  const foot = line(footer)
  if (standing !== undefined && foot !== '') return foot
  return foot.includes(request) && foot !== '' ? foot : [foot, `request ${line(request)}`].filter(Boolean).join(' · ')
}

function fileOf({ name, text }: Card['files'][number]): ChatFile {
  return { name: fileName(name), text: text === '' ? '(empty)\n' : `${lines(text)}\n` }
}

function fileName(name: string): string {
  return clip(line(name).replaceAll(/[/\\]/g, '_').trim() || 'file.txt', 150)
}

function sizeOf(value: unknown): number {
  return JSON.stringify(value).length
}
