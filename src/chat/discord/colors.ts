import type { Card, RequestState, standings } from '../../core/card.ts'

const grey = 0x80848e
const blue = 0x3b82f6
const amber = 0xf0b232
const green = 0x23a55a
const red = 0xda373c

/** How a card looks at its edge. */
export function colorOf({ standing, about, state }: Card): number {
  return standing === undefined ? colors[(about ?? { state }).state] : standingColors[standing]
}

const standingColors: Record<(typeof standings)[number], number> = {
  critical: red,
  warning: amber,
  recovered: green,
  live: blue,
  over: grey,
}

const colors: Record<RequestState, number> = {
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
