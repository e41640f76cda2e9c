/**
 * Locks by resource name, all of a request's at once, first come first served: two plans that share a resource never overlap. `shared:NAME`
 * is held beside others who share it, and not beside whoever has NAME as a whole.
 */
export interface ResourceLocks {
  /** Resolves with the release when every resource is free. Rejects with the signal's reason, as long as it waits. */
  acquire(resources: readonly string[], signal?: AbortSignal): Promise<() => void>
  /** At once or not at all: nobody waits behind who only tries. */
  tryAcquire(resources: readonly string[]): (() => void) | undefined
  /** As a whole, by whoever it may be. */
  isHeld(resource: string): boolean
  /** Looks from now on whether anything is held: the answer is true while nothing was, not even for a moment. */
  watch(): () => boolean
}

interface Wish {
  name: string
  isShared: boolean
}

interface Waiter {
  wishes: readonly Wish[]
  grant: () => void
}

export function createResourceLocks(): ResourceLocks {
  const held = createTally()
  let granted = 0
  let waiting: Waiter[] = []

  const grantWhatFits = () => {
    // a resource that an earlier one waits for is not given to a later one: nobody starves
    const claimed = createTally()
    const stillWaiting: Waiter[] = []
    for (const waiter of waiting) {
      if (waiter.wishes.every((wish) => held.allows(wish) && claimed.allows(wish))) {
        take(waiter.wishes)
        waiter.grant()
      } else {
        waiter.wishes.forEach(claimed.add)
        stillWaiting.push(waiter)
      }
    }
    waiting = stillWaiting
  }
  const take = (wishes: readonly Wish[]) => {
    wishes.forEach(held.add)
    granted++
  }
  const releaseOf = (wishes: readonly Wish[]) => () => {
    wishes.forEach(held.remove)
    grantWhatFits()
  }

  return {
    acquire(resources, signal) {
      return new Promise((resolve, reject) => {
        const wishes = wishesFor(resources)
        const waiter = { wishes, grant: () => resolve(releaseOf(wishes)) }
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
    tryAcquire(resources) {
      const wishes = wishesFor(resources)
      const isFree = wishes.every(
        (wish) => held.allows(wish) && waiting.every((waiter) => waiter.wishes.every((other) => fits(wish, other))),
      )
      if (!isFree) return undefined
      take(wishes)
      return releaseOf(wishes)
    },
    isHeld: (name) => !held.allows({ name, isShared: true }),
    watch() {
      const before = granted
      const wasFree = held.isEmpty()
      return () => wasFree && granted === before
    },
  }
}

const sharedMark = 'shared:'

/** Whoever has it as a whole has no need to share it, too. */
function wishesFor(resources: readonly string[]): Wish[] {
  return [...new Set(resources)].flatMap((resource): Wish[] => {
    if (!resource.startsWith(sharedMark)) return [{ name: resource, isShared: false }]
    const name = resource.slice(sharedMark.length)
    return resources.includes(name) ? [] : [{ name, isShared: true }]
  })
}

function fits(one: Wish, other: Wish): boolean {
  return one.name !== other.name || (one.isShared && other.isShared)
}

/** Who has what, or waits for it. */
function createTally() {
  const whole = new Map<string, number>()
  const shared = new Map<string, number>()
  const count = ({ name, isShared }: Wish, more: 1 | -1) => {
    const counts = isShared ? shared : whole
    const now = (counts.get(name) ?? 0) + more
    if (now === 0) counts.delete(name)
    else counts.set(name, now)
  }
  return {
    allows: ({ name, isShared }: Wish) => !whole.has(name) && (isShared || !shared.has(name)),
    add: (wish: Wish) => count(wish, 1),
    remove: (wish: Wish) => count(wish, -1),
    isEmpty: () => whole.size + shared.size === 0,
  }
}
