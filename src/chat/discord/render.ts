import type { APIActionRowComponent, APIButtonComponentWithCustomId, APIEmbed, APIEmbedField } from 'discord-api-types/v10'
import type { Answer, Card } from '../../core/card.ts'
import { standingOf } from '../words.ts'
import { markdownWithin, plainWithin } from './escape.ts'
import { type ChatFile, chartFiles } from '../chart/chart-file.ts'
import { attachable, plainName } from './files.ts'
import { answerColor, colorOf } from './colors.ts'
import { idOfPress } from './press-id.ts'
import { countSteps, outputWithin, stepsWithin, tableWithin } from './sections.ts'
import { wholeText } from '../whole.ts'

/** A message as Discord's API takes it, and the files that hang on it. */
export interface Rendered {
  message: {
    embeds: APIEmbed[]
    components: APIActionRowComponent<APIButtonComponentWithCustomId>[]
    allowed_mentions: { parse: [] }
  }
  files: ChatFile[]
}

/** Discord's own limits, or what of them each part may have: together they stay below 6000 characters. */
const limits = { title: 256, footer: 400, fieldName: 120, fieldValue: 1024, fields: 25, allFields: 1500, description: 3500, notes: 400 }
const shortValue = 40
const [actionRow, button] = [1, 2] as const
const styles = { primary: 1, plain: 2, danger: 4 } as const

export function renderCard(card: Card): Rendered {
  const { state } = card.about ?? card
  const { words, symbol, reason } = standingOf(card)
  const head = plainWithin(`${symbol} ${capital(words)}${reason === undefined ? '' : ` (${reason})`}`, limits.title)
  const wholeName = plainName(`card-${card.request}.txt`)
  const buttons = buttonsOf(card)
  const body = bodyOf(card, card.steps, { name: wholeName, attached: card.files })
  const isWhole = body.isWhole && head.isWhole
  const { files, isWhole: areFilesWhole } = attachable([
    ...chartFiles(card.charts),
    ...(isWhole ? [] : [{ name: wholeName, text: wholeText(card) }]),
    ...card.files.filter(({ isAnswer }) => isAnswer === true || body.needsFiles || state === 'waiting'),
  ])
  const notes = [
    ...body.notes,
    ...(isWhole || body.notes.length > 0 ? [] : [seeFile(wholeName)]),
    ...(buttons.missing === 0 ? [] : [`… and ${buttons.missing} more buttons, which Discord does not take here.`]),
    ...(areFilesWhole ? [] : ['The files are not whole: Discord takes no more.']),
  ]
  return messageOf({
    author: head.text,
    color: colorOf(card),
    body,
    notes,
    footer: plainWithin(card.footer, limits.footer).text,
    rows: buttons.rows,
    files,
  })
}

/** What only one person is told, or a query's answer. */
export function renderAnswer(answer: Answer): Rendered {
  const name = 'answer.txt'
  const body = bodyOf({ ...answer, fields: answer.fields ?? [], footer: '' }, [], { name, attached: [] })
  const { files } = attachable([...chartFiles(answer.charts), ...(body.isWhole ? [] : [{ name, text: wholeText(answer) }])])
  return messageOf({ color: answerColor, body, notes: body.notes, footer: '', rows: [], files })
}

interface Body {
  title: string
  fields: APIEmbedField[]
  sections: string[]
  /** What is said of that which is not here. */
  notes: string[]
  isWhole: boolean
  /** Steps that are not here are in the card's own files. */
  needsFiles: boolean
}

type Content = Answer & Pick<Card, 'fields' | 'footer' | 'output'>

/** `name`: the file that has the whole of it; `attached`: what the card has with it anyway. */
function bodyOf(content: Content, steps: Card['steps'], { name, attached }: { name: string; attached: Card['files'] }): Body {
  const title = markdownWithin(content.title, limits.title)
  const fields = fieldsOf(content.fields)
  const most = limits.description - limits.notes
  const table = content.table ?? { columns: [], rows: [] }
  const wanted = { table: tableWithin(table, Infinity).text.length, steps: stepsWithin(steps, Infinity).text.length }
  const forOutput = outputWithin(content.output ?? '', 1700)
  const all = most - forOutput.text.length
  const text = markdownWithin(content.text ?? '', all - Math.min(wanted.table, 1000) - Math.min(wanted.steps, 1000))
  const shownTable = tableWithin(table, all - text.text.length - Math.min(wanted.steps, 1000))
  const shownSteps = stepsWithin(steps, all - text.text.length - shownTable.text.length)
  // a plan is the first of a card's files
  const cover = attached
    .slice(0, 1)
    .find((file) => plainName(file.name) !== name && shownSteps.hidden.every(({ detail }) => file.text.includes(detail)))
  const needsFiles = !shownSteps.isWhole && cover !== undefined
  const isWhole =
    [title, text, forOutput, shownTable, fields, plainWithin(content.footer, limits.footer)].every((part) => part.isWhole) &&
    (shownSteps.isWhole || needsFiles)
  const { hidden } = shownSteps
  return {
    title: title.text,
    fields: fields.shown,
    sections: [text.text, forOutput.text, shownTable.text, shownSteps.text],
    notes: [
      ...(hidden.length === 0
        ? []
        : [`… and ${hidden.length} more steps (${countSteps(hidden)}): see \`${needsFiles ? plainName(cover.name) : name}\``]),
      ...(isWhole || (!shownSteps.isWhole && !needsFiles) ? [] : [seeFile(name)]),
    ],
    isWhole,
    needsFiles,
  }
}

function seeFile(name: string): string {
  return `… not all of it fits here: see \`${name}\``
}

function fieldsOf(fields: Card['fields']): { shown: APIEmbedField[]; isWhole: boolean } {
  const shown: APIEmbedField[] = []
  let room = limits.allFields
  let isWhole = true
  for (const { name, value } of fields) {
    const label = markdownWithin(name, limits.fieldName)
    const words = markdownWithin(value, limits.fieldValue)
    const field = {
      name: label.text || '–',
      value: words.text || '–',
      inline: words.text.length <= shortValue && !words.text.includes('\n'),
    }
    room -= field.name.length + field.value.length
    if (shown.length === limits.fields || room < 0) return { shown, isWhole: false }
    isWhole &&= label.isWhole && words.isWhole
    shown.push(field)
  }
  return { shown, isWhole }
}

function buttonsOf({ buttons }: Card): { rows: Rendered['message']['components']; missing: number } {
  const all = new Map<string, APIButtonComponentWithCustomId>()
  for (const { label, style, press } of buttons) {
    const id = idOfPress(press)
    if (id === undefined || all.size === 25) continue
    all.set(id, { type: button, style: styles[style], label: plainWithin(label, 80).text || '…', custom_id: id })
  }
  const shown = [...all.values()]
  const rows = Array.from({ length: Math.ceil(shown.length / 5) }, (_, row) => shown.slice(row * 5, row * 5 + 5))
  return { rows: rows.map((components) => ({ type: actionRow, components })), missing: buttons.length - shown.length }
}

interface Parts {
  author?: string
  color: number
  body: Body
  notes: string[]
  footer: string
  rows: Rendered['message']['components']
  files: ChatFile[]
}

function messageOf({ author, color, body, notes, footer, rows, files }: Parts): Rendered {
  const description = [...body.sections, notes.join('\n')].filter((part) => part !== '').join('\n')
  const embed = {
    color,
    title: body.title || '–',
    ...(author !== undefined && { author: { name: author } }),
    ...(description !== '' && { description }),
    ...(body.fields.length > 0 && { fields: body.fields }),
    ...(footer !== '' && { footer: { text: footer } }),
  }
  return { message: { embeds: [embed], components: rows, allowed_mentions: { parse: [] } }, files }
}

function capital(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`
}
