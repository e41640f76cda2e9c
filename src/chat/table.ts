import { visible } from './visible.ts'

/** A table with its columns side by side, two spaces apart; nothing is cut. */
export function alignTable({ columns, rows }: { columns: string[]; rows: string[][] }): string[] {
  const all = [columns, ...rows].map((row) => row.map(visible))
  const widths = columns.map((_column, index) => Math.max(...all.map((row) => lengthOf(row[index] ?? ''))))
  return all.map((row) =>
    row
      .map((cell, index) => cell + ' '.repeat(Math.max(0, (widths[index] ?? 0) - lengthOf(cell))))
      .join('  ')
      .trimEnd(),
  )
}

function lengthOf(text: string): number {
  return [...text].length
}
