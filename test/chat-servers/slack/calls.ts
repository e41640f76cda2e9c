import type { RecordedCall } from './interface.ts'

/** What the app called, newest last; only so many are kept, all are counted. */
export class Calls {
  readonly #most: number
  readonly #now: () => number
  readonly #counts: Record<string, number> = {}
  #kept: RecordedCall[] = []

  constructor(most: number, now: () => number) {
    this.#most = most
    this.#now = now
  }

  /** @returns the record, for its answer to be written into */
  record(method: string, args: Record<string, unknown>): RecordedCall {
    const call: RecordedCall = { method, args, at: this.#now(), answered: 'pending' }
    this.#counts[method] = (this.#counts[method] ?? 0) + 1
    this.#kept.push(call)
    // Not one by one: shifting an array costs its length.
    if (this.#kept.length >= this.#most * 2) this.#kept = this.#kept.slice(-this.#most)
    return call
  }

  all(method?: string): RecordedCall[] {
    return this.#kept.slice(-this.#most).filter((call) => method === undefined || call.method === method)
  }

  counts(): Record<string, number> {
    return { ...this.#counts }
  }
}
