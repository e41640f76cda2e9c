import { describeAction } from '../../core/describe-action.ts'
import { JailopsError, passLostConnection, toJailopsError } from '../../core/errors.ts'
import type { Probe, Step, Undo } from '../../core/step.ts'
import type { EffectDeps } from './effect.ts'
import { holds } from './probes.ts'
import { runOrThrow } from './run.ts'
import { momentFor, waitFor } from './waiting.ts'

/** Runs a step's undo commands in order. @throws undo_failed */
export async function undoByCommands(deps: EffectDeps, step: Step, options: { groupFile: string }): Promise<void> {
  const { undo = [], done } = step
  let last: Undo | undefined
  for (const item of undo) {
    if (item.unless !== undefined && (await holds(deps.shell, item.unless))) continue
    await undoOne(deps, item, options)
    last = item
  }
  // An exit code is no more to be believed on the way back: what the step had brought about must be gone.
  if (last === undefined || done === undefined || !showsItsUndo(done)) return
  if (await waitFor(deps, done, { milliseconds: momentFor(last.action, done), wanted: false })) return
  throw new JailopsError('undo_failed', `${describeAction(last.action)} reported success, but what it should take back still stands.`)
}

/** Of others the answer depends on more than this step: a reload, a file that is put back after it. */
function showsItsUndo(done: Probe): boolean {
  return done.kind === 'jail' || done.kind === 'path' || done.kind === 'command'
}

async function undoOne(deps: EffectDeps, { action, unless, mayFail }: Undo, options: { groupFile: string }): Promise<void> {
  try {
    if (action.kind === 'proxy-reload') await deps.reloads.ask(action, { isWayBack: true })
    else await runOrThrow(deps, action, options)
  } catch (error) {
    passLostConnection(error)
    // It may fail because there was nothing left to do.
    if (unless !== undefined && (await waitFor(deps, unless, { milliseconds: 1000 }))) return
    if (mayFail === true) return
    const why = toJailopsError(error).message
    throw new JailopsError('undo_failed', `Taking it back with \`${describeAction(action)}\` failed: ${why}`, { cause: error })
  }
}
