import type { Layout } from '../../core/layout.ts'
import type { Action, Probe, RunAction, Step } from '../../core/step.ts'

/** As the rc script does it. */
export const reload: RunAction = { kind: 'run', argv: ['service', 'haproxy', 'reload'], timeoutSeconds: 60 }

export const isStopped: Probe = { kind: 'command', argv: ['service', 'haproxy', 'status'], exitCode: 1 }

type ProxyReload = Extract<Action, { kind: 'proxy-reload' }>

/**
 * A change of HAProxy's files and the reload that makes it true, in both directions. The way back carries its reload on the change, not
 * on the reload step: steps are taken back in reverse order, so an undo of the latter would run while the changed file still stands. A
 * step's own file is put back before its undo commands run. `why` ends the sentence "Reload HAProxy, for …".
 */
export function changeAndReload(layout: Layout, change: Step, why: string, done?: Probe): Step[] {
  return [{ ...change, undo: [{ action: reloadBack(layout, why), unless: isStopped }] }, reloadIt(layout, why, done)]
}

/** Open connections go on. */
export function reloadIt(layout: Layout, why: string, done?: Probe): Step {
  return {
    title: `Reload HAProxy, for ${why}`,
    action: reloadOf(layout, why),
    ...(done !== undefined && { done }),
  }
}

export function reloadOf({ haproxy }: Layout, why: string): ProxyReload {
  const { socket, pidFile, usualFile, bindAddress, bindPort } = haproxy
  const front = { address: bindAddress, port: bindPort }
  return { kind: 'proxy-reload', why, socket, pidFile, usualFile, by: 'our-files', front, timeoutSeconds: 60 }
}

/** What it answers by the files of before is not ours to say. */
export function reloadBack(layout: Layout, why: string, by: ProxyReload['by'] = 'our-files'): ProxyReload {
  const { front: _front, ...how } = reloadOf(layout, `what is taken back: ${why}`)
  return { ...how, by }
}

/** Only our front says 421 to a host that nobody has: so it is ours that listens there. */
export function refusesStrangers({ address, port }: { address: string; port: number }): Probe {
  return { kind: 'http', address, port, path: '/', hostHeader: 'nobody.invalid', statusFrom: 421, statusTo: 421 }
}
