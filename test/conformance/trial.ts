import { JailopsError } from '../../src/core/errors.ts'
import type { Plan } from '../../src/core/plan.ts'
import { setFaults } from '../../src/lab/lab.ts'
import type { Ending } from '../../src/worker/executor.ts'
import { refusalOf, type World } from './world.ts'
import type { Verb } from './verbs/verb.ts'

export const modes = ['ok', 'lies', 'fails', 'hangs', 'killed'] as const
export type Mode = (typeof modes)[number]

/** `not there`: the driver says that it cannot, and what to use instead. `nothing`: the plan starts no tool that could go wrong. */
export type Outcome = { kind: 'holds' } | { kind: 'not there' } | { kind: 'nothing' } | { kind: 'broken'; why: string }

/** One verb in one way on one host; the host is as it was kept when it begins. */
export async function tryVerb(world: World, verb: Verb, mode: Mode, seed: number): Promise<Outcome> {
  const unprepared = await verb.prepare?.(world).catch(refusalOf)
  if (unprepared?.code === 'not_supported_by_driver') return { kind: 'not there' }
  if (unprepared !== undefined) throw unprepared
  const args = typeof verb.args === 'function' ? await verb.args(world) : verb.args
  const command = world.command(verb.path)
  if (command.risk === 'read') return tryQuestion(world, verb, args, mode)
  const before = await world.traces()
  const planned = await world.plan(command, args).catch(refusalOf)
  if (planned instanceof JailopsError) return refused(planned, before, await world.traces())
  if (planned.plan.steps.length === 0) return { kind: 'broken', why: `nothing to do: ${planned.plan.remarks.join(' ')}` }
  const ready = arrange(world, planned.plan, mode, seed)
  if (!ready) return { kind: 'nothing' }
  const ending = await carryOut(world, planned, mode)
  setFaults(world.lab().folder, [])
  if (mode === 'ok' && ending.state !== 'done') return { kind: 'broken', why: `${ending.state}: ${ending.sentence}` }
  return judge(world, verb, planned.plan, ending, before)
}

function refused(error: JailopsError, before: Record<string, string>, after: Record<string, string>): Outcome {
  const changed = differences(before, after)
  if (changed.length > 0) return { kind: 'broken', why: `refused, but changed: ${changed.join('; ')}` }
  return error.code === 'not_supported_by_driver' ? { kind: 'not there' } : { kind: 'broken', why: `${error.code}: ${error.message}` }
}

/** Makes a tool of the plan go wrong, or the worker die. False where there is nothing that could. */
function arrange(world: World, plan: Plan, mode: Mode, seed: number): boolean {
  const shell = world.shell()
  shell.limit(mode === 'hangs' ? 2 : 120)
  if (mode === 'ok') return true
  if (mode === 'killed') {
    // some steps take several operations: any of the first ones, in one of three ways
    shell.dieAt(1 + (seed % Math.max(1, plan.steps.length)), (['before', 'during', 'after'] as const)[seed % 3] ?? 'after')
    return true
  }
  // what a person's own command should have done nobody else can know, so nobody can see that it lies
  const runs = plan.steps.filter((step) => step.action.kind === 'run' && !(mode === 'lies' && step.asked === true))
  const step = runs[seed % Math.max(1, runs.length)]
  if (step?.action.kind !== 'run') return false
  const [program = '', ...words] = step.action.argv
  const how = { lies: { exitCode: 0 }, fails: { exitCode: 1, stderr: `${program}: it did not work\n` }, hangs: { hang: true } } as const
  setFaults(world.lab().folder, [{ program, argumentsInclude: words, times: 1, ...how[mode] }])
  return true
}

async function carryOut(world: World, planned: { plan: Plan; request: string }, mode: Mode): Promise<Ending> {
  try {
    return await world.carryOut(planned)
  } catch (error) {
    if (mode !== 'killed' || !(error instanceof JailopsError && error.code === 'connection_lost')) throw error
    world.shell().revive()
    return world.carryOut(planned)
  }
}

/** Done and true, or taken back whole; a person is needed only where a step said so before. */
async function judge(world: World, verb: Verb, plan: Plan, ending: Ending, before: Record<string, string>): Promise<Outcome> {
  if (ending.state === 'done') {
    const problems = await verb.problems(world, '')
    return problems.length === 0 ? { kind: 'holds' } : { kind: 'broken', why: `said done, but ${problems.join('; ')}` }
  }
  if ((ending.sentence ?? '').length < 10) return { kind: 'broken', why: `${ending.state} without a sentence` }
  const hasFinal = plan.steps.some((step) => step.final !== undefined)
  if (ending.state === 'needs_human') {
    return hasFinal ? { kind: 'holds' } : { kind: 'broken', why: `needs a human: ${ending.sentence}` }
  }
  if (hasFinal) return { kind: 'holds' }
  const changed = differences(before, await world.traces())
  return changed.length === 0
    ? { kind: 'holds' }
    : { kind: 'broken', why: `${ending.state} (${ending.sentence}), but ${changed.join('; ')}` }
}

/** A question is answered right or not at all. */
async function tryQuestion(world: World, verb: Verb, args: Record<string, unknown>, mode: Mode): Promise<Outcome> {
  if (mode === 'killed' || mode === 'lies') return { kind: 'nothing' }
  const shell = world.shell()
  shell.limit(mode === 'hangs' ? 2 : 120)
  if (mode !== 'ok')
    setFaults(world.lab().folder, [{ program: 'jls', ...(mode === 'fails' ? { exitCode: 1, stderr: 'jls: no\n' } : { hang: true }) }])
  const answer = await world.query(world.command(verb.path), args).catch(refusalOf)
  setFaults(world.lab().folder, [])
  if (answer instanceof JailopsError) {
    if (answer.code === 'not_supported_by_driver') return { kind: 'not there' }
    return mode !== 'ok' && answer.code === 'host_not_ready'
      ? { kind: 'holds' }
      : { kind: 'broken', why: `${answer.code}: ${answer.message}` }
  }
  const problems = await verb.problems(world, JSON.stringify(answer))
  return problems.length === 0 ? { kind: 'holds' } : { kind: 'broken', why: problems.join('; ') }
}

function differences(before: Record<string, string>, after: Record<string, string>): string[] {
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])].filter((key) => before[key] !== after[key])
  const shown = keys
    .slice(0, 5)
    .map((key) => `${key}: ${(before[key] ?? 'absent').slice(0, 300)} → ${(after[key] ?? 'absent').slice(0, 300)}`)
  return keys.length > 5 ? [...shown, `and ${keys.length - 5} more`] : shown
}
