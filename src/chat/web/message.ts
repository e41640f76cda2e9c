import { z } from 'zod'
import { sparklines } from '../chart/sparkline.ts'
import { answerSchema, cardSchema, type Card } from '../../core/card.ts'

const common = {
  id: z.string(),
  /** Where it stands in the channel; what was typed may come to stand just before a card that was quicker. */
  order: z.number(),
  /** Milliseconds since 1970. */
  at: z.number(),
}

/** One entry of the channel. */
export const chatMessageSchema = z.discriminatedUnion('kind', [
  z.strictObject({ ...common, kind: z.literal('said'), person: z.string(), text: z.string() }),
  z.strictObject({ ...common, kind: z.literal('card'), card: cardSchema }),
  /** Seen by one person only. */
  z.strictObject({ ...common, kind: z.literal('answer'), to: z.string(), answer: answerSchema }),
])
export type ChatMessage = z.infer<typeof chatMessageSchema>

export function isVisible(message: ChatMessage, person: string): boolean {
  return message.kind !== 'answer' || message.to === person
}

/** What the page gets: files by address, so that a long plan does not travel with every tick. */
export function viewOf(message: ChatMessage): unknown {
  if (message.kind !== 'card') return message
  const { charts, ...card } = message.card
  return { ...message, card: { ...card, ...pictureOf(message.id, charts), files: filesOf(message.id, card) } }
}

function pictureOf(id: string, charts: Card['charts']): { picture?: { href: string; words: string } } {
  if (charts === undefined || charts.length === 0) return {}
  return { picture: { href: pictureAddress(id, 'svg'), words: sparklines(charts).join('\n') } }
}

export function pictureAddress(message: string, type: 'svg' | 'png'): string {
  return `/charts/${encodeURIComponent(message)}/${type}`
}

function filesOf(id: string, { files }: Pick<Card, 'files'>): { name: string; lines: number; href: string }[] {
  return files.map(({ name, text }, index) => ({
    name,
    lines: text.split('\n').length - (text.endsWith('\n') ? 1 : 0),
    href: `/files/${encodeURIComponent(id)}/${index}`,
  }))
}
