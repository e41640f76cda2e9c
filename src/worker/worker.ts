import { isLostConnection, type JailopsError, toJailopsError } from '../core/errors.ts'
import type { Clock } from '../core/clock.ts'
import { canonicalJson, sha256 } from '../core/canonical.ts'
import type { HostMessage } from '../core/message.ts'
import { createKeyedMutex } from '../core/mutex.ts'
import { requestId } from '../core/names.ts'
import type { Answers } from './answers.ts'
import { cancellation, endOf, type Ended, isPlanSaid, objectionIn, refusal, tooLate, unreached, wanted } from './endings.ts'
import { execute, type ExecutorDeps, progressOf } from './executor.ts'
import { createHolding } from './holding.ts'
import { guardMessage, type GuardDeps, ledgerSays } from './guard.ts'
import { type Journal, type JournalFolder, onDisk } from './journal.ts'
import type { ResourceLocks } from './locks.ts'
import type { Planned, Planner, PlanMessage } from './planner.ts'
import { redactAnswer, saidBy } from './shown.ts'

export interface WorkerDeps extends ExecutorDeps, GuardDeps {
  now: Clock
  journals: JournalFolder
  planner: Planner
  locks: ResourceLocks
  answers: Answers
  /** Proves who signed it and that it is meant for this host. @throws bad_signature */
  verify(token: string): Promise<HostMessage>
  /** Brings everything that was written on the host to its disks. */
  settle(): Promise<void>
  /** The host has changed: tell the bot what it holds now. */
  changed(): void
  /** A request has ended, now or in an earlier life. */
  ended(journal: Journal): void
  alarm(what: string, details: Record<string, unknown>): void
}

export interface Worker {
  /** Takes a message off the queue: verified and written down, not yet carried out. `begin`: one that the host sends to itself. */
  receive(id: string, token: string): Promise<void>
  begin(message: HostMessage): Promise<void>
  /** Goes on with everything that an earlier life left open. */
  resume(): Promise<void>
  /** Stops between steps; what is open goes on at the next start. */
  stop(): Promise<void>
}

const againMilliseconds = 10_000
/** A shell waits for its connection itself before it gives up. */
const lostMilliseconds = 1000

/** The story of a request on its host, from the queue to its end. */
export function createWorker(deps: WorkerDeps): Worker {
  const { journals, planner, locks, answers, now } = deps
  const stories = new Map<string, Promise<void>>()
  const holding = createHolding(locks)
  const alone = createKeyedMutex()
  let stopping = false

  /** Verify → write down → off the queue. */
  async function receive(id: string, token: string): Promise<void> {
    const message = await deps
      .verify(token)
      .catch((error: unknown) => deps.alarm('ignored a message that nobody trusted signed', { id, error: String(error) }))
    if (message === undefined) return
    if (message.id !== id) return deps.alarm('ignored a message under a wrong id', { id, signed: message.id })
    if (!requestId.safeParse(message.request).success) return deps.alarm('ignored a message with no proper request id', { id })
    await alone(message.request, () => writeDown(message, token))
  }

  /** One at a time for each request: the queue may hand over the same message twice at once. */
  async function writeDown(message: HostMessage, token: string): Promise<void> {
    const { id } = message
    // a cancel that overtakes its plan, or outlives it, leaves a mark: the plan is refused should it come after all
    const beginsHere = message.body.kind !== 'apply'
    if (!beginsHere && !(await journals.exists(message.request))) return deps.alarm('ignored a message about a request never seen', { id })
    const journal = await journals.open(message.request)
    const seen = ledgerSays(journal, message, token)
    if (seen === 'replayed') return deps.alarm('ignored other bytes under a known id', { id })
    // whoever asks under a new number has not heard how it ended either: a bot that was started again
    if (seen === 'again' || journal.last('end') !== undefined) answers.sayAgain(journal, { also: 'sent' })
    if (seen === 'new') {
      // decided before it is written down, so that a message once accepted never expires on the way
      const objection = objectionTo(message, journal)
      const refused = objection !== undefined && { refused: { code: objection.code, sentence: objection.message } }
      await journal.append({ kind: 'message', hash: sha256(token), message, ...refused })
    }
    if (journal.last('end') === undefined) sayWhereItStands(journal)
    goOn(journal)
  }

  function sayWhereItStands(journal: Journal): void {
    const planned = journal.last('planned')
    answers.progress(journal, planned === undefined ? [] : progressOf(journal, planned.plan))
  }

  function objectionTo(message: HostMessage, journal: Journal): JailopsError | undefined {
    try {
      guardMessage(deps, message, journal.all('message')[0]?.message.body)
      return undefined
    } catch (error) {
      return toJailopsError(error)
    }
  }

  /** One story a request at a time; a message that comes meanwhile is read by the next turn. */
  function goOn(journal: Journal): void {
    // it may be waiting for somebody else's end, and what came is that it need not begin
    holding.callOff(journal.request)
    const before = stories.get(journal.request) ?? Promise.resolve()
    const turn = before
      .then(() => (stopping ? undefined : tell(journal)))
      .catch(async (error: unknown) => {
        // begun work goes on when the host can be reached again, however long that takes
        if (!isLostConnection(error)) throw error
        if (hasBegun(journal)) holding.tellWaiting(error)
        if (!(await giveUp(journal, error))) goOnIn(lostMilliseconds, journal)
      })
      .catch((error: unknown) => {
        deps.alarm('a request could not go on', { request: journal.request, error: String(error) })
        // a full disk, say: nothing else would wake it before the next message or start
        goOnIn(againMilliseconds, journal)
      })
    stories.set(journal.request, turn)
    void turn.then(() => stories.get(journal.request) === turn && stories.delete(journal.request))
  }

  function goOnIn(milliseconds: number, journal: Journal): void {
    setTimeout(() => stopping || goOn(journal), milliseconds).unref()
  }

  /** Its worker cannot reach the host, and it has not begun: that is tried as long as somebody waits for it. @returns whether it is over */
  async function giveUp(journal: Journal, error: JailopsError): Promise<boolean> {
    const over = unreached(journal, now(), error)
    if (over !== undefined) await end(journal, over)
    return over !== undefined
  }

  async function tell(journal: Journal): Promise<void> {
    if (journal.last('end') !== undefined) return sayEnd(journal)
    const objection = journal.last('begun') === undefined ? objectionIn(journal) : undefined
    if (objection !== undefined) return end(journal, refusal(objection))
    const asked = journal.all('message')[0]?.message.body
    if (asked?.kind === 'cancel') return end(journal, cancelledBefore)
    if (asked?.kind === 'query')
      return end(journal, await endOf(async () => ({ state: 'done', answer: redactAnswer(await planner.query(asked)) })))
    if (asked?.kind === 'plan') await tellOfChange(journal, asked)
  }

  async function tellOfChange(journal: Journal, asked: PlanMessage): Promise<void> {
    const isQuiet = locks.watch()
    const isFresh = journal.last('planned') === undefined
    if (journal.last('begun') === undefined) {
      const over = await endOf(() => plan(journal, asked))
      if (over !== undefined) return end(journal, over)
      if (wanted(journal, asked) === undefined) return
    }
    // observed a moment ago, and nobody had the resources since: under the locks it would be seen the same
    const isSeen = isFresh && asked.execute && isQuiet()
    if (!(await holding.take(journal.request, journal.last('planned')?.plan.resources ?? []))) return
    try {
      if (stopping) return
      const ready = await endOf(() => agree(journal, asked, isSeen))
      if (ready === 'not yet') return
      if (ready !== 'ready') return await end(journal, ready)
      const ending = await carryOut(journal)
      if (ending === undefined) return
      // what the tools wrote must be as safe from a power cut as our word that it is done
      await deps.settle()
      await end(journal, ending)
    } finally {
      if (!hasBegun(journal) || journal.last('end') !== undefined) holding.letGo(journal.request)
    }
  }

  /** Observe → plan → written down → signed answer; from wherever a crash cut it off. @returns an ending where nothing is left to do */
  async function plan(journal: Journal, asked: PlanMessage): Promise<Ended | undefined> {
    if (cancellation(journal) !== undefined) return cancelledBefore
    const planned =
      journal.last('planned') ??
      (await planner.plan(journal, asked, async (fresh) => {
        await onDisk(journal.append({ kind: 'planned', ...fresh }), answers.say(journal, { kind: 'planned', ...fresh }))
      }))
    await sayPlan(journal)
    if (planned.plan.steps.length === 0) return { state: 'done', reason: 'nothing_to_do', sentence: planned.plan.remarks.join(' ') }
    if (asked.dryRun) return { state: 'done', sentence: 'This was a dry run: nothing was changed.' }
    return undefined
  }

  async function sayPlan(journal: Journal): Promise<void> {
    const planned = journal.last('planned')
    if (planned === undefined || isPlanSaid(journal)) return
    await answers.say(journal, { kind: 'planned', plan: planned.plan, digest: planned.digest })
  }

  /** Still what was approved? Observed and planned again, now that nobody else touches these resources, unless it `isSeen`. */
  async function agree(journal: Journal, asked: PlanMessage, isSeen: boolean): Promise<'ready' | 'not yet' | Ended> {
    if (journal.last('begun') !== undefined) return 'ready'
    if (cancellation(journal) !== undefined) return cancelledBefore
    const approved = wanted(journal, asked)
    const first = journal.last('planned')
    const fresh = isSeen && first !== undefined ? first : await planAgain(journal, asked)
    const changed = approved === 'any' ? fresh.plan.resources.join() !== first?.plan.resources.join() : fresh.digest !== approved
    if (fresh.plan.steps.length === 0) return { state: 'done', reason: 'nothing_to_do', sentence: fresh.plan.remarks.join(' ') }
    if (changed) {
      if (approved === 'any') goOn(journal)
      return 'not yet'
    }
    // what is being carried out stays reserved however long it takes
    planner.reserve(journal.request, fresh.plan.reserves, Number.POSITIVE_INFINITY)
    return 'ready'
  }

  async function planAgain(journal: Journal, asked: PlanMessage): Promise<Planned> {
    const fresh = await planner.plan(journal, asked, async (planned) => {
      if (planned.digest !== journal.last('planned')?.digest) await journal.append({ kind: 'planned', ...planned })
    })
    await sayPlan(journal)
    return fresh
  }

  function carryOut(journal: Journal): Promise<Ended | undefined> {
    const planned = journal.last('planned')
    if (planned === undefined) throw new TypeError('nothing to carry out without a plan')
    return execute(deps, {
      journal,
      plan: planned.plan,
      progress: (steps) => answers.progress(journal, steps),
      cancelled: () => cancellation(journal),
      stopping: () => stopping,
    })
  }

  async function end(journal: Journal, ending: Ended): Promise<void> {
    await journal.append({ kind: 'end', ...ending })
    deps.ended(journal)
    planner.release(journal.request)
    await sayEnd(journal)
    if (journal.last('begun') !== undefined) deps.changed()
  }

  async function sayEnd(journal: Journal): Promise<void> {
    const ended = journal.last('end')
    if (ended === undefined || journal.all('answer').some(({ body }) => body.kind === 'result')) return
    const { kind: _kind, at: _at, ...ending } = ended
    const planned = journal.last('planned')
    const said = planned === undefined ? { steps: [] } : { steps: progressOf(journal, planned.plan), ...saidBy(journal, planned.plan) }
    await answers.say(journal, { kind: 'result', ...said, ...ending })
  }

  async function openAll(): Promise<Journal[]> {
    const opened: Journal[] = []
    for (const request of await journals.requests()) {
      // one that cannot be read must not keep all others waiting
      const journal = await journals
        .open(request)
        .catch((error: unknown) => deps.alarm('a journal cannot be read; look at it and at the host', { request, error: String(error) }))
      if (journal !== undefined) opened.push(journal)
    }
    // whoever has begun has its resources first: nobody else may meet them half changed
    return [...opened.filter(hasBegun), ...opened.filter((journal) => !hasBegun(journal))]
  }

  return {
    receive,
    begin: (message) => alone(message.request, () => writeDown(message, canonicalJson(message))),
    async resume() {
      for (const journal of await openAll()) {
        const asked = journal.all('message')[0]?.message.body
        const planned = journal.last('planned')
        if (planned !== undefined && asked?.kind === 'plan' && !asked.dryRun && journal.last('end') === undefined) {
          planner.reserve(
            journal.request,
            planned.plan.reserves,
            journal.last('begun') === undefined ? asked.reserveUntil : Number.POSITIVE_INFINITY,
          )
        }
        answers.sayAgain(journal, {})
        if (journal.last('end') !== undefined) deps.ended(journal)
        const late = journal.last('end') === undefined && journal.last('begun') === undefined && tooLate(journal, now())
        // the bot may have given it up meanwhile and said that nothing was done
        if (late)
          await end(journal, {
            state: 'expired',
            reason: 'message_expired',
            sentence: 'The host was away for too long, so nothing was done. Ask again.',
          })
        if (journal.last('end') === undefined) sayWhereItStands(journal)
        goOn(journal)
      }
    },
    async stop() {
      stopping = true
      holding.callOffAll()
      await Promise.allSettled(stories.values())
    },
  }
}

const cancelledBefore: Ended = { state: 'cancelled', reason: 'cancelled', sentence: 'It was cancelled before anything was done.' }

function hasBegun(journal: Journal): boolean {
  return journal.last('begun') !== undefined
}
