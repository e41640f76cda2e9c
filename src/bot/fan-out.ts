import { type Command, definitionHash } from '../core/command.ts'
import { type BotMessage, type HostMessage, messageId } from '../core/message.ts'
import type { Incoming } from '../chat/adapter.ts'
import type { Posting } from './asking.ts'
import { answerOfAll, type HostSaid } from './fan-out-answer.ts'
import { isAway } from './hosts.ts'
import type { Judgement } from './judge.ts'
import { everyHost, type RequestRecord } from './record.ts'
import type { Requests } from './requests.ts'

/**
 * A question to all hosts at once. What they said is in memory until it is shown: stored for each answer, records that grow with
 * the hosts would cost their square, and a question that is cut off can be asked again.
 */
export interface FanOut {
  /** A stored invocation becomes a question to all hosts; what an earlier life of the bot left open is asked again. */
  begin(id: string, incoming: Incoming, judgement: Judgement): Promise<void>
  isUnderway(id: string): boolean
  /** @returns whether it is about such a question */
  hear(message: BotMessage): Promise<boolean>
  /** To be called about once a second: shows what is new, ends what took too long. */
  tick(): Promise<void>
  /** The request has ended, however: nobody waits for the hosts that are missing. */
  over(id: string): void
  stop(): void
}

export interface FanOutDeps extends Posting {
  commands: readonly Command[]
  change: Requests['change']
  alarm(what: string, details: Record<string, unknown>): void
}

interface Question {
  askedAt: number
  hosts: readonly string[]
  said: Map<string, HostSaid>
  /** Those that are not away and have not answered: once there are none, waiting shows nothing more soon. */
  expected: Set<string>
  /** When each host was heard of in this matter: what is at work on it is not away. */
  heardAt: Map<string, number>
  /** By host, the message that it was sent. */
  messages: Map<string, string>
  shownAt?: number
  hasNews: boolean
  timer?: NodeJS.Timeout
}

/** People are shown within two seconds who answers and who does not; half a second is the platform's. */
const firstMilliseconds = 1500
/** From one edit to the next. */
const pauseMilliseconds = 3000
/** How long a host may take the question: less than it is waited for, so that a worker that cannot reach its host can still say so. */
const patience = { taken: 12_000, answered: 15_000 }

/** Asked of all hosts, and not at its end. */
export function isFanOut({ state, asked }: RequestRecord): boolean {
  return state === 'planning' && asked?.host === everyHost
}

/** `hearingSince`: since when hosts are listened to. */
export function createFanOut(deps: FanOutDeps, hearingSince: () => number): FanOut {
  const { now, sign, post, withdraw, hosts, zone, commands, change, alarm } = deps
  const underway = new Map<string, Question>()

  /** Stored, then asked: numbers that were used in an earlier life are never used again. */
  async function ask(id: string, next: (record: RequestRecord) => RequestRecord | undefined): Promise<void> {
    const known = hosts()
    const question: Question = {
      askedAt: now(),
      hosts: known.map(({ name }) => name),
      said: new Map(),
      expected: new Set(known.filter((host) => !isAway(host, now(), hearingSince())).map(({ name }) => name)),
      heardAt: new Map(),
      messages: new Map(),
      hasNews: false,
    }
    underway.set(id, question)
    try {
      const stored = await change(id, (record) => {
        const asked = next(record)
        return asked === undefined ? undefined : { ...asked, sent: asked.sent + known.length }
      })
      if (stored === undefined) over(id)
      else sendAll(stored, question)
    } catch (error) {
      underway.delete(id)
      throw error
    }
  }

  function sendAll(record: RequestRecord, question: Question): void {
    const { asked } = record
    if (asked === undefined) return
    const command = commands.find(({ path }) => path === asked.command)
    const body = {
      kind: 'query',
      command: asked.command,
      args: asked.args,
      // a command that the bot has no more is none that a host has: it says so
      definition: command === undefined ? '' : definitionHash(command),
      person: asked.person,
    } as const
    const first = record.sent - question.hosts.length + 1
    for (const [index, host] of question.hosts.entries()) {
      const id = messageId(record.id, 'query', first + index)
      question.messages.set(host, id)
      const message: HostMessage = { id, request: record.id, host, issuedAt: now(), expiresAt: now() + patience.taken, body }
      void sendOne(message)
    }
    // a moment more, since timers may come a millisecond early
    question.timer = setTimeout(() => void settle(record.id).catch(() => undefined), firstMilliseconds + 5).unref()
  }

  async function sendOne(message: HostMessage): Promise<void> {
    try {
      const token = await sign(message)
      // given up only when we stop: the next start asks anew
      await post({ host: message.host, id: message.id, token, isQuestion: true }).catch(() => undefined)
    } catch (error) {
      alarm('a question to a host could not be signed', { id: message.id, host: message.host, error: String(error) })
    }
  }

  /** Shows what was said so far when that is due, and ends it when all was said or nobody waits longer. */
  async function settle(id: string): Promise<void> {
    const question = underway.get(id)
    if (question === undefined) return
    const { askedAt, shownAt, hasNews, expected } = question
    const isComplete = question.said.size === question.hosts.length
    const waited = now() - askedAt
    // who is away is not waited for as long as who is slow
    const isOver = isComplete || waited >= (expected.size === 0 ? firstMilliseconds : patience.answered)
    const isFirstDue = shownAt === undefined && (expected.size === 0 || waited >= firstMilliseconds)
    const isNextDue = shownAt !== undefined && hasNews && now() - shownAt >= pauseMilliseconds
    if (!isOver && !isFirstDue && !isNextDue) return
    question.shownAt = now()
    question.hasNews = false
    try {
      const stored = await change(id, (record) =>
        isFanOut(record) ? { ...record, answer: answerTo(record, question, isOver), ...(isOver && endOf(question.said)) } : undefined,
      )
      if (stored === undefined) over(id)
    } catch (error) {
      // the next tick tries again
      question.hasNews = true
      question.shownAt = 0
      throw error
    }
  }

  function answerTo({ asked }: RequestRecord, { askedAt, hosts: names, said, heardAt }: Question, isOver: boolean) {
    const waited = now() - askedAt
    const known = new Map(hosts().map(({ name, seenAt }) => [name, seenAt]))
    return answerOfAll({
      line: asked?.line ?? '',
      hosts: names.map((name) => {
        const seenAt = Math.max(known.get(name) ?? 0, heardAt.get(name) ?? 0)
        return { name, seenAt, isAway: isAway({ name, seenAt }, now(), hearingSince()) }
      }),
      said,
      zone,
      // never more than it was
      ...(isOver && { waitedSeconds: waited < 10_000 ? Math.floor(waited / 100) / 10 : Math.floor(waited / 1000) }),
    })
  }

  function over(id: string): void {
    const question = underway.get(id)
    if (question === undefined) return
    underway.delete(id)
    clearTimeout(question.timer)
    for (const [host, message] of question.messages) {
      // what cannot be taken back, or is still on its way, expires
      if (!question.said.has(host)) withdraw(host, message).catch(() => undefined)
    }
  }

  return {
    begin: (id, incoming, { command, args, line, person }) =>
      ask(id, (record) => {
        if (isFanOut(record)) return { ...record, incoming }
        if (record.state !== 'stored') return undefined
        // nothing is ever carried out, so that whoever cancels it ends it at once
        const asked = { command: command.path, args, line, risk: command.risk, host: everyHost, dryRun: false, execute: false, person }
        return { ...record, incoming, asked, state: 'planning' }
      }),
    isUnderway: (id) => underway.has(id),
    async hear({ request, host, body }) {
      const question = underway.get(request)
      if (question === undefined) return false
      if (!question.hosts.includes(host)) return true
      question.heardAt.set(host, now())
      if (body.kind !== 'result') {
        // whatever it seemed to be, it is at work
        if (!question.said.has(host)) question.expected.add(host)
        return true
      }
      if (!question.said.has(host)) {
        question.said.set(host, saidBy(body))
        question.expected.delete(host)
        question.hasNews = true
      }
      // also when it is said twice: the first time, the store may have been away
      await settle(request)
      return true
    },
    async tick() {
      await Promise.all([...underway.keys()].map(settle))
    },
    over,
    stop() {
      for (const { timer } of underway.values()) clearTimeout(timer)
      underway.clear()
    },
  }
}

/** One answer is an answer. Without any, it was refused where a host spoke, and else nobody was reached. */
function endOf(said: ReadonlyMap<string, HostSaid>): Pick<RequestRecord, 'state' | 'reason'> {
  const all = [...said.values()]
  if (all.some((one) => 'answer' in one)) return { state: 'done' }
  if (all.length === 0) return { state: 'unreachable', reason: 'host_unreachable' }
  const reasons = new Set(all.map((one) => ('reason' in one ? one.reason : undefined)))
  const [reason] = reasons
  return { state: 'refused', ...(reasons.size === 1 && reason !== undefined && { reason }) }
}

function saidBy({ state, answer, sentence, reason }: Extract<BotMessage['body'], { kind: 'result' }>): HostSaid {
  if (state === 'done' && answer !== undefined) return { answer }
  return { sentence: sentence ?? `It ended as ${state} and did not say why.`, ...(reason !== undefined && { reason }) }
}
