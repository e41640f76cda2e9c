import { JailopsError } from '../../core/errors.ts'
import type { Probe } from '../../core/step.ts'
import { refusesStrangers } from '../../host/proxy/reload.ts'
import type { ProxyReload } from '../reloads.ts'
import { type Effect, type EffectDeps, nothingToKeep } from './effect.ts'
import { probeStanding, probeWords } from './probe-words.ts'
import { waitFor } from './waiting.ts'

/** One that others may share; what this step wants of it is seen to afterwards. */
export function proxyReloadEffect(deps: EffectDeps, action: ProxyReload, done: Probe | undefined): Effect {
  const wanted = [...(action.front === undefined ? [] : [refusesStrangers(action.front)]), ...(done === undefined ? [] : [done])]
  return {
    ...nothingToKeep,
    perform: async ({ signal }) => {
      await deps.reloads.ask(action)
      for (const probe of wanted) {
        if (await waitFor(deps, probe, { milliseconds: 10_000, signal })) continue
        throw new JailopsError('step_failed', `HAProxy reads its files anew, but ${probeWords(probe)} does not hold.`)
      }
    },
    // reading the files once more does no harm
    check: async () => (done === undefined ? 'half' : probeStanding(deps.shell, done)),
  }
}
