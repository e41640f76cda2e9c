import type { Clock } from '../core/clock.ts'
import { toJailopsError } from '../core/errors.ts'
import type { Reconciled } from '../host/proxy/mending.ts'
import type { ResourceLocks } from './locks.ts'
import type { ProxyGate } from './proxy-gate.ts'

/** When the running proxy is held against its files, and what becomes of what that finds. */
export interface Reconciling {
  /** @param process that runs now: another one has to be looked at */
  look(process: { pid: number; uptimeSeconds: number }): Promise<void>
  /** How the two differ where that could not be mended. */
  drift(): readonly string[]
}

export interface ReconcilingDeps {
  now: Clock
  locks: ResourceLocks
  gate: Pick<ProxyGate, 'looking'>
  reconcile(): Promise<Reconciled>
  /** `why` as sentences. @throws where it failed */
  reload(why: string): Promise<void>
  say(what: string, details: Record<string, unknown>): void
}

const everyMilliseconds = 5 * 60_000

export function createReconciling({ now, locks, gate, reconcile, reload, say }: ReconcilingDeps): Reconciling {
  let last: { at: number; pid: number; uptimeSeconds: number } | undefined
  let problems: readonly string[] = []
  let reloadedFor = ''

  /** One reload for one reason: where it does not help, another would not either. */
  async function reloadFor(lacking: readonly string[]): Promise<readonly string[]> {
    const reason = lacking.join(' ')
    if (reason === '' || reason === reloadedFor) return lacking
    reloadedFor = reason
    try {
      await reload(reason)
      return []
    } catch (error) {
      return [...lacking, `A reload failed: ${toJailopsError(error).message}`]
    }
  }

  async function mend({ pid, uptimeSeconds }: { pid: number; uptimeSeconds: number }): Promise<void> {
    const { mended, lacking, problems: found } = await reconcile()
    last = { at: now(), pid, uptimeSeconds }
    for (const what of mended) say('mended the running HAProxy', { what })
    if (lacking.length === 0) reloadedFor = ''
    const left = await reloadFor(lacking)
    // whether a reload has helped is seen at the next look
    if (lacking.length > 0 && left.length === 0) last = undefined
    problems = [...found, ...left]
    for (const problem of problems) say('the running HAProxy differs from its files', { problem })
  }

  return {
    async look(process) {
      const isKnown = last !== undefined && last.pid === process.pid && last.uptimeSeconds <= process.uptimeSeconds
      if (isKnown && last !== undefined && now() - last.at < everyMilliseconds) return
      // not beside a plan that brings HAProxy to our files, or to others; nor in the middle of a change: that is seen at the next look
      const release = locks.tryAcquire(['shared:proxy'])
      if (release === undefined) return
      try {
        await gate.looking(() => mend(process))
      } finally {
        release()
      }
    },
    drift: () => problems,
  }
}
