import { JailopsError } from '../core/errors.ts'
import type { Seal } from './seal.ts'

/** Told when something in Redis is not what we put there. */
export type OnAlarm = (what: string, error: JailopsError) => void

export interface SealedRecords {
  /** Seals the next version of a record. */
  seal(id: string, record: string): { token: string; revision: number }
  /** Redis has this version: an older one is a forgery from now on. */
  confirm(id: string, revision: number): void
  /** The record, or undefined and an alarm when it is not ours, is another's, or is older than one that we know of. */
  open(id: string, token: string): string | undefined
  /** False: read it before writing, to know which number comes next. */
  knows(id: string): boolean
}

interface Known {
  /** Highest number ever given: it may be skipped when an answer is lost, but is never given twice. */
  given: number
  /** Highest number that certainly stood in Redis. */
  seen: number
}

const remembered = 10_000

/** Records that only we can have written: each is sealed with its id and a number that rises. */
export function createSealedRecords({ seal, onAlarm }: { seal: Seal; onAlarm: OnAlarm }): SealedRecords {
  const known = new Map<string, Known>()
  const raise = (id: string, { given = 0, seen = 0 }: Partial<Known>) => {
    const before = known.get(id) ?? { given: 0, seen: 0 }
    known.delete(id) // and to the end: the first one is forgotten first
    known.set(id, { given: Math.max(before.given, given), seen: Math.max(before.seen, seen) })
    const [oldest] = known.keys()
    if (known.size > remembered && oldest !== undefined) known.delete(oldest)
  }

  function unseal(id: string, token: string): string {
    const sealed = seal.open(token)
    if (sealed.id !== id) throw new JailopsError('bad_signature', `The record of ${sealed.id} lies in the place of ${id}.`)
    if (sealed.revision < (known.get(id)?.seen ?? 0)) throw new JailopsError('replayed', `An old record of ${id} was put back.`)
    raise(id, { given: sealed.revision, seen: sealed.revision })
    return sealed.record
  }

  return {
    seal: (id, record) => {
      const revision = (known.get(id)?.given ?? 0) + 1
      raise(id, { given: revision })
      return { token: seal.close({ id, revision, record }), revision }
    },
    confirm: (id, revision) => raise(id, { seen: revision }),
    open: (id, token) => {
      try {
        return unseal(id, token)
      } catch (error) {
        if (!(error instanceof JailopsError)) throw error
        onAlarm(id, error)
        return undefined
      }
    },
    knows: (id) => known.has(id),
  }
}
