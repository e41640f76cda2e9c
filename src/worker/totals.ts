import type { Figures } from './sample-files.ts'

export type Totals = Pick<Figures, 'requests' | 'errors4xx' | 'errors5xx'>

export const none: Totals = { requests: 0, errors4xx: 0, errors5xx: 0 }

/** All that was counted of each backend. */
export interface AllTotals {
  add(name: string, delta: Totals): void
  names(): Iterable<string>
  /** How it stands now, to count from later. */
  mark(): Mark
  /** Of no mark: since all began. */
  since(name: string, mark: Mark | undefined): Totals
}

/**
 * Three numbers a backend, by the place that the backend has here: a map of objects for each person who looks would be five times as large,
 * and there may be 10,000 backends.
 */
export type Mark = Readonly<Float64Array>

const each = 3

export function createTotals(): AllTotals {
  const places = new Map<string, number>()
  let counts = new Float64Array(each * 16)

  function placeOf(name: string): number {
    const known = places.get(name)
    if (known !== undefined) return known
    const place = places.size * each
    places.set(name, place)
    if (place === counts.length) {
      const larger = new Float64Array(counts.length * 2)
      larger.set(counts)
      counts = larger
    }
    return place
  }

  return {
    add(name, { requests, errors4xx, errors5xx }) {
      const place = placeOf(name)
      for (const [index, more] of [requests, errors4xx, errors5xx].entries()) counts[place + index] = (counts[place + index] ?? 0) + more
    },
    names: () => places.keys(),
    mark: () => counts.slice(0, places.size * each),
    since(name, mark) {
      const place = places.get(name)
      if (place === undefined) return none
      // what came here after the mark was made has no place in it
      const at = (index: number) => (counts[place + index] ?? 0) - (mark?.[place + index] ?? 0)
      return { requests: at(0), errors4xx: at(1), errors5xx: at(2) }
    },
  }
}
