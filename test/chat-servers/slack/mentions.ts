import type { KnownBlock } from '@slack/types'

/**
 * What in a message calls somebody: `<!channel>`, `<@U1>`, `<!subteam^S1>`. The text counts where there are no blocks;
 * plain_text elements never do.
 */
export function liveMentions(text: string, blocks: readonly KnownBlock[]): string[] {
  const texts = blocks.length === 0 ? [text] : markdownIn(blocks)
  return texts.flatMap((each) => each.match(/<(?:@[UW]\w+|!(?:channel|here|everyone|subteam\^\w+))(?:\|[^>]*)?>/g) ?? [])
}

function markdownIn(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(markdownIn)
  if (typeof value !== 'object' || value === null) return []
  const { type, text } = value as { type?: unknown; text?: unknown }
  if ((type === 'mrkdwn' || type === 'markdown') && typeof text === 'string') return [text]
  return Object.values(value).flatMap(markdownIn)
}
