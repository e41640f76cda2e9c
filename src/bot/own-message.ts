import type { ChatAdapter, Place } from '../chat/adapter.ts'
import type { Card } from '../core/card.ts'
import { sha256 } from '../core/canonical.ts'
import type { Actor } from '../core/policy.ts'

/* Messages that the bot posts by itself: nobody asked, so there is nobody to whom they could go where their place is closed. */

const ourselves: Actor = { platform: 'jailops', id: 'jailops', name: 'jailops', groups: [], kind: 'bot' }

export interface OwnMessage {
  adapter: ChatAdapter
  place: Place
  card: Card
  /** As it is posted first where a forgotten message could never be found again. */
  toCome: Card
  /** Where it stands, if it does. */
  message: string | undefined
  /** Posted anew where somebody took it away, or left. */
  whereGone: 'post' | 'leave'
  /** Stores where it stands. */
  keep(message: string): Promise<void>
}

/** Brings it up to date. @returns where it stands @throws message_gone, cannot_show */
export async function bring({ adapter, place, card, toCome, message, whereGone, keep }: OwnMessage): Promise<string> {
  if (message !== undefined) return adapter.edit(place, message, card, ourselves, whereGone)
  if (adapter.traits.postsOnce) return adapter.post(place, card, ourselves)
  const first = await adapter.post(place, toCome, ourselves)
  await keep(first)
  return adapter.edit(place, first, card, ourselves, whereGone)
}

/** Names what a card shows. */
export function hashOfCard(card: Card): string {
  return sha256(JSON.stringify(card)).slice(0, 16)
}

/** Between two edits of one message: Slack wants no more. */
export const betweenEdits = 3000
