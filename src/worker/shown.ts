import { stripVTControlCharacters } from 'node:util'
import type { Answer } from '../core/card.ts'
import type { Chart } from '../core/chart.ts'
import type { Plan } from '../core/plan.ts'
import { redact, redactValue } from '../core/redact.ts'
import type { Journal } from './journal.ts'

/* What programs print is written down and sent on only from here: without secrets, and bounded. */

const mostBytes = 64 * 1024

/** What may be kept of an output: the secrets out of it first, and only then what is too long. */
export function shownOutput(raw: string): string {
  return bounded(shownText(raw))
}

/** What a result has to say of the steps beside how they ended. */
export function saidBy(journal: Journal, plan: Plan): { output?: string; sealed?: string } {
  const output = outputOf(journal, plan)
  const sealed = journal.all('done').findLast((entry) => entry.sealed !== undefined)?.sealed
  return { ...(output !== undefined && { output }), ...(sealed !== undefined && { sealed }) }
}

/** What the steps that show their output printed; undefined where the plan has none, or none has begun. */
function outputOf(journal: Journal, plan: Plan): string | undefined {
  const parts = plan.steps.flatMap(({ title }, step) => {
    const done = journal.all('done').find((entry) => entry.direction === 'do' && entry.step === step)
    const turn = journal.last('turn')
    const output = done?.output ?? (turn?.step === step ? turn.output : undefined)
    return output === undefined ? [] : [{ title, output }]
  })
  if (parts.length < 2) return parts[0]?.output
  return bounded(parts.map(({ title, output }) => `== ${title}\n${output}`).join('\n\n'))
}

/** The same answer without what looks like a secret in it. */
export function redactAnswer({ title, text, fields, table, charts, files }: Answer): Answer {
  return {
    title: shownText(title),
    ...(text !== undefined && { text: shownText(text) }),
    ...(fields !== undefined && { fields: fields.map(({ name, value }) => ({ name, value: redactValue(name, plainText(value)) })) }),
    ...(table !== undefined && { table: { ...table, rows: table.rows.map((row) => redactRow(table.columns, row)) } }),
    ...(charts !== undefined && { charts: charts.map(redactChart) }),
    ...(files !== undefined && { files: files.map(({ name, text: content }) => ({ name, text: `${shownText(content)}\n` })) }),
  }
}

function redactChart({ title, unit, series, ...rest }: Chart): Chart {
  const named = series.map(({ name, values }) => ({ name: shownText(name), values }))
  return { ...rest, title: shownText(title), unit: shownText(unit), series: named }
}

/** A column of values has their names before it. */
function redactRow(columns: readonly string[], row: readonly string[]): string[] {
  return row.map((cell, index) => (columns[index] === 'value' ? redactValue(row[index - 1] ?? '', plainText(cell)) : shownText(cell)))
}

function shownText(raw: string): string {
  return redact(plainText(raw))
}

/** Lines of visible text: a colour within a secret must not hide it from being found. */
function plainText(raw: string): string {
  return stripVTControlCharacters(raw)
    .replaceAll(/\r\n?/g, '\n')
    .replaceAll(/[^\P{Cc}\n\t]/gu, '')
    .trimEnd()
    .toWellFormed()
}

function bounded(text: string): string {
  const bytes = Buffer.from(text)
  if (bytes.length <= mostBytes) return text
  // a character that the cut goes through is left out on both sides of it
  const head = bytes
    .subarray(0, mostBytes / 2)
    .toString()
    .replace(/\uFFFD$/, '')
  const tail = bytes
    .subarray(-mostBytes / 2)
    .toString()
    .replace(/^\uFFFD+/, '')
  return `${head}\n[${bytes.length - Buffer.byteLength(head) - Buffer.byteLength(tail)} bytes are left out here]\n${tail}`
}
