import { visible, visibleLines } from '../visible.ts'

/** Text that Slack reads as mrkdwn: nothing in it may become a mention or a link. Exactly these three, as Slack asks. */
export function escapeText(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}

/** One line that is only shown; halves of characters become U+FFFD, because Slack's clients cannot send them. */
export function line(text: string): string {
  return visible(text).toWellFormed()
}

/** The same for text of several lines. */
export function lines(text: string): string {
  return visibleLines(text).join('\n').toWellFormed()
}

/**
 * What a person typed, from what Slack made of it: `&amp;lt;` is `<`, and a host name is a host name again
 * instead of `<http://blog.example.com|blog.example.com>`.
 */
export function typedText(text: string): string {
  return text
    .replaceAll(/<(?:https?:\/\/|mailto:)[^>|]*\|([^>]*)>/g, '$1')
    .replaceAll(/<(?:mailto:)?(https?:\/\/[^>|]*|[^\s<>|@#!]+@[^\s<>|]+)>/g, '$1')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&')
    .trim()
}

/** At most so many UTF-16 units, with … where something is missing; never half of a character. */
export function clip(text: string, most: number): string {
  return text.length <= most ? text : `${head(text, most - 1)}…`
}

/** The first units of a text, without half of a character at its end. */
export function head(text: string, most: number): string {
  return text.slice(0, Math.max(0, most)).replace(/[\uD800-\uDBFF]$/, '')
}
