/** Reads some columns of HAProxy's CSV, by their titles: versions have other ones, and 10,000 rows must not become 10,000 big objects. */
export type RowReader = (line: string) => string[]

/** @returns undefined where a title is missing: then it is something else than expected */
export function columnsOf(titles: string, wanted: readonly string[]): RowReader | undefined {
  const all = titles.replace(/^# /, '').split(',')
  const indexes = wanted.map((title) => all.indexOf(title))
  if (indexes.includes(-1)) return undefined
  const last = Math.max(...indexes)
  return (line) => {
    const fields = line.includes('"') ? splitQuoted(line) : line.split(',', last + 1)
    return indexes.map((index) => fields[index] ?? '')
  }
}

/** Only free texts such as last_chk are quoted. */
function splitQuoted(line: string): string[] {
  return [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map(([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain ?? '')
}
