import type { Answer } from '../core/card.ts'

/*
 * What is edited over and over must fit into a message: what does not goes up as a file, and here that would be one more with every edit.
 */

const most = { text: 800, fields: 8, name: 40, value: 120, cell: 60, table: 2000 }

/** The part of an answer that surely fits; rows that do not are counted. */
export function fitted({ title, text, fields = [], table }: Answer): Pick<Answer, 'title' | 'text' | 'fields' | 'table'> {
  const rows = table === undefined ? undefined : fittedRows(table)
  const more = table === undefined || rows === undefined ? 0 : table.rows.length - rows.rows.length
  const all = [clip(text ?? '', most.text), ...(more > 0 ? [`… and ${more} more.`] : [])].filter((part) => part !== '')
  return {
    title: clip(title, 150),
    ...(all.length > 0 && { text: all.join('\n') }),
    fields: fields.slice(0, most.fields).map(({ name, value }) => ({ name: clip(name, most.name), value: clip(value, most.value) })),
    ...(rows !== undefined && { table: rows }),
  }
}

function fittedRows(table: NonNullable<Answer['table']>): NonNullable<Answer['table']> {
  const columns = table.columns.map((name) => clip(name, most.cell))
  const kept: string[][] = []
  let widths = columns.map((name) => name.length)
  for (const row of table.rows) {
    const cells = row.map((cell) => clip(cell, most.cell))
    widths = widths.map((width, index) => Math.max(width, cells[index]?.length ?? 0))
    const line = widths.reduce((sum, width) => sum + width + 2, 1)
    if (line * (kept.length + 2) > most.table) break
    kept.push(cells)
  }
  return { columns, rows: kept }
}

function clip(text: string, longest: number): string {
  return text.length <= longest ? text : `${text.slice(0, longest - 1).toWellFormed()}…`
}
