import { JailopsError, passLostConnection, toJailopsError } from '../core/errors.ts'
import type { RequestState } from '../core/card.ts'
import type { StepProgress } from '../core/message.ts'
import type { Plan } from '../core/plan.ts'
import { redact } from '../core/redact.ts'
import { sealSecret } from '../core/sealed-secret.ts'
import type { Step } from '../core/step.ts'
import { createDue, type Due } from './due.ts'
import type { EntryOf, NewEntry } from './entries.ts'
import type { RunOptions } from './effects/effect.ts'
import type { Effects } from './effects/index.ts'
import { type Journal, onDisk } from './journal.ts'
import type { ProxyGate } from './proxy-gate.ts'
import { shownOutput } from './shown.ts'

export interface Ending {
  state: RequestState
  reason?: string
  sentence?: string
}

export interface ExecutorDeps {
  effects: Effects
  /** Waits for, then ends, what an earlier life of this worker left running. */
  endGroup(groupFile: string, waitSeconds: number): Promise<unknown>
  /** Short holds of the host's proxy. */
  gate: Pick<ProxyGate, 'before' | 'over'>
}

export interface Run {
  journal: Journal
  plan: Plan
  /** Called after every change of a step. */
  progress(steps: StepProgress[]): void
  /** Why it should not go on, if so. */
  cancelled(): JailopsError | undefined
  /** True while the worker shuts down: the run stops between steps and is taken up again at the next start. */
  stopping(): boolean
}

/**
 * Carries a plan out, from wherever its journal stands: forward, and back if something fails or it is cancelled.
 * @returns how it ended, or undefined when the worker stopped in between
 * @throws connection_lost: to be called again when the host can be reached
 */
export async function execute(deps: ExecutorDeps, run: Run): Promise<Ending | undefined> {
  let isOver = false
  try {
    const ending = await deps.effects.during(() => thereAndBack(deps, run))
    isOver = ending !== undefined
    return ending
  } finally {
    // whoever has not begun may be given up, or wait for another approval, and never come again
    if (isOver || run.journal.last('begun') === undefined) deps.gate.over(run.journal.request)
  }
}

async function thereAndBack(deps: ExecutorDeps, run: Run): Promise<Ending | undefined> {
  if (run.journal.last('turn') === undefined) {
    const forward = await goForward(deps, run)
    if (forward !== 'turned') return forward
  }
  const turn = run.journal.last('turn')
  if (run.plan.keep === true && turn !== undefined && turn.reason !== 'cancelled') {
    return { state: 'failed', reason: turn.reason, sentence: `${turn.sentence} What was done before that stays, as asked.` }
  }
  return goBack(deps, run)
}

async function goForward(deps: ExecutorDeps, run: Run): Promise<Ending | undefined | 'turned'> {
  const { journal, plan } = run
  const due = createDue()
  for (const [index, step] of plan.steps.entries()) {
    if (stepEntry(journal, 'done', 'do', index) !== undefined) continue
    if (run.stopping()) {
      await write(journal, ...(await due.take()))
      return undefined
    }
    const said: Said = {}
    try {
      const cancelled = run.cancelled()
      if (cancelled !== undefined) throw cancelled
      run.progress(progressOf(journal, plan))
      await deps.gate.before(journal.request, step)
      const { settled } = await doStep(deps, run, index, step, { ...listenersFor(journal, said), due })
      due.add({ kind: 'done', direction: 'do', step: index, ...said }, settled)
      if (!isAskedInNoTime(step) || index === plan.steps.length - 1) await write(journal, ...(await due.take()))
    } catch (error) {
      // how the step stands is not known: as after a crash, its probe is asked when the host can be reached again
      passLostConnection(error)
      const { code, message } = toJailopsError(error)
      await write(journal, ...(await due.take().catch(() => [])), {
        kind: 'turn',
        step: index,
        reason: code,
        sentence: code === 'cancelled' ? message : redact(`${step.title}: ${message}`),
        ...(said.output !== undefined && { output: said.output }),
      })
      return 'turned'
    }
  }
  return { state: 'done' }
}

/** What a step says beside how it ended, as it may be kept. */
interface Said {
  output?: string
  sealed?: string
}

function listenersFor({ request, all }: Journal, said: Said): Pick<RunOptions, 'heard' | 'confide'> {
  const sealTo = all('message')
    .map(({ message: { body } }) => (body.kind === 'plan' || body.kind === 'apply' ? body.sealTo : undefined))
    .findLast((key) => key !== undefined)
  return {
    heard: (printed) => void (said.output = shownOutput(printed)),
    ...(sealTo !== undefined && { confide: (secret) => void (said.sealed = sealSecret(secret, sealTo, request)) }),
  }
}

/**
 * One step, begun for the first time or found begun after a crash. Never blindly repeated: its probe is asked first.
 * @returns what has to come to pass before it is done
 */
async function doStep(
  deps: ExecutorDeps,
  { journal, plan, progress }: Run,
  index: number,
  step: Step,
  { due, ...listeners }: Pick<RunOptions, 'heard' | 'confide'> & { due: Due },
): Promise<{ settled: Promise<void> }> {
  const earlier = stepEntry(journal, 'intent', 'do', index)
  if (earlier !== undefined) {
    await endWhatRuns(deps, journal, index, step)
    if (step.asked === true) throw new JailopsError('state_unknown', notTwice)
    const standing = await deps.effects.check(step)
    if (standing === 'done') return { settled: Promise.resolve() }
    if (standing === 'half') {
      await journal.append({ kind: 'intent', direction: 'undo', step: index, before: null })
      await deps.effects.revert(step, earlier.before, { groupFile: journal.groupFile(attemptName(journal, 'undo', index)) })
    }
  }
  const first = earlier === undefined ? await deps.effects.begin(step) : undefined
  const before = earlier === undefined ? (first?.before ?? null) : earlier.before
  const written = due
    .take()
    .then((entries) => write(journal, ...entries, { kind: 'intent', direction: 'do', step: index, before }))
    .then(() => progress(progressOf(journal, plan)))
  try {
    // what changes nothing needs no record that goes before it
    if (!onlyLooks(step)) await written
  } catch (error) {
    await first?.callOff()
    throw error
  }
  const options = { groupFile: journal.groupFile(attemptName(journal, 'do', index)), ...listeners }
  await onDisk(written, first === undefined ? deps.effects.perform(step, options) : first.perform(options))
  return { settled: first?.settled() ?? Promise.resolve() }
}

function onlyLooks({ action }: Step): boolean {
  return action.kind === 'await' || action.kind === 'require'
}

/** Should the word that it is done be lost, its own probe says so, at no cost, and whatever it had to say is nothing. */
function isAskedInNoTime(step: Step): boolean {
  return onlyLooks(step) || step.action.kind === 'proxy-map' || step.action.kind === 'map-entry'
}

const notTwice =
  'the worker stopped, or lost its host, about when this ran. It is not run a second time, so whether it ran and how it ended is not known. Look at what it was to do.'

/** The first that is written of a run says that it has begun. */
async function write(journal: Journal, ...entries: readonly NewEntry[]): Promise<void> {
  if (entries.length === 0) return
  const begun = journal.last('begun') === undefined ? [journal.append({ kind: 'begun' })] : []
  await onDisk(...begun, ...entries.map((entry) => journal.append(entry)))
}

async function goBack(deps: ExecutorDeps, run: Run): Promise<Ending | undefined> {
  const { journal, plan } = run
  const turn = journal.last('turn')
  const steps = [...plan.steps.entries()].toReversed()
  const final: string[] = []
  for (const [index, step] of steps) {
    const intent = stepEntry(journal, 'intent', 'do', index)
    if (intent === undefined || stepEntry(journal, 'done', 'undo', index) !== undefined) continue
    if (run.stopping()) return undefined
    if (step.final !== undefined) {
      if (answersForItself(step) && index === turn?.step) continue
      final.push(`Step ${index + 1} (${step.title}) stays done or half done: ${step.final}.`)
      continue
    }
    try {
      await deps.gate.before(journal.request, step)
      await endWhatRuns(deps, journal, index, step)
      await journal.append({ kind: 'intent', direction: 'undo', step: index, before: null })
      await deps.effects.revert(step, intent.before, { groupFile: journal.groupFile(attemptName(journal, 'undo', index)) })
      await journal.append({ kind: 'done', direction: 'undo', step: index })
      run.progress(progressOf(journal, plan))
    } catch (error) {
      passLostConnection(error)
      return {
        state: 'needs_human',
        reason: 'undo_failed',
        sentence: `${turn?.sentence ?? 'It did not go on.'} Taking step ${index + 1} back failed too (${step.title}): ${toJailopsError(error).message} Look at the host; the steps above show what still stands.`,
      }
    }
  }
  if (final.length > 0) {
    return {
      state: 'needs_human',
      reason: 'undo_failed',
      sentence: `${turn?.sentence ?? 'It did not go on.'} All other steps were taken back. ${final.join(' ')}`,
    }
  }
  const why = { ...(turn !== undefined && { reason: turn.reason, sentence: turn.sentence }) }
  if (turn?.reason === 'cancelled') return { state: 'cancelled', ...why }
  const failed = plan.steps[turn?.step ?? -1]
  if (failed !== undefined && answersForItself(failed)) {
    return { state: turn?.reason === 'state_unknown' ? 'needs_human' : 'failed', ...why }
  }
  const tookEffect = plan.steps.some((_, index) => stepEntry(journal, 'done', 'do', index) !== undefined)
  return { state: tookEffect ? 'undone' : 'failed', ...why }
}

/** Where it fails, its sentence (and what it printed) says how things stand: whoever asked can ask again, and nobody has to mend anything. */
function answersForItself({ asked, action }: Step): boolean {
  return asked === true || action.kind === 'password'
}

/** Before a step is touched again, nothing of it (nor of an earlier try to take it back) may still be running. */
async function endWhatRuns(deps: ExecutorDeps, journal: Journal, index: number, step: Step): Promise<void> {
  if (stepEntry(journal, 'done', 'do', index) === undefined) {
    await deps.endGroup(journal.groupFile(attemptName(journal, 'do', index)), timeoutOf(step))
  }
  if (stepEntry(journal, 'intent', 'undo', index) !== undefined) {
    await deps.endGroup(journal.groupFile(attemptName(journal, 'undo', index)), timeoutOf(step))
  }
}

function stepEntry(journal: Journal, kind: 'done', direction: 'do' | 'undo', step: number): EntryOf<'done'> | undefined
function stepEntry(journal: Journal, kind: 'intent', direction: 'do' | 'undo', step: number): EntryOf<'intent'> | undefined
function stepEntry(
  journal: Journal,
  kind: 'intent' | 'done',
  direction: 'do' | 'undo',
  step: number,
): EntryOf<'intent' | 'done'> | undefined {
  const entries: EntryOf<'intent' | 'done'>[] = journal.all(kind)
  return entries.findLast((entry) => entry.direction === direction && entry.step === step)
}

/** Every attempt has a group file of its own, named by how often the step was begun. */
function attemptName(journal: Journal, direction: 'do' | 'undo', step: number): string {
  const attempts = journal.all('intent').filter((entry) => entry.direction === direction && entry.step === step).length
  return `${direction}-${step}-${attempts}`
}

function timeoutOf(step: Step): number {
  return 'timeoutSeconds' in step.action ? step.action.timeoutSeconds : 5
}

/** How each step stands, read from the journal alone. */
export function progressOf(journal: Journal, plan: Plan): StepProgress[] {
  const turn = journal.last('turn')
  return plan.steps.map((_, index) => {
    if (stepEntry(journal, 'done', 'undo', index) !== undefined)
      return { state: index === turn?.step && turn.reason !== 'cancelled' ? 'failed' : 'undone' }
    if (turn !== undefined && index === turn.step && turn.reason !== 'cancelled') return { state: 'failed' }
    if (stepEntry(journal, 'done', 'do', index) !== undefined) return { state: 'done' }
    return { state: stepEntry(journal, 'intent', 'do', index) === undefined ? 'pending' : 'running' }
  })
}
