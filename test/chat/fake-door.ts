import type { Actor } from '../../src/core/policy.ts'
import type { Completion, Door, Form, Incoming, Question } from '../../src/chat/adapter.ts'
import type { Card } from '../../src/core/card.ts'

/** A bot that only writes down what it was told: same delivery, same request, as the real one. */
export interface FakeDoor extends Door {
  readonly received: Incoming[]
  /** What was said for the first time: repeated deliveries count once. */
  stored(): Incoming[]
  readonly cards: Map<string, Card>
  completions: Completion[]
  /** What the next words still need. */
  nextForm: Form | undefined
  /** Throws for who may not. */
  forbidden: (command: string, actor: Actor) => void
  /** What it was asked the values of. */
  readonly asked: Question[]
  /** Argument → what it could be. */
  names: Record<string, string[]>
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
    async receive(incoming, acknowledge) {
      received.push(incoming)
      await door.before(incoming)
      const known = requests.get(incoming.delivery) ?? { request: `r${requests.size + 1}`, incoming }
      requests.set(incoming.delivery, known)
      void acknowledge?.(known.request)
      return { request: known.request }
    },
    complete: (text) => door.completions.filter((completion) => completion.text.startsWith(text)),
    card: async (request) => cards.get(request),
    form: () => door.nextForm,
    may: (command, actor) => door.forbidden(command, actor),
    asked: [],
    values(question) {
      const { argument, typed } = question
      door.asked.push(question)
      return (door.names[argument] ?? []).filter((value) => value.includes(typed)).map((value) => ({ value, hint: 'on web1' }))
    },
    commands: () => [{ path: 'jail create', summary: 'Make a jail' }],
    nextForm: undefined,
    forbidden: () => undefined,
    names: {},
  }
  return door
}
