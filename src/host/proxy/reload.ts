import type { Layout } from '../../core/layout.ts'
import type { Probe, RunAction, Step } from '../../core/step.ts'

export const reload: RunAction = { kind: 'run', argv: ['service', 'haproxy', 'reload'], timeoutSeconds: 60 }

/**
 * A change of HAProxy's files and the reload that makes it true, in both directions. The way back carries its reload on the change, not
 * on the reload step: steps are taken back in reverse order, so an undo of the latter would run while the changed file still stands. A
 * step's own file is put back before its undo commands run.
 */
export function changeAndReload(change: Step, done: Probe): Step[] {
  const isStopped: Probe = { kind: 'command', argv: ['service', 'haproxy', 'status'], exitCode: 1 }
  return [
    { ...change, undo: [{ action: reload, unless: isStopped }] },
    { title: 'Reload HAProxy; open connections go on', action: reload, done },
  ]
}

export function reloadIt(layout: Layout): Step {
  return { title: 'Reload HAProxy; open connections go on', action: reload, done: refusesStrangers(layout) }
}

/** Only our front says 421 to a host that nobody has: so it is ours that listens there. */
export function refusesStrangers({ haproxy }: Layout): Probe {
  return {
    kind: 'http',
    address: haproxy.bindAddress,
    port: haproxy.bindPort,
    path: '/',
    hostHeader: 'nobody.invalid',
    statusFrom: 421,
    statusTo: 421,
  }
}
