import type { IncomingMessage, ServerResponse } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { sendJson } from '../http.ts'
import type { Calls } from './calls.ts'
import type { Faults } from './faults.ts'
import type { Fault } from './interface.ts'
import { Refusal } from './refusal.ts'

export interface Outcome {
  status: number
  /** A string goes as text, everything else as JSON. */
  body: unknown
  headers?: Record<string, string>
  /** `ok`, or Slack's word for the error. */
  answered: string
}

export interface Exchange {
  faults: Faults
  calls: Calls
  /** A Web API method, `response_url` or `upload`. */
  name: string
  args: Record<string, unknown>
  request: IncomingMessage
  response: ServerResponse
  /** @throws Refusal */
  run(): Outcome
  /** The status of a refusal: 200 by default. */
  statusOf?(error: string): number
}

/** One call by the app: recorded, met by the fault that is planned for it, done, answered. */
export async function exchange({ faults, calls, name, args, request, response, run, statusOf = () => 200 }: Exchange): Promise<void> {
  const call = calls.record(name, args)
  const fault = faults.take(name)
  if (fault && 'hang' in fault) await sleep(fault.hang)
  const outcome = (fault && outcomeOf(fault, faults)) ?? attempt(run, statusOf)
  call.answered = outcome.answered
  if (fault && 'loseAnswer' in fault) return void request.socket.destroy()
  const headers = { 'x-oauth-scopes': faults.granted(), ...outcome.headers }
  if (typeof outcome.body === 'string') response.writeHead(outcome.status, { 'content-type': 'text/plain', ...headers }).end(outcome.body)
  else sendJson(response, outcome.status, outcome.body, headers)
}

export function rateLimited(retryAfter: number): Outcome {
  return { status: 429, body: { ok: false, error: 'ratelimited' }, headers: { 'retry-after': String(retryAfter) }, answered: 'ratelimited' }
}

function attempt(run: () => Outcome, statusOf: (error: string) => number): Outcome {
  try {
    return run()
  } catch (failure) {
    if (!(failure instanceof Refusal)) throw failure
    const { error } = failure.answer
    return { status: statusOf(error), body: failure.answer, answered: error }
  }
}

/** @returns undefined where it is done all the same */
function outcomeOf(fault: Fault, faults: Faults): Outcome | undefined {
  if ('rateLimited' in fault) return rateLimited(fault.rateLimited)
  if ('status' in fault) return { status: fault.status, body: 'Not today', answered: `status ${fault.status}` }
  if (!('error' in fault)) return undefined
  const { error, needed, provided = faults.granted() } = fault
  return { status: 200, body: { ok: false, error, ...(error === 'missing_scope' && { needed, provided }) }, answered: error }
}
