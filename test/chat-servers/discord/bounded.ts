/** Forgets the oldest entries of a map that keeps its order of insertion. */
export function forgetOldest<Key, Value>(map: Map<Key, Value>, kept: number): void {
  for (const key of map.keys()) {
    if (map.size <= kept) return
    map.delete(key)
  }
}

/** A list that remembers its newest entries only; cheap to add to. */
export interface RecentList<Entry> {
  add(entry: Entry): void
  all(): Entry[]
}

export function recentList<Entry>(kept: number): RecentList<Entry> {
  let entries: Entry[] = []
  return {
    add(entry) {
      entries.push(entry)
      if (entries.length >= kept * 2) entries = entries.slice(-kept)
    },
    all: () => entries.slice(-kept),
  }
}

/** Counts what happened within the last so many milliseconds. */
export function recentCount(now: () => number, windowMs: number): { add(): void; count(): number } {
  let times: number[] = []
  const current = () => {
    const first = times.findIndex((time) => time > now() - windowMs)
    if (first !== 0) times = first < 0 ? [] : times.slice(first)
    return times
  }
  return { add: () => void current().push(now()), count: () => current().length }
}
