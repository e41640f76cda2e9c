import { JailopsError, passLostConnection, toJailopsError } from '../core/errors.ts'
import { redact } from '../core/redact.ts'
import type { Answer } from '../core/card.ts'
import type { Ending } from './executor.ts'
import type { Journal } from './journal.ts'
import type { PlanMessage } from './planner.ts'

/** How a request ended, and for a query what it answers. */
export interface Ended extends Ending {
  answer?: Answer
}

/** The ending of work that failed before it changed anything; otherwise what the work itself says. @throws connection_lost */
export async function endOf<T>(work: () => Promise<T>): Promise<T | Ended> {
  try {
    return await work()
  } catch (error) {
    passLostConnection(error)
    return refusal(toJailopsError(error))
  }
}

/** Why it is refused often holds what a program printed. */
export function refusal({ code, message }: JailopsError): Ended {
  const state = code === 'internal' ? 'failed' : code === 'message_expired' ? 'expired' : 'refused'
  return { state, reason: code, sentence: redact(message) }
}

/** What the host said no to when it came; only until the host is being changed. */
export function objectionIn(journal: Journal): JailopsError | undefined {
  const refused = journal.all('message').find((entry) => entry.refused !== undefined)?.refused
  return refused === undefined ? undefined : new JailopsError(refused.code, refused.sentence)
}

/** Set once somebody cancelled it. */
export function cancellation(journal: Journal): JailopsError | undefined {
  const asked = journal.all('message').some((entry) => entry.message.body.kind === 'cancel')
  return asked ? new JailopsError('cancelled', 'It was cancelled, and what was done was taken back.') : undefined
}

/** Which digest may be carried out: the last approved one, `any` where policy asks for no approval, or none yet. */
export function wanted(journal: Journal, asked: PlanMessage): string | undefined {
  if (asked.execute) return 'any'
  const bodies = journal.all('message').map((entry) => entry.message.body)
  const apply = bodies.findLast((body) => body.kind === 'apply')
  // an approval of an earlier plan than the one last shown is used up
  return apply !== undefined && apply.digest === journal.last('planned')?.digest ? apply.digest : undefined
}

/** True when the bot was sent the plan that was made last, after any approval of another one. */
export function isPlanSaid({ entries }: Journal): boolean {
  const planned = entries.findLastIndex((entry) => entry.kind === 'planned')
  const said = entries.findLastIndex((entry) => entry.kind === 'answer' && entry.body.kind === 'planned')
  const digest = entries.findLast((entry) => entry.kind === 'planned')?.digest
  const stray = entries.findLastIndex((entry) => {
    const body = entry.kind === 'message' ? entry.message.body : undefined
    return body?.kind === 'apply' && body.digest !== digest
  })
  return said > Math.max(planned, stray)
}

/** The ending of what has not begun when its host cannot be reached and its last message has expired. */
export function unreached(journal: Journal, now: number, { message }: JailopsError): Ended | undefined {
  const last = journal.last('message')?.message
  if (journal.last('begun') !== undefined || last === undefined || now <= last.expiresAt) return undefined
  return { state: 'refused', reason: 'connection_lost', sentence: `Nothing was done: its worker cannot reach the host. ${message}` }
}

/** True when the message that lets it begin (or a question) has expired before it began. */
export function tooLate(journal: Journal, now: number): boolean {
  const messages = journal.all('message').map((entry) => entry.message)
  const digest = journal.last('planned')?.digest
  // an approval of an earlier plan lets nothing begin: the request waits for another one
  const decisive = messages.findLast(
    ({ body }) => (body.kind === 'apply' && body.digest === digest) || body.kind === 'query' || (body.kind === 'plan' && body.execute),
  )
  return decisive !== undefined && now > decisive.expiresAt
}
