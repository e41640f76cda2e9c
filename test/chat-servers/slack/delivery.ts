import type { Faults } from './faults.ts'
import type { Delivered } from './interface.ts'

export type EnvelopeKind = 'slash_commands' | 'interactive' | 'events_api'

/** One thing the app is to hear. */
export interface Envelope {
  id: string
  kind: EnvelopeKind
  payload: object
}

/** Says that the app was told this before. */
export interface Retry {
  attempt: number
  reason: 'timeout' | 'http_timeout' | 'http_error'
}

export type Answer = { payload: unknown; error?: never } | { error: string }

/** A way to the app. */
export interface Transport {
  /** Resolves when the app answers or cannot be reached; after `withinMs` at the latest, or the caller no longer listens. */
  send(envelope: Envelope, withinMs: number, retry?: Retry): Promise<Answer>
  retryReason(answer: Answer): Retry['reason']
}

interface Options {
  faults: Faults
  /** Where it goes now: Socket Mode or a request URL. */
  transport(): Transport
  acknowledgeMs: number
  eventRetries: readonly number[]
}

export const timeout = 'operation_timeout'

/** Brings envelopes to the app, with the faults that are set. */
export class Deliveries {
  readonly #options: Options
  readonly #timers = new Set<NodeJS.Timeout>()

  constructor(options: Options) {
    this.#options = options
  }

  async deliver(envelope: Envelope): Promise<Delivered> {
    const { faults } = this.#options
    const start = performance.now()
    const answer = await this.#attempt(envelope, faults.lateMs)
    const acknowledgedInMs = performance.now() - start
    if (envelope.kind === 'events_api' && answer.error !== undefined) this.#tryAgain(envelope, answer, 0)
    return answer.error === undefined
      ? { acknowledgedInMs, payload: answer.payload }
      : { acknowledgedInMs: undefined, payload: undefined, error: answer.error }
  }

  stop(): void {
    for (const timer of this.#timers) clearTimeout(timer)
    this.#timers.clear()
  }

  async #attempt(envelope: Envelope, lateMs: number, retry?: Retry): Promise<Answer> {
    const { faults, acknowledgeMs } = this.#options
    const transport = this.#options.transport()
    const send = (): Promise<Answer> => {
      const answer = transport.send(envelope, acknowledgeMs, retry)
      if (faults.isTwice) void transport.send(envelope, acknowledgeMs, { attempt: 1, reason: transport.retryReason({ error: timeout }) })
      return answer
    }
    if (lateMs === 0) return send()
    // The person waits from the beginning, not from when the app hears of it.
    return new Promise((resolve) => {
      this.#after(acknowledgeMs, () => resolve({ error: timeout }))
      this.#after(lateMs, () => void send().then(resolve))
    })
  }

  #tryAgain(envelope: Envelope, failed: Answer, attempt: number): void {
    const wait = this.#options.eventRetries[attempt]
    if (wait === undefined) return
    const reason = this.#options.transport().retryReason(failed)
    this.#after(wait, async () => {
      const answer = await this.#attempt(envelope, 0, { attempt: attempt + 1, reason })
      if (answer.error !== undefined) this.#tryAgain(envelope, answer, attempt + 1)
    })
  }

  #after(ms: number, run: () => void): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer)
      run()
    }, ms)
    this.#timers.add(timer)
  }
}
