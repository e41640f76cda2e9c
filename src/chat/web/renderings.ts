import type { Card } from '../../core/card.ts'
import type { ChatFile } from '../chart/chart-file.ts'
import { renderCard as asDiscord } from '../discord/render.ts'
import { renderCard as asSlack } from '../slack/render.ts'

/** A card as Slack and Discord would get it, for the page to show what people there see. `picture`: where that of its charts is. */
export function renderingsOf(card: Card, picture: string) {
  const slack = asSlack(card)
  const discord = asDiscord(card)
  const viewOf = (file: ChatFile) => (file.charts === undefined ? previewOf(file) : { name: file.name, picture, words: file.text })
  return {
    slack: { ...slack.message, files: slack.files.map(viewOf) },
    discord: { ...discord.message, files: discord.files.map(viewOf) },
  }
}

const previewLines = 6
const previewCharacters = 600

/** The beginning of a text file, as chats show it below a message. */
export function previewOf({ name, text }: { name: string; text: string }): { name: string; lines: number; preview: string } {
  const lines = text.replace(/\n$/, '').split('\n')
  return { name, lines: lines.length, preview: lines.slice(0, previewLines).join('\n').slice(0, previewCharacters).toWellFormed() }
}
