import { z } from 'zod'
import { actorSchema, type Actor } from '../core/policy.ts'
import { pressSchema, type Answer, type Card } from '../core/card.ts'

/** Where something was said. `channel` is the platform's own id; `thread` likewise, where there are threads. */
export const placeSchema = z.strictObject({ platform: z.string(), channel: z.string(), thread: z.string().optional() })
export type Place = z.infer<typeof placeSchema>

export const saidSchema = z.discriminatedUnion('kind', [
  /** A line as typed, without a leading slash. */
  z.strictObject({ kind: z.literal('text'), text: z.string().max(20_000) }),
  /** Typed options, from a slash command with options or from a modal. */
  z.strictObject({ kind: z.literal('options'), command: z.string(), options: z.record(z.string(), z.unknown()) }),
  z.strictObject({ kind: z.literal('press'), press: pressSchema }),
])
export type Said = z.infer<typeof saidSchema>

export const incomingSchema = z.strictObject({
  /** The platform's id of this delivery; the same delivery twice is one request. */
  delivery: z.string().min(1).max(200),
  actor: actorSchema,
  place: placeSchema,
  said: saidSchema,
})
export type Incoming = z.infer<typeof incomingSchema>

/** What an adapter hands its deliveries to. */
export interface Door {
  /**
   * Resolves once the invocation is stored: only then may the adapter acknowledge.
   * @throws JailopsError stored_too_late, store_unavailable, store_full: nothing was done, tell the person so
   */
  receive(incoming: Incoming): Promise<{ request: string }>
  /** Completions for a half-typed line, best first; never waits for anything. */
  complete(text: string, actor: Actor): Completion[]
  /** The card as it stands, if there is such a request. */
  card(request: string): Promise<Card | undefined>
}

export interface Completion {
  /** The whole line when it is taken. */
  text: string
  hint: string
}

/** One chat platform. Knows how to hear and how to show; nothing else in jailops knows the platform. */
export interface ChatAdapter {
  readonly platform: string
  /** Begins to listen; resolves when it hears. */
  start(door: Door): Promise<void>
  /** Posts a card as a new message. @returns the message's id, for edit; opaque to everybody else */
  post(place: Place, card: Card): Promise<string>
  /** Makes that message show this card; posts it anew where the message is gone. @returns the id that is good from now on */
  edit(place: Place, message: string, card: Card): Promise<string>
  /** Says something to one person only (a refusal, an answer to a press). */
  whisper(place: Place, actor: Actor, answer: Answer): Promise<void>
  stop(): Promise<void>
}
