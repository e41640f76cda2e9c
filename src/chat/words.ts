import type { RequestState } from '../core/card.ts'

/** How each step stands, in one character. */
export const marks = { pending: '·', running: '…', done: '✓', failed: '✗', undone: '↩' } as const

/** How a request stands, for people. */
export const stateWords: Record<RequestState, string> = {
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

/** The same at a glance, where a chat has pictures. */
export const symbols: Record<RequestState, string> = {
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
