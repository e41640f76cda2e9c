import { newRequestId } from '../core/clock.ts'
import { type Command, definitionHash } from '../core/command.ts'
import { type BotMessage, messageId } from '../core/message.ts'
import type { Posting } from './asking.ts'
import type { Board } from './board.ts'

/** The questions of boards to their hosts: signed and by the queue as all others, but stored nowhere; of each board one at a time. */
export interface BoardQuestions {
  /** Asks when that is due. What was asked before and not answered is taken back, so that nothing piles up on a queue. */
  ask(board: Board, question: { command: Command; person: string }): void
  /** @returns the board that this answers, if it is one's answer */
  answered(message: BotMessage): string | undefined
  forget(board: string): void
}

interface Question {
  request: string
  host: string
  id: string
  askedAt: number
  isPosted: boolean
}

/** Nobody waits longer for the answer to one of them. */
const patienceMilliseconds = 12_000

export function createBoardQuestions({
  now,
  sign,
  post,
  withdraw,
  alarm,
}: Pick<Posting, 'now' | 'sign' | 'post' | 'withdraw'> & {
  alarm(what: string, details: Record<string, unknown>): void
}): BoardQuestions {
  /** By board. */
  const open = new Map<string, Question>()

  async function send(question: Question, { command, person }: { command: Command; person: string }): Promise<void> {
    const { id, request, host, askedAt } = question
    const body = { kind: 'query', command: command.path, args: {}, definition: definitionHash(command), person, isBoard: true } as const
    const token = await sign({ id, request, host, issuedAt: askedAt, expiresAt: askedAt + patienceMilliseconds, body })
    await post({ host, id, token, isQuestion: true })
    question.isPosted = true
  }

  return {
    ask(board, asked) {
      const before = open.get(board.id)
      if (before !== undefined && now() - before.askedAt < board.everySeconds * 1000) return
      // Redis is away: what waits to be sent is enough
      if (before !== undefined && !before.isPosted) return
      // one that cannot be taken back expires
      if (before !== undefined && before.request !== '') withdraw(before.host, before.id).catch(() => undefined)
      const request = newRequestId()
      const question = { request, host: board.host, id: messageId(request, 'query', 1), askedAt: now(), isPosted: false }
      open.set(board.id, question)
      send(question, asked).catch((error: unknown) => {
        question.isPosted = true
        alarm('a board could not ask its host', { board: board.id, host: board.host, error: String(error) })
      })
    },
    answered({ request, host, body }) {
      const [id, question] = [...open].find((entry) => entry[1].request === request) ?? []
      if (id === undefined || question === undefined || question.host !== host || body.kind !== 'result') return undefined
      // answered, there is nothing to take back; when to ask again is still counted from it
      open.set(id, { ...question, request: '', isPosted: true })
      return id
    },
    forget(board) {
      const question = open.get(board)
      open.delete(board)
      if (question !== undefined && question.request !== '') withdraw(question.host, question.id).catch(() => undefined)
    },
  }
}
