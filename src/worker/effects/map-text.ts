/** The value of a key in a map file's text, as HAProxy reads it: the first line that has the key decides. */
export function valueIn(text: string, key: string): string | undefined {
  return linesOf(text).find((line) => line.key === key)?.value
}

/** The text with the key once and with this value, or without it; every other byte stays. */
export function withEntry(text: string, key: string, value: string | null): string {
  const lines = linesOf(text)
  const [first, ...copies] = lines.filter((line) => line.key === key)
  if (value === null) return joined(lines.filter((line) => line.key !== key))
  if (first === undefined) return `${text}${text === '' || text.endsWith('\n') ? '' : '\n'}${key} ${value}\n`
  if (first.value !== value) first.raw = `${key} ${value}${/\r?\n?$/.exec(first.raw)?.[0] ?? ''}`
  return joined(lines.filter((line) => !copies.includes(line)))
}

/** The line that a key has, and the one that it stands behind ('' at the top). */
export function lineOf(text: string, key: string): { raw: string; behind: string } | undefined {
  const lines = linesOf(text)
  const at = lines.findIndex((line) => line.key === key)
  const found = lines[at]
  return found === undefined ? undefined : { raw: found.raw, behind: lines[at - 1]?.raw ?? '' }
}

/** The text with a line that was taken out in its old place again; where the line before it is gone, at the end. */
export function withLineBack(text: string, { raw, behind }: { raw: string; behind: string }): string {
  const lines = linesOf(text).map((line) => line.raw)
  const at = behind === '' ? 0 : lines.lastIndexOf(behind) + 1
  if (behind === '' || at > 0) return lines.toSpliced(at, 0, raw.endsWith('\n') ? raw : `${raw}\n`).join('')
  return `${text}${text === '' || text.endsWith('\n') ? '' : '\n'}${raw}`
}

interface Line {
  /** With its own line end. */
  raw: string
  key: string | undefined
  value: string
}

function linesOf(text: string): Line[] {
  return (text.match(/[^\n]*\n|[^\n]+$/g) ?? []).map((raw) => {
    const [, key, value = ''] = /^\s*([^\s#]\S*)\s*(.*?)\s*$/s.exec(raw) ?? []
    return { raw, key, value }
  })
}

function joined(lines: readonly Line[]): string {
  return lines.map((line) => line.raw).join('')
}
