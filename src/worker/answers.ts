import { setTimeout as delay } from 'node:timers/promises'
import type { Clock } from '../core/clock.ts'
import { answerId, type BotMessage, type StepProgress, type ToBot } from '../core/message.ts'
import { isQuestion } from './entries.ts'
import type { Journal } from './journal.ts'

/** How the host speaks to the bot about a request. */
export interface Answers {
  /** Journals the answer, then sends it until the queue has it. */
  say(journal: Journal, body: ToBot): Promise<void>
  /** Sends what was said before but perhaps never left. */
  sayAgain(journal: Journal, options: { also?: 'sent' }): void
  /** A snapshot on the way; not kept, the next one or the result makes up for it. Of a question only where its answer takes a while. */
  progress(journal: Journal, steps: StepProgress[]): void
  /** Resolves when nothing is on its way any more. */
  idle(): Promise<void>
}

export interface AnswersDeps {
  host: string
  now: Clock
  /** Resolves when the bot's queue has it; retries by itself until then, or until the worker stops. */
  send(message: BotMessage): Promise<void>
}

interface Line {
  /** What waits to be sent. */
  next?: () => void
  /** Nothing was sent yet. */
  first?: NodeJS.Timeout
}

/** From one snapshot to the next: most are outrun by what follows within it. */
const pauseMilliseconds = 50
/** Most questions are answered before anybody would look at how they stand. */
const questionMilliseconds = 500
const keptFor = 7 * 24 * 3600_000

export function createAnswers({ host, now, send }: AnswersDeps): Answers {
  const underway = new Set<Promise<unknown>>()
  const busy = new Map<string, Line>()

  const message = (journal: Journal, number: number, body: ToBot): BotMessage => ({
    id: answerId(journal.request, body.kind, host, number),
    request: journal.request,
    host,
    issuedAt: now(),
    expiresAt: now() + keptFor,
    number,
    body,
  })
  const track = (work: Promise<unknown>) => {
    underway.add(work)
    const forget = () => underway.delete(work)
    work.then(forget, forget)
  }
  const deliver = async (journal: Journal, number: number, body: ToBot) => {
    await send(message(journal, number, body))
    await journal.append({ kind: 'sent', number })
  }

  /** A result says all that the snapshots that have not left yet would have said. */
  const dropSnapshots = (request: string) => {
    const line = busy.get(request)
    delete line?.next
    if (line?.first === undefined) return
    clearTimeout(line.first)
    busy.delete(request)
  }

  const startLater = (request: string, start: () => void) => {
    const line: Line = { first: setTimeout(() => (line.next ?? start)(), questionMilliseconds).unref() }
    busy.set(request, line)
  }

  return {
    async say(journal, body) {
      const number = await journal.append({ kind: 'answer', body })
      if (body.kind === 'result') dropSnapshots(journal.request)
      track(deliver(journal, number, body).catch(() => undefined))
    },
    sayAgain(journal, { also }) {
      const sent = new Set(journal.all('sent').map((entry) => entry.number))
      for (const [index, entry] of journal.entries.entries()) {
        const number = index + 1
        if (entry.kind === 'answer' && (also === 'sent' || !sent.has(number)))
          track(deliver(journal, number, entry.body).catch(() => undefined))
      }
    },
    progress(journal, steps) {
      const taken = journal.all('message').map((entry) => entry.message.id)
      const begun = journal.last('begun') !== undefined
      const latest = message(journal, journal.entries.length, { kind: 'progress', steps, begun, taken })
      const line = busy.get(journal.request)
      const start = () => {
        busy.set(journal.request, {})
        track(
          send(latest)
            .catch(() => undefined)
            .then(() => delay(pauseMilliseconds))
            .finally(() => {
              const next = busy.get(journal.request)?.next
              busy.delete(journal.request)
              next?.()
            }),
        )
      }
      // while one is on its way, and for a moment after it, only the newest waits behind it
      if (line !== undefined) line.next = start
      else if (isQuestion(journal.entries)) startLater(journal.request, start)
      else start()
    },
    async idle() {
      while (underway.size > 0) await Promise.allSettled(underway)
    },
  }
}
