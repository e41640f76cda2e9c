import type { RequestState } from '../../core/card.ts'

const grey = 0x80848e
const blue = 0x3b82f6
const amber = 0xf0b232
const green = 0x23a55a
const red = 0xda373c

/** How a state looks at the edge of its card. */
export const colors: Record<RequestState, number> = {
  stored: grey,
  planning: blue,
  waiting: amber,
  queued: blue,
  running: blue,
  done: green,
  refused: red,
  denied: red,
  cancelled: grey,
  expired: grey,
  undone: amber,
  failed: red,
  needs_human: amber,
  unreachable: red,
}

export const answerColor = grey
