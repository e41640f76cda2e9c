import type { Clock } from '../core/clock.ts'
import { isQuestion } from './entries.ts'
import type { Journal, JournalFolder } from './journal.ts'

/** Lets go of what is over: from memory soon, and from disk changes after a month and questions after a minute. */
export interface Retention {
  start(): Promise<void>
  /** One round over the journals in memory. */
  sweep(): Promise<void>
  stop(): void
}

const everyMilliseconds = 5000
/** A message that comes twice mostly does so at once; later it is read from disk. */
const restMilliseconds = 5000
/** Long enough that a message delivered twice still meets the journal it was delivered to. */
const questionMilliseconds = 60_000
const keepMilliseconds = 30 * 24 * 3600_000

export function createRetention({ journals, now }: { journals: JournalFolder; now: Clock }): Retention {
  let timer: NodeJS.Timeout | undefined
  /** Questions that are on disk only, and until when. */
  const resting = new Map<string, number>()

  async function letGo(journal: Journal): Promise<void> {
    const last = journal.entries.at(-1)
    if (last === undefined || !isOver(journal) || now() - last.at < restMilliseconds) return
    const isAsked = isQuestion(journal.entries)
    const age = now() - last.at
    if (age > (isAsked ? questionMilliseconds : keepMilliseconds)) return journals.remove(journal.request)
    await journals.rest(journal.request)
    if (isAsked) resting.set(journal.request, last.at + questionMilliseconds)
  }

  async function sweep(): Promise<void> {
    const open = await journals.inMemory()
    for (const { request } of open) resting.delete(request)
    for (const journal of open) await letGo(journal)
    for (const [request, until] of resting) {
      if (now() <= until) continue
      resting.delete(request)
      await journals.remove(request)
    }
  }

  return {
    sweep,
    async start() {
      for (const request of await journals.requests()) {
        // one that cannot be read is told of when requests are taken up again
        const journal = await journals.open(request).catch(() => undefined)
        if (journal !== undefined) await letGo(journal)
      }
      timer = setInterval(() => void sweep().catch(() => undefined), everyMilliseconds)
    },
    stop: () => clearInterval(timer),
  }
}

/** Ended, and the bot has been told everything. */
function isOver(journal: Journal): boolean {
  const sent = new Set(journal.all('sent').map((entry) => entry.number))
  const said = journal.entries.flatMap((entry, index) => (entry.kind === 'answer' ? [index + 1] : []))
  const isToldOf = journal.all('answer').some(({ body }) => body.kind === 'result')
  return journal.last('end') !== undefined && isToldOf && said.every((number) => sent.has(number))
}
