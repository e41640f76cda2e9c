import { z } from 'zod'
import { JailopsError, passLostConnection } from '../../core/errors.ts'
import type { Probe, RunAction } from '../../core/step.ts'
import { type Effect, type EffectDeps, nothingToKeep, parseBefore, type RunOptions } from './effect.ts'
import { probeStanding, probeWords } from './probe-words.ts'
import { momentFor, pollMilliseconds, waitFor } from './waiting.ts'
import { howItEnded, lastWords } from './words.ts'

/** A command. Its exit code is only half an answer: `service jail start` says 0 whatever happens. */
export function runEffect(deps: EffectDeps, action: RunAction, done: Probe | undefined): Effect {
  const standingOf = async () => (done === undefined ? 'half' : probeStanding(deps.shell, done))
  return {
    ...nothingToKeep,
    // what held before us is not ours to take back: an HAProxy that ran already is not stopped because we could not start it
    capture: async () => JSON.stringify({ held: (await standingOf()) === 'done' } satisfies Held),
    perform: async (options) => {
      if (action.unlessDone === true && (await standingOf()) === 'done') return
      await runOrThrow(deps, action, options)
      if (done === undefined) return
      // Half of it looks like all of it from outside; but without the path not even half was done.
      const probe: Probe = done.kind === 'journal-only' ? { kind: 'path', path: done.path, exists: true } : done
      if (await waitFor(deps, probe, { milliseconds: momentFor(action, probe), signal: options.signal })) return
      throw new JailopsError('step_failed', `${action.argv[0]} reported success, but ${probeWords(probe)} does not hold.`)
    },
    check: standingOf,
  }
}

const heldSchema = z.strictObject({ held: z.boolean() })
type Held = z.infer<typeof heldSchema>

/** Whether what a command was to bring about stood before it. */
export function heldBefore(before: string | null): boolean {
  return parseBefore(heldSchema, before)?.held === true
}

type Hands = Pick<EffectDeps, 'shell' | 'now' | 'sleep'>

/** @throws step_failed, timed_out or cancelled, with the tool's own words */
export async function runOrThrow(deps: Hands, action: RunAction, { groupFile, signal, heard }: RunOptions): Promise<void> {
  const { argv, stdin, timeoutSeconds, shows } = action
  const before = await listed(deps, action)
  const result = await deps.shell.run({
    argv,
    timeoutSeconds,
    groupFile,
    ...(stdin !== undefined && { stdin }),
    ...(signal !== undefined && { signal }),
  })
  if (shows === true) heard?.(`${result.stdout}${result.stdout === '' || result.stdout.endsWith('\n') ? '' : '\n'}${result.stderr}`)
  if (result.exitCode === 0 && !result.timedOut) return awaitReplaced(deps, action, before)
  if (signal?.aborted) throw new JailopsError('cancelled', `${argv[0]} was stopped because the request was cancelled.`)
  const code = result.timedOut ? 'timed_out' : 'step_failed'
  // its words are shown anyway, and whole
  if (shows === true) throw new JailopsError(code, `it ${howItEnded(result)}.`)
  throw new JailopsError(code, `${argv[0]} ${howItEnded(result)}: ${lastWords(result)}${await inTheWay(deps, action)}`)
}

/** Each word that it prints is one of what will be replaced. */
async function listed({ shell }: Hands, { replaces }: RunAction): Promise<string[]> {
  if (replaces === undefined) return []
  const { stdout } = await shell.run({ argv: replaces, timeoutSeconds: 30 })
  return stdout.split(/\s+/).filter((word) => word !== '')
}

async function awaitReplaced(deps: Hands, action: RunAction, before: readonly string[]): Promise<void> {
  const deadline = deps.now() + action.timeoutSeconds * 1000
  let left = before
  while (left.length > 0) {
    const now = new Set(await listed(deps, action))
    left = before.filter((word) => now.has(word))
    if (left.length > 0 && deps.now() >= deadline) {
      throw new JailopsError(
        'step_failed',
        `${action.argv.join(' ')} reported success, but what was there before still is: ${left.join(' ')}.`,
      )
    }
    if (left.length > 0) await deps.sleep(pollMilliseconds)
  }
}

/** fstat(1) and its like: a line of headings, then a process a line. It informs, so its own failure is no matter. */
async function inTheWay({ shell }: Hands, { blame }: RunAction): Promise<string> {
  if (blame === undefined) return ''
  const answer = await shell.run({ argv: blame, timeoutSeconds: 30 }).catch(passLostConnection)
  const holders = (answer?.stdout ?? '')
    .split('\n')
    .slice(1)
    .filter((line) => line.trim() !== '')
  if (holders.length === 0) return ''
  const shown = holders.slice(0, 3).map((line) => line.trim().split(/\s+/).slice(0, 3).join(' '))
  return `\nIn the way (${blame.join(' ')}): ${shown.join('; ')}${holders.length > shown.length ? ` and ${holders.length - shown.length} more` : ''}. End that, and ask again.`
}
