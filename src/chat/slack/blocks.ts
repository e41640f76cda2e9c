import type {
  ActionsBlock,
  Button,
  ContextBlock,
  HeaderBlock,
  KnownBlock,
  PlainTextElement,
  RichTextBlock,
  SectionBlock,
} from '@slack/types'

/** Slack's limits, in UTF-16 units unless it says otherwise. */
export const limits = {
  blocks: 50,
  header: 150,
  section: 3000,
  button: 75,
  buttonValue: 2000,
  buttonsInBlock: 25,
  /** Nowhere written down; beyond some 13,000 characters of JSON Slack answers msg_blocks_too_long. */
  message: 12_000,
  fallback: 4000,
  option: 75,
  optionValue: 150,
  options: 100,
  title: 24,
  hint: 2000,
  initialValue: 3000,
} as const

/** Never read as anything but letters: not as mrkdwn, not as :emoji: names. */
export function plain(text: string): PlainTextElement {
  return { type: 'plain_text', text, emoji: false }
}

export function header(text: string): HeaderBlock {
  return { type: 'header', text: plain(text) }
}

export function section(text: string): SectionBlock {
  return { type: 'section', text: plain(text) }
}

export function context(text: string): ContextBlock {
  return { type: 'context', elements: [plain(text)] }
}

export function actions(elements: Button[]): ActionsBlock {
  return { type: 'actions', elements }
}

export function richText(elements: RichTextBlock['elements']): RichTextBlock {
  return { type: 'rich_text', elements }
}

export function preformatted(text: string): RichTextBlock {
  return richText([{ type: 'rich_text_preformatted', elements: [{ type: 'text', text }] }])
}

/** What a block costs of a message's budget. */
export function costOf(block: KnownBlock | RichTextBlock['elements'][number] | Button): number {
  return JSON.stringify(block).length + 1
}
