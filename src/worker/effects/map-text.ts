/*
 * Lines of a map file, found by searching the text: one of ten thousand lines is looked up without making ten thousand strings.
 */

/** What a key has in a map file's text, by one search. */
export interface MapEntry {
  /** As HAProxy reads it: the first line that has the key decides. */
  value: string | undefined
  /** The line that it has, and the one that it stands behind ('' at the top). */
  line: { raw: string; behind: string } | undefined
  /** The text with the key once and with this value, or without it; every other byte stays. */
  with(value: string | null): string
  /** What is to be put behind the text for that, where nothing else is to be done. */
  behind(value: string | null): string | undefined
}

export function entryIn(text: string, key: string): MapEntry {
  const [first, ...copies] = linesWith(text, key)
  const behind = (value: string | null) => {
    if (first !== undefined || value === null) return undefined
    return `${text === '' || text.endsWith('\n') ? '' : '\n'}${key} ${value}\n`
  }
  return {
    value: first?.value,
    line: first && { raw: text.slice(first.start, first.end), behind: text.slice(startOfLine(text, first.start - 1), first.start) },
    behind,
    with(value) {
      if (value === null) return cut(text, first === undefined ? [] : [first, ...copies])
      if (first === undefined) return `${text}${behind(value)}`
      const rest = cut(text, copies)
      if (first.value === value) return rest
      const raw = text.slice(first.start, first.end)
      return `${rest.slice(0, first.start)}${key} ${value}${/\r?\n?$/.exec(raw)?.[0] ?? ''}${rest.slice(first.end)}`
    },
  }
}

export function valueIn(text: string, key: string): string | undefined {
  return linesWith(text, key).next().value?.value
}

export function withEntry(text: string, key: string, value: string | null): string {
  return entryIn(text, key).with(value)
}

/** The text with a line that was taken out in its old place again; where the line before it is gone, at the end. */
export function withLineBack(text: string, { raw, behind }: { raw: string; behind: string }): string {
  const at = behind === '' ? 0 : endOfLast(text, behind)
  if (at !== undefined) return `${text.slice(0, at)}${raw.endsWith('\n') ? raw : `${raw}\n`}${text.slice(at)}`
  return `${text}${text === '' || text.endsWith('\n') ? '' : '\n'}${raw}`
}

interface Line {
  start: number
  /** Behind its line end. */
  end: number
  value: string
}

function* linesWith(text: string, key: string): Generator<Line, undefined> {
  if (key === '' || key.startsWith('#')) return
  let at = text.indexOf(key)
  while (at >= 0) {
    const start = startOfLine(text, at)
    const newline = text.indexOf('\n', at)
    const end = newline < 0 ? text.length : newline + 1
    const behind = text.slice(at + key.length, end)
    if (text.slice(start, at).trim() === '' && (behind === '' || /^\s/.test(behind))) yield { start, end, value: behind.trim() }
    at = text.indexOf(key, at + 1)
  }
}

/** Of the line that holds this place. */
function startOfLine(text: string, at: number): number {
  return at <= 0 ? 0 : text.lastIndexOf('\n', at - 1) + 1
}

function cut(text: string, lines: readonly Line[]): string {
  const kept = lines.map(({ start }, index) => text.slice(lines[index - 1]?.end ?? 0, start))
  return `${kept.join('')}${text.slice(lines.at(-1)?.end ?? 0)}`
}

/** Where the last line that is just this one ends. */
function endOfLast(text: string, line: string): number | undefined {
  let at = text.lastIndexOf(line)
  while (at >= 0) {
    const end = at + line.length
    const isWhole = startOfLine(text, at) === at && (line.endsWith('\n') || end === text.length)
    if (isWhole) return end
    at = at === 0 ? -1 : text.lastIndexOf(line, at - 1)
  }
  return undefined
}
