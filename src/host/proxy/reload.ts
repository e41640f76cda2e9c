import type { Layout } from '../../core/layout.ts'
import type { Probe, RunAction, Step } from '../../core/step.ts'

export const reload: RunAction = { kind: 'run', argv: ['service', 'haproxy', 'reload'], timeoutSeconds: 60 }

/**
 * A change of HAProxy's files and the reload that makes it true, in both directions. The way back carries its reload on the change, not
 * on the reload step: steps are taken back in reverse order, so an undo of the latter would run while the changed file still stands. A
 * step's own file is put back before its undo commands run. `why` ends the sentence "Reload HAProxy, for …".
 */
export function changeAndReload(layout: Layout, change: Step, why: string, done?: Probe): Step[] {
  const isStopped: Probe = { kind: 'command', argv: ['service', 'haproxy', 'status'], exitCode: 1 }
  return [{ ...change, undo: [{ action: reload, unless: isStopped }] }, reloadIt(layout, why, done)]
}

/** Open connections go on. */
export function reloadIt({ haproxy }: Layout, why: string, done?: Probe): Step {
  const { configFolder, pidFile } = haproxy
  const front = { address: haproxy.bindAddress, port: haproxy.bindPort }
  return {
    title: `Reload HAProxy, for ${why}`,
    action: { kind: 'proxy-reload', socket: haproxy.socket, front, timeoutSeconds: 60, handOver: { configFolder, pidFile } },
    ...(done !== undefined && { done }),
  }
}

/** Only our front says 421 to a host that nobody has: so it is ours that listens there. */
export function refusesStrangers({ address, port }: { address: string; port: number }): Probe {
  return { kind: 'http', address, port, path: '/', hostHeader: 'nobody.invalid', statusFrom: 421, statusTo: 421 }
}
