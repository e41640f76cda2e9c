/** The nearest of the known words within two edits (one for short words), for "did you mean". */
export function nearest(word: string, known: readonly string[]): string | undefined {
  const limit = word.length < 4 ? 1 : 2
  const ranked = known
    .map((candidate) => ({ candidate, distance: editDistance(word.slice(0, 64), candidate) }))
    .toSorted((a, b) => a.distance - b.distance)
  const best = ranked[0]
  return best !== undefined && best.distance <= limit ? best.candidate : undefined
}

/** " Did you mean x?" or nothing. */
export function didYouMean(word: string, known: readonly string[]): string {
  const candidate = nearest(word, known)
  return candidate === undefined ? '' : ` Did you mean ${candidate}?`
}

/** Optimal string alignment: a swap of two neighbours counts one. */
function editDistance(a: string, b: string): number {
  const rows: number[][] = [Array.from({ length: b.length + 1 }, (_, column) => column)]
  const at = (row: number, column: number) => rows[row]?.[column] ?? Number.POSITIVE_INFINITY
  for (let row = 1; row <= a.length; row++) {
    const current = [row]
    rows.push(current)
    for (let column = 1; column <= b.length; column++) {
      const same = a[row - 1] === b[column - 1]
      let cost = Math.min(at(row - 1, column) + 1, at(row, column - 1) + 1, at(row - 1, column - 1) + (same ? 0 : 1))
      if (row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1])
        cost = Math.min(cost, at(row - 2, column - 2) + 1)
      current.push(cost)
    }
  }
  return at(a.length, b.length)
}
