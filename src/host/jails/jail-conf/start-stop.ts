import type { Jail } from '../../../core/jail.ts'
import type { Layout } from '../../../core/layout.ts'
import type { RunAction, Step } from '../../../core/step.ts'
import { configurationFile } from './configuration.ts'

/*
 * Always jail(8) by the jail's own file: `service jail start` says 0 whatever happens, and with jail.conf one broken include
 * keeps every jail from starting and stopping.
 */

/** A full jail takes seconds to start; an rc script that waits for the network takes its time too. */
const timeoutSeconds = 180

export function startJail(layout: Layout, { name }: Pick<Jail, 'name'>): Step[] {
  return [
    {
      title: `Start ${name}`,
      action: jail(layout, '-c', name),
      done: { kind: 'jail', name, running: true },
      undo: [{ action: jail(layout, '-r', name), unless: { kind: 'jail', name, running: false } }],
    },
  ]
}

export function stopJail(layout: Layout, { name }: Pick<Jail, 'name'>): Step[] {
  return [
    {
      title: `Stop ${name}`,
      action: jail(layout, '-r', name),
      // a failing exec.stop leaves the jail running
      done: { kind: 'jail', name, running: false },
      undo: [{ action: jail(layout, '-c', name), unless: { kind: 'jail', name, running: true } }],
    },
  ]
}

function jail(layout: Layout, flag: '-c' | '-r', name: string): RunAction {
  return { kind: 'run', argv: ['jail', '-f', configurationFile(layout, name), flag, name], timeoutSeconds }
}
