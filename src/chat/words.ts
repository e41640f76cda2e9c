import type { Card, RequestState, standings } from '../core/card.ts'

/** How each step stands, in one character. */
export const marks = { pending: '·', running: '…', done: '✓', failed: '✗', undone: '↩' } as const

/** How a card stands, for people, and at a glance where a chat has pictures. */
export function standingOf(card: Card): { words: string; symbol: string; reason?: string } {
  if (card.standing !== undefined) return standingWords[card.standing]
  const { state, reason } = card.about ?? card
  return { words: stateWords[state], symbol: symbols[state], ...(reason !== undefined && { reason }) }
}

const standingWords: Record<(typeof standings)[number], { words: string; symbol: string }> = {
  critical: { words: 'alert', symbol: '❌' },
  warning: { words: 'warning', symbol: '⚠️' },
  recovered: { words: 'recovered', symbol: '✅' },
  live: { words: 'live', symbol: '📡' },
  over: { words: 'over', symbol: '⌛' },
}

const stateWords: Record<RequestState, string> = {
  stored: 'received',
  planning: 'planning',
  waiting: 'waiting for approval',
  queued: 'queued',
  running: 'running',
  done: 'done',
  refused: 'refused',
  denied: 'denied',
  cancelled: 'cancelled',
  expired: 'expired',
  undone: 'undone',
  failed: 'failed',
  needs_human: 'needs a human',
  unreachable: 'host unreachable',
}

const symbols: Record<RequestState, string> = {
  stored: '📨',
  planning: '⏳',
  waiting: '⏳',
  queued: '⏳',
  running: '⚙️',
  done: '✅',
  refused: '⛔',
  denied: '⛔',
  cancelled: '🚫',
  expired: '⌛',
  undone: '↩️',
  failed: '❌',
  needs_human: '⚠️',
  unreachable: '📡',
}
