/** Locks by resource name, all of a request's at once, first come first served: two plans that share a resource never overlap. */
export interface ResourceLocks {
  /** Resolves with the release when every resource is free. Rejects with the signal's reason, as long as it waits. */
  acquire(resources: readonly string[], signal?: AbortSignal): Promise<() => void>
  /** Looks from now on whether anything is held: the answer is true while nothing was, not even for a moment. */
  watch(): () => boolean
}

export function createResourceLocks(): ResourceLocks {
  const held = new Set<string>()
  let granted = 0
  let waiting: { resources: readonly string[]; grant: () => void }[] = []

  const grantWhatFits = () => {
    // a resource that an earlier one waits for is not given to a later one: nobody starves
    const claimed = new Set<string>()
    const stillWaiting: typeof waiting = []
    for (const waiter of waiting) {
      const free = waiter.resources.every((resource) => !held.has(resource) && !claimed.has(resource))
      if (free) {
        for (const resource of waiter.resources) held.add(resource)
        granted++
        waiter.grant()
      } else {
        for (const resource of waiter.resources) claimed.add(resource)
        stillWaiting.push(waiter)
      }
    }
    waiting = stillWaiting
  }

  return {
    acquire(resources, signal) {
      return new Promise((resolve, reject) => {
        const release = () => {
          for (const resource of resources) held.delete(resource)
          grantWhatFits()
        }
        const waiter = { resources, grant: () => resolve(release) }
        const giveUp = () => {
          if (!waiting.includes(waiter)) return
          waiting = waiting.filter((other) => other !== waiter)
          reject(signal?.reason)
          grantWhatFits()
        }
        waiting.push(waiter)
        signal?.addEventListener('abort', giveUp, { once: true })
        grantWhatFits()
      })
    },
    watch() {
      const before = granted
      const wasFree = held.size === 0
      return () => wasFree && granted === before
    },
  }
}
