import type { RequestState } from '../../core/card.ts'

const grey = 0x80848e
const blue = 0x3b82f6
const amber = 0xf0b232
const green = 0x23a55a
const red = 0xda373c

/** How a state looks at a glance. */
export const looks: Record<RequestState, { symbol: string; color: number }> = {
  stored: { symbol: '📥', color: grey },
  planning: { symbol: '🧭', color: blue },
  waiting: { symbol: '⏳', color: amber },
  queued: { symbol: '🕒', color: blue },
  running: { symbol: '⚙️', color: blue },
  done: { symbol: '✅', color: green },
  refused: { symbol: '⛔', color: red },
  denied: { symbol: '⛔', color: red },
  cancelled: { symbol: '🚫', color: grey },
  expired: { symbol: '⌛', color: grey },
  undone: { symbol: '↩️', color: amber },
  failed: { symbol: '❌', color: red },
  needs_human: { symbol: '⚠️', color: amber },
  unreachable: { symbol: '🔌', color: red },
}

export const answerColor = grey
