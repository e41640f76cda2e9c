import type { NewEntry } from './entries.ts'
import { onDisk } from './journal.ts'

/** That such a step is done reaches the disk together with that the next one begins, when what it did is there. */
export interface Due {
  add(entry: NewEntry, settled: Promise<void>): void
  /** All of it, to be written. @throws where something did not settle: none of it counts as done then */
  take(): Promise<NewEntry[]>
}

export function createDue(): Due {
  let waiting: { entry: NewEntry; settled: Promise<void> }[] = []
  return {
    add(entry, settled) {
      // that it failed is heard when it is taken
      settled.catch(() => undefined)
      waiting.push({ entry, settled })
    },
    async take() {
      const taken = waiting
      waiting = []
      await onDisk(...taken.map(({ settled }) => settled))
      return taken.map(({ entry }) => entry)
    },
  }
}
