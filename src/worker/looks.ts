import type { Mark } from './totals.ts'

/** When each person looked last, and what was counted by then. Whoever looked long ago is forgotten, and told since when all counts. */
export interface Looks {
  of(person: string): Look | undefined
  remember(person: string, at: number, totals: Mark): void
}

interface Look {
  at: number
  totals: Mark
}

const mostPeople = 50
/** In all marks together: 6 MB, so of 10,000 backends for 25 people. */
const mostNumbers = 750_000

export function createLooks(): Looks {
  const looks = new Map<string, Look>()
  let numbers = 0

  function forget(person: string): void {
    numbers -= looks.get(person)?.totals.length ?? 0
    looks.delete(person)
  }

  return {
    of: (person) => looks.get(person),
    remember(person, at, totals) {
      forget(person)
      looks.set(person, { at, totals })
      numbers += totals.length
      for (const oldest of looks.keys()) {
        if (looks.size <= mostPeople && numbers <= mostNumbers) return
        if (oldest !== person) forget(oldest)
      }
    },
  }
}
