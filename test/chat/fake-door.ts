import type { Completion, Door, Incoming } from '../../src/chat/adapter.ts'
import type { Card } from '../../src/core/card.ts'

/** A bot that only writes down what it was told: same delivery, same request, as the real one. */
export interface FakeDoor extends Door {
  readonly received: Incoming[]
  /** What was said for the first time: repeated deliveries count once. */
  stored(): Incoming[]
  readonly cards: Map<string, Card>
  completions: Completion[]
  /** Runs before anything is stored; throws to refuse, waits to be slow. */
  before: (incoming: Incoming) => Promise<void>
}

export function fakeDoor(): FakeDoor {
  const requests = new Map<string, { request: string; incoming: Incoming }>()
  const received: Incoming[] = []
  const cards = new Map<string, Card>()
  const door: FakeDoor = {
    received,
    stored: () => [...requests.values()].map(({ incoming }) => incoming),
    cards,
    completions: [],
    before: async () => {},
    async receive(incoming) {
      received.push(incoming)
      await door.before(incoming)
      const known = requests.get(incoming.delivery) ?? { request: `r${requests.size + 1}`, incoming }
      requests.set(incoming.delivery, known)
      return { request: known.request }
    },
    complete: (text) => door.completions.filter((completion) => completion.text.startsWith(text)),
    card: async (request) => cards.get(request),
  }
  return door
}
