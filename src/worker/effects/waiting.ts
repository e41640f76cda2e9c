import type { Probe } from '../../core/step.ts'
import type { EffectDeps } from './effect.ts'
import { holds } from './probes.ts'

export const pollMilliseconds = 100

/** True as soon as the probe holds (or, with `wanted` false, no longer holds); it is asked at least once. */
export async function waitFor(
  deps: EffectDeps,
  probe: Probe,
  { milliseconds, wanted = true, signal }: { milliseconds: number; wanted?: boolean; signal?: AbortSignal | undefined },
): Promise<boolean> {
  const deadline = deps.now() + milliseconds
  while ((await holds(deps.shell, probe)) !== wanted) {
    if (signal?.aborted || deps.now() >= deadline) return false
    await deps.sleep(pollMilliseconds)
  }
  return true
}

/** A service needs a moment until it answers; what the host itself knows shows at once, and only a busy host is late with it. */
export function momentFor(action: { timeoutSeconds: number }, { kind }: Probe): number {
  const seconds = kind === 'http' || kind === 'certificate' || kind === 'haproxy-backend' ? 10 : 3
  return Math.min(seconds, action.timeoutSeconds) * 1000
}
