/** Reads some columns of HAProxy's CSV, by their titles: versions have other ones, and 10,000 rows must not become 10,000 big objects. */
export type RowReader = (line: string) => string[]

/** @returns undefined where a title is missing: then it is something else than expected */
export function columnsOf(titles: string, wanted: readonly string[]): RowReader | undefined {
  const all = titles.replace(/^# /, '').split(',')
  const indexes = wanted.map((title) => all.indexOf(title))
  if (indexes.includes(-1)) return undefined
  const inOrder = indexes.toSorted((one, other) => one - other)
  const places = indexes.map((index) => inOrder.indexOf(index))
  return (line) => {
    if (line.includes('"')) {
      const fields = splitQuoted(line)
      return indexes.map((index) => fields[index] ?? '')
    }
    const fields = fieldsAt(line, inOrder)
    return places.map((place) => fields[place] ?? '')
  }
}

/** Cuts out only what is wanted: a row has a hundred columns. */
function fieldsAt(line: string, inOrder: readonly number[]): string[] {
  const fields: string[] = []
  let column = 0
  let begin = 0
  for (const wanted of inOrder) {
    for (; column < wanted; column += 1) {
      const comma = line.indexOf(',', begin)
      if (comma < 0) return fields
      begin = comma + 1
    }
    const end = line.indexOf(',', begin)
    fields.push(end < 0 ? line.slice(begin) : line.slice(begin, end))
  }
  return fields
}

/** Only free texts such as last_chk are quoted. */
function splitQuoted(line: string): string[] {
  return [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map(([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain ?? '')
}
