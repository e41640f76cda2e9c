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

/** A host whose clock goes by more than this before ours: what it said then is not believed against what it says now. */
const aheadMilliseconds = 60_000

export function createInventoryCache(inventories: Inventories, onProblem?: OnProblem): InventoryCache {
  const known = new Map<string, HostInventory>()
  /**
   * Of one worker's life, each says a later moment than the one before: so what is older came twice, late, or out of somebody's store, and
   * says nothing. @returns whether it says what the host has now
   */
  const keep = (found: HostInventory) => {
    const before = known.get(found.host)
    const isOlder = before !== undefined && before.issuedAt >= found.issuedAt
    if (isOlder && before.issuedAt - found.heardAt <= aheadMilliseconds) return false
    const inventory = found.inventory ?? before?.inventory
    known.set(found.host, { ...found, ...(inventory !== undefined && { inventory }) })
    return found.inventory !== undefined
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
