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

/** What an adapter hands its deliveries to, and asks. Only `receive` and `card` wait for anything; the rest answers from memory. */
export interface Door {
  /**
   * Once the invocation is stored, and only then, the adapter may acknowledge: in `acknowledge`, or when this has resolved.
   * What follows waits a few milliseconds for `acknowledge`, so that nothing comes between. It must not throw.
   * @throws JailopsError stored_too_late, store_unavailable, store_full: nothing was done, tell the person so
   */
  receive(incoming: Incoming, acknowledge?: (request: string) => Promise<unknown>): Promise<{ request: string }>
  /** Completions for a half-typed line, best first. */
  complete(text: string, actor: Actor): Completion[]
  /** The card as it stands, if there is such a request. */
  card(request: string): Promise<Card | undefined>
  /** What is still to be asked when an argument of what was said is missing; undefined when it can be received as it is. */
  form(said: Said): Form | undefined
  /** @throws the refusal for whoever may not say this command: permission_denied, not_a_member, … */
  may(command: string, actor: Actor): void
  /** What the argument could be, as its hosts last said, what begins as typed first; nothing for whoever may not say the command. */
  values(question: Question): Known[]
  /** The commands that this person may say. */
  commands(actor: Actor): { path: string; summary: string }[]
}

export interface Completion {
  /** The whole line when it is taken. */
  text: string
  hint: string
}

export interface Question {
  command: string
  /** As the schema calls it: `dryRun`. */
  argument: string
  typed: string
  actor: Actor
}

export interface Known {
  value: string
  /** What a person should know of it, in a few words. */
  hint: string
}

/** All arguments of a command, with what was given already. */
export interface Form {
  command: string
  summary: string
  fields: FormField[]
}

export interface FormField {
  /** As the schema calls it: `dryRun`. */
  name: string
  /** As people write it: `dry-run`. */
  label: string
  hint: string
  required: boolean
  /** `choice`: one of `choices` and nothing else. */
  kind: 'text' | 'number' | 'yes-no' | 'choice'
  choices: string[]
  value?: string
}

/** One chat platform. Knows how to hear and how to show; nothing else in jailops knows the platform. */
export interface ChatAdapter {
  readonly platform: string
  readonly traits: Traits
  /** Begins to listen; resolves when it hears. */
  start(door: Door): Promise<void>
  /**
   * That person with what the platform says of them now: groups, and whether they are a member at all.
   * @throws identity_unproved when the platform does not say
   */
  identify(actor: Actor): Promise<Actor>
  /**
   * Posts a card as a new message; where the place is closed to us, it goes to the one who asked, who is told why.
   * @returns the message's id, for edit; opaque to everybody else
   * @throws cannot_show when the platform will never take it
   */
  post(place: Place, card: Card, asker: Actor): Promise<string>
  /**
   * Makes that message show this card; where it is gone, posts it anew, or leaves it so and says that.
   * @returns the id that is good from now on @throws cannot_show, message_gone
   */
  edit(place: Place, message: string, card: Card, asker: Actor, whereGone?: 'post' | 'leave'): Promise<string>
  /** Says something to one person only: a refusal, an answer to a press. */
  whisper(place: Place, actor: Actor, answer: Answer): Promise<void>
  /**
   * Shows that person what nobody else may ever see: by a private way only, once, and keeping nothing of it. `request`: what it answers.
   * @throws cannot_show when there is no such way
   */
  confide(place: Place, actor: Actor, answer: Answer, request: string): Promise<void>
  stop(): Promise<void>
}

/** How the bot spares a platform, and is spared by it. */
export interface Traits {
  /** The same request's card posted twice is one message; else a first message says only what stays true should it be forgotten. */
  postsOnce: boolean
  /** A first message waits so long for the request's end or its plan, since every edit is a call over the network. */
  settleMilliseconds: number
  /** Refusals are whispered instead of posted. */
  whispersRefusals: boolean
  /** What is posted stays for all who come, and can be edited for hours. */
  keepsMessages: boolean
}
