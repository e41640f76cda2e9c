/** A table as texttable draws it. */
export function drawTable(head: string[], rows: string[][]): string {
  const widths = head.map((text, at) => Math.max(text.length, ...rows.map((row) => (row[at] ?? '').length)))
  const rule = (sign: string) => `+${widths.map((width) => sign.repeat(width + 2)).join('+')}+`
  const line = (row: string[], align: (text: string, width: number) => string) =>
    `|${row.map((text, at) => ` ${align(text, widths[at] ?? 0)} `).join('|')}|`
  const body = rows.flatMap((row) => [line(row, left), rule('-')])
  return [rule('-'), line(head, centre), rule('='), ...body].join('\n')
}

function left(text: string, width: number): string {
  return text.padEnd(width)
}

function centre(text: string, width: number): string {
  const before = Math.floor((width - text.length) / 2)
  return (' '.repeat(before) + text).padEnd(width)
}
