import { JailopsError } from '../core/errors.ts'
import type { Judgement } from './judge.ts'

/**
 * Hosts that were changed and have not said yet what they have now. Until they have, nobody can tell which of several hosts is meant by
 * the name of a jail: that it is on one of them does not say that it is on no other.
 */
export interface Changes {
  /** A change of the host ended. `at`, here and below: milliseconds since 1970 by that host's own clock. */
  ended(host: string, at: number): void
  /** It said what it has, and began to look at that moment. */
  told(host: string, at: number): void
  areTold(): boolean
  /** Resolves when all is told, and after three seconds at the latest: on busy hosts something always is not. */
  whenTold(): Promise<void>
}

/** A look at a host takes a fraction of a second; whoever asks something is waiting. */
const longestMilliseconds = 3000

export function createChanges(milliseconds = longestMilliseconds): Changes {
  const open = new Map<string, { at: number; timer: NodeJS.Timeout }>()
  const lastTold = new Map<string, number>()
  let waiting = Promise.withResolvers<void>()

  function close(host: string): void {
    clearTimeout(open.get(host)?.timer)
    open.delete(host)
    if (open.size > 0) return
    waiting.resolve()
    waiting = Promise.withResolvers()
  }

  return {
    ended(host, at) {
      if ((lastTold.get(host) ?? Number.NEGATIVE_INFINITY) >= at) return
      clearTimeout(open.get(host)?.timer)
      open.set(host, { at, timer: setTimeout(close, milliseconds, host).unref() })
    },
    told(host, at) {
      lastTold.set(host, at)
      const change = open.get(host)
      if (change !== undefined && at >= change.at) close(host)
    },
    areTold: () => open.size === 0,
    whenTold: () =>
      new Promise((resolve) => {
        if (open.size === 0) return resolve()
        const timer = setTimeout(resolve, milliseconds).unref()
        void waiting.promise.then(() => (clearTimeout(timer), resolve()))
      }),
  }
}

/** Where a host was changed a moment ago and nobody named one, its word of what it has now is waited for. */
export async function judgeOnceTold(changes: Changes, judgeNow: () => Judgement): Promise<Judgement> {
  if (changes.areTold()) return judgeNow()
  try {
    const judgement = judgeNow()
    if (!judgement.isHostFound) return judgement
  } catch (error) {
    if (!(error instanceof JailopsError && error.code === 'which_host')) throw error
  }
  await changes.whenTold()
  return judgeNow()
}
