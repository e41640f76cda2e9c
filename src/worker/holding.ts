import type { ResourceLocks } from './locks.ts'

/**
 * The locks of requests. A request has its own over all turns of its story, until it ends: what is half done is for nobody else to meet,
 * also while its host cannot be reached. Whoever waits for them can be called off, since that may be long.
 */
export interface Holding {
  /** @returns whether it has them now; false when it was called off. Rejects with what everybody who waits was told. */
  take(request: string, resources: readonly string[]): Promise<boolean>
  /** It has not begun, or it has ended. */
  letGo(request: string): void
  /** Ends a wait, so that the request can be looked at anew. */
  callOff(request: string): void
  /** Those who wait shall not wait for one who cannot go on now. */
  tellWaiting(error: Error): void
  callOffAll(): void
}

class CalledOff extends Error {}

export function createHolding(locks: ResourceLocks): Holding {
  const releases = new Map<string, () => void>()
  const waits = new Map<string, AbortController>()

  return {
    async take(request, resources) {
      if (releases.has(request)) return true
      const wait = new AbortController()
      waits.set(request, wait)
      try {
        releases.set(request, await locks.acquire(resources, wait.signal))
        return true
      } catch (error) {
        if (error instanceof CalledOff) return false
        throw error
      } finally {
        waits.delete(request)
      }
    },
    letGo(request) {
      releases.get(request)?.()
      releases.delete(request)
    },
    callOff: (request) => waits.get(request)?.abort(new CalledOff()),
    tellWaiting(error) {
      for (const wait of waits.values()) wait.abort(error)
    },
    callOffAll() {
      for (const wait of waits.values()) wait.abort(new CalledOff())
    },
  }
}
