import { JailopsError } from '../../core/errors.ts'
import type { Action, Probe } from '../../core/step.ts'
import { type Effect, type EffectDeps, nothingToKeep } from './effect.ts'
import { probeStanding, probeWords } from './probe-words.ts'
import { holds } from './probes.ts'
import { waitFor } from './waiting.ts'

export function awaitEffect(
  deps: EffectDeps,
  { timeoutSeconds, goesOn }: Extract<Action, { kind: 'await' }>,
  done: Probe | undefined,
): Effect {
  const probe = needed(done)
  return {
    ...nothingToKeep,
    perform: async ({ signal }) => {
      if (await waitFor(deps, probe, { milliseconds: timeoutSeconds * 1000, signal })) return
      if (signal?.aborted) throw new JailopsError('cancelled', 'The request was cancelled while it waited.')
      if (goesOn === true) return
      throw new JailopsError('timed_out', `Within ${timeoutSeconds} s ${probeWords(probe)} did not come to hold.`)
    },
    check: async () => {
      const standing = await probeStanding(deps.shell, probe)
      return goesOn === true && standing === 'not' ? 'half' : standing
    },
  }
}

export function requireEffect(deps: EffectDeps, { otherwise }: Extract<Action, { kind: 'require' }>, done: Probe | undefined): Effect {
  const probe = needed(done)
  return {
    ...nothingToKeep,
    perform: async () => {
      if (!(await holds(deps.shell, probe))) throw new JailopsError('step_failed', otherwise)
    },
    check: () => probeStanding(deps.shell, probe),
  }
}

function needed(done: Probe | undefined): Probe {
  if (done !== undefined) return done
  throw new JailopsError(
    'internal',
    'A step waits for something but does not say for what; this is a mistake in the command that planned it.',
  )
}
