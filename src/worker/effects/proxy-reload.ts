import { JailopsError } from '../../core/errors.ts'
import type { Action, Probe } from '../../core/step.ts'
import { handOver } from '../../host/proxy/hand-over.ts'
import { refusesStrangers, reload } from '../../host/proxy/reload.ts'
import { createHaproxySocket } from '../../host/proxy/socket.ts'
import { type Effect, type EffectDeps, nothingToKeep, type RunOptions } from './effect.ts'
import { probeStanding, probeWords } from './probe-words.ts'
import { runOrThrow } from './run.ts'
import { waitFor } from './waiting.ts'

/**
 * Who does it says 0 when HAProxy is told; whether a new process took over is asked at the socket. Two reloads close to each other
 * may become one (measured), so there is one at a time and each is waited for.
 */
export function proxyReloadEffect(deps: EffectDeps, action: Extract<Action, { kind: 'proxy-reload' }>, done: Probe | undefined): Effect {
  const haproxy = createHaproxySocket(deps.shell, action.socket)
  const pid = async () => (await haproxy.info()).get('Pid')
  return {
    ...nothingToKeep,
    perform: async (options) => {
      const before = await pid()
      if (!(await isHandedOver(deps, action, options))) {
        await runOrThrow(deps, { ...reload, timeoutSeconds: action.timeoutSeconds }, options)
      }
      const milliseconds = action.timeoutSeconds * 1000
      const isNew = async () => (await pid().catch(() => before)) !== before
      const deadline = deps.now() + milliseconds
      while (!(await isNew())) {
        if (options.signal?.aborted || deps.now() >= deadline) {
          throw new JailopsError('step_failed', 'The service reported success, but HAProxy goes on with its old process and its old files.')
        }
        await deps.sleep(20)
      }
      for (const probe of [refusesStrangers(action.front), ...(done === undefined ? [] : [done])]) {
        if (await waitFor(deps, probe, { milliseconds: 10_000, signal: options.signal })) continue
        throw new JailopsError('step_failed', `HAProxy reads its files anew, but ${probeWords(probe)} does not hold.`)
      }
    },
    // reading the files once more does no harm
    check: async () => (done === undefined ? 'half' : probeStanding(deps.shell, done)),
  }
}

async function isHandedOver(
  { shell }: EffectDeps,
  { socket, handOver: at, timeoutSeconds }: Extract<Action, { kind: 'proxy-reload' }>,
  { groupFile, signal }: RunOptions,
): Promise<boolean> {
  return at !== undefined && handOver(shell, { ...at, socket }, { timeoutSeconds, groupFile, ...(signal !== undefined && { signal }) })
}
