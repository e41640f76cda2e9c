import type { Clock } from '../../../core/clock.ts'
import { passLostConnection, toJailopsError } from '../../../core/errors.ts'
import type { Place } from '../backend-file.ts'
import { inBatches } from '../../facts/batches.ts'
import type { Shell } from '../../shell.ts'

/** How one place answered. */
export interface Answered {
  isAlive: boolean
  /** Such as `answers 200 in 3 ms`. */
  words: string
}

/** As HAProxy asks: 200 to 499 is alive, for a site that asks for a password, or has no front page, is no dead one. */
export async function askPlace(shell: Pick<Shell, 'httpGet'>, { address, port }: Place, now: Clock): Promise<Answered> {
  const begun = now()
  try {
    const { status } = await shell.httpGet({ address, port, path: '/', hostHeader: address, timeoutSeconds: 3 })
    return { isAlive: status >= 200 && status < 500, words: `answers ${status} in ${Math.round(now() - begun)} ms` }
  } catch (error) {
    passLostConnection(error)
    return { isAlive: false, words: toJailopsError(error).message }
  }
}

/** nginx itself checks nobody, so whoever gets requests is asked now and then. */
export interface Health {
  /** @param blamed those that left a request unanswered since the last look */
  look(places: ReadonlyMap<string, Place>, blamed: ReadonlySet<string>): Promise<void>
  /** Since when that place does not answer, and what it did last; undefined: as far as is known it does. */
  down(place: string): { since: number; check: string } | undefined
}

/** Asked in one look; where there are more, each has its turn. */
const mostAsked = 100
/** A moment without an answer is none yet, unless a request met it, too. */
const failuresForDown = 2

export function createHealth(shell: Pick<Shell, 'httpGet'>, now: Clock): Health {
  const failing = new Map<string, { failures: number; since: number; check: string }>()
  let turn = 0

  return {
    async look(places, blamed) {
      for (const known of failing.keys()) if (!places.has(known)) failing.delete(known)
      const all = [...places]
      const begin = all.length > mostAsked ? turn % all.length : 0
      turn = begin + mostAsked
      // those that are failing are asked each time: that they are back is told at once
      const asked = new Map([
        ...all.filter(([name]) => failing.has(name)).slice(0, mostAsked),
        ...[...all.slice(begin), ...all.slice(0, begin)].slice(0, mostAsked),
      ])
      await inBatches([...asked], async ([name, place]) => {
        const { isAlive, words } = await askPlace(shell, place, now)
        const before = failing.get(name)
        if (isAlive) failing.delete(name)
        else {
          const failures = (before?.failures ?? 0) + (blamed.has(name) ? failuresForDown : 1)
          failing.set(name, { failures, since: before?.since ?? now(), check: words })
        }
      })
    },
    down(place) {
      const known = failing.get(place)
      return known === undefined || known.failures < failuresForDown ? undefined : known
    },
  }
}
