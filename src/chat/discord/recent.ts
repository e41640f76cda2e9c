import type { Clock } from '../../core/clock.ts'
import type { Actor } from '../../core/policy.ts'
import type { Place } from '../adapter.ts'
import { forgetOldest } from './bounded.ts'
import type { Address } from './payload.ts'

/** An interaction whose token still lets us speak to that person alone. */
export interface Spoken {
  address: Address
  place: Place
  /** A user's id. */
  person: string
  /** Milliseconds since 1970. */
  at: number
  /** Resolves when Discord has the first response; false where it did not take it. */
  answered: Promise<boolean>
  /** What its reply says was taken up, while that reply stands. */
  taken?: { request: string; line: string }
}

/** Discord says 15 minutes. */
const lifetimeMilliseconds = 14 * 60_000
const mostKept = 1000

/** The newest interactions, since only their tokens reach one person alone. */
export interface Recent {
  add(spoken: Spoken): void
  forget(spoken: Spoken): void
  /** The one whose reply says that this request was taken up. */
  takenUp(request: string): Spoken | undefined
  /** That reply does not say so any more. */
  release(spoken: Spoken): void
  /** The reply that this sentence belongs under, if one stands. */
  replyFor(place: Place, actor: Actor, title: string): Spoken | undefined
  freshest(place: Place, actor: Actor): Spoken | undefined
}

export function createRecent(now: Clock): Recent {
  const kept = new Map<string, Spoken>()
  const requests = new Map<string, Spoken>()

  function of(place: Place, actor: Actor): Spoken[] {
    const since = now() - lifetimeMilliseconds
    return [...kept.values()].filter((spoken) => spoken.at > since && spoken.person === actor.id && spoken.place.channel === place.channel)
  }

  function release(spoken: Spoken): void {
    if (spoken.taken !== undefined) requests.delete(spoken.taken.request)
    delete spoken.taken
  }

  function forget(spoken: Spoken): void {
    kept.delete(spoken.address.id)
    release(spoken)
  }

  return {
    add(spoken) {
      // the same delivery once more: its reply is the first one's
      if (kept.has(spoken.address.id)) return
      kept.set(spoken.address.id, spoken)
      if (spoken.taken !== undefined) requests.set(spoken.taken.request, spoken)
      forgetOldest(kept, mostKept, release)
    },
    forget,
    release,
    takenUp(request) {
      const spoken = requests.get(request)
      return spoken !== undefined && spoken.at > now() - lifetimeMilliseconds ? spoken : undefined
    },
    replyFor(place, actor, title) {
      const standing = of(place, actor).filter(({ taken }) => taken !== undefined)
      const named = standing.filter(({ taken }) => taken !== undefined && (title === taken.line || title.startsWith(`${taken.line} `)))
      return named.at(-1) ?? (standing.length === 1 ? standing[0] : undefined)
    },
    freshest: (place, actor) => of(place, actor).at(-1),
  }
}
