import type { HostInventory, Inventories } from './inventory.ts'
import type { OnProblem } from './quiet.ts'

/** Inventories in the bot's own memory: what completes a half-typed name never waits for Redis. */
export interface InventoryCache {
  /** At start: what the hosts said before. Rejects with store_unavailable; `put` works all the same. */
  load(): Promise<void>
  /** Keeps what a host says now, and stores it when Redis can. @throws bad_signature */
  put(host: string, signedText: string, heardAt: number): Promise<void>
  of(host: string): HostInventory | undefined
  all(): HostInventory[]
}

/** What is so much older than what is known is no message that came late: the host's clock was set back. */
const lateMilliseconds = 60_000

export function createInventoryCache(inventories: Inventories, onProblem?: OnProblem): InventoryCache {
  const known = new Map<string, HostInventory>()
  /** @returns whether it says what the host has now */
  const keep = (found: HostInventory) => {
    const before = known.get(found.host)
    if (before !== undefined && before.issuedAt > found.issuedAt && before.issuedAt - found.issuedAt < lateMilliseconds) {
      // what it says is old, and yet the host was heard
      known.set(found.host, { ...before, heardAt: Math.max(before.heardAt, found.heardAt) })
      return false
    }
    known.set(found.host, found)
    return true
  }
  return {
    load: async () => {
      for (const found of await inventories.getInventories()) if (!known.has(found.host)) keep(found)
    },
    put: async (host, signedText, heardAt) => {
      if (!keep(await inventories.read(host, signedText, heardAt))) return
      await inventories.putInventory(host, signedText, heardAt).catch((error: unknown) => onProblem?.(error))
    },
    of: (host) => known.get(host),
    all: () => [...known.values()],
  }
}
