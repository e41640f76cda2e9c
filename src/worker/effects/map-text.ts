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
