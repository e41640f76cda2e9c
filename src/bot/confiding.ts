import { setTimeout as delay } from 'node:timers/promises'
import { toJailopsError } from '../core/errors.ts'
import { createSecretReader, type SecretReader } from '../core/sealed-secret.ts'
import type { ChatAdapter } from '../chat/adapter.ts'
import type { RequestRecord } from './record.ts'

/**
 * What only whoever asked may see, once. The keys are in memory alone, so what was sealed to them is gone with this process; nothing
 * of what was in it is stored, logged or shown to anybody else.
 */
export interface Confiding {
  /** The key that a host may seal to for this request. */
  keyFor(request: string): string
  /** Whether this process could still open what is sealed for it. */
  canOpen(request: string): boolean
  /** Opens and shows it. Never throws, and never waits long: `trying` where the chat has not answered by then. */
  confide(record: RequestRecord, sealed: string): Promise<NonNullable<RequestRecord['told']>>
  forget(request: string): void
}

export interface ConfidingDeps {
  adapters: ReadonlyMap<string, ChatAdapter>
  alarm(what: string, details: Record<string, unknown>): void
}

/** An outage is waited out by the adapter, behind our back. */
const patienceMilliseconds = 20_000

export function createConfiding({ adapters, alarm }: ConfidingDeps): Confiding {
  const readers = new Map<string, SecretReader>()
  return {
    keyFor(request) {
      const reader = readers.get(request) ?? createSecretReader()
      readers.set(request, reader)
      return reader.publicKey
    },
    canOpen: (request) => readers.has(request),
    async confide({ id, incoming, asked }, sealed) {
      const { place, actor } = incoming
      const reader = readers.get(id)
      const adapter = adapters.get(place.platform)
      readers.delete(id)
      if (reader === undefined || adapter === undefined) return 'failed'
      try {
        const answer = {
          title: asked === undefined ? 'For you alone' : `/${asked.line}`,
          text: 'This is shown once, and to you alone. jailops keeps nothing of it.',
          fields: [{ name: 'Password', value: reader.open(sealed, id) }],
        }
        const shown = adapter.confide(place, actor, answer, id).then(() => 'told' as const)
        const late = new AbortController()
        const patience = delay(patienceMilliseconds, 'trying' as const, { signal: late.signal, ref: false }).catch(() => 'trying' as const)
        return await Promise.race([shown, patience]).finally(() => late.abort())
      } catch (error) {
        // the sentence alone: a cause may hold what could not be sent
        alarm('what only one person may see could not be shown', { request: id, why: toJailopsError(error).message })
        return 'failed'
      }
    },
    forget: (request) => void readers.delete(request),
  }
}
