import type { Jail } from '../../../core/jail.ts'
import type { Layout } from '../../../core/layout.ts'
import type { RunAction, Step, Undo } from '../../../core/step.ts'
import { configurationFile } from './configuration.ts'

/*
 * Always jail(8) by the jail's own file: `service jail start` says 0 whatever happens, and with jail.conf one broken include
 * keeps every jail from starting and stopping. What a jail needs, and what needs it, is the command's to start and stop as well.
 */

/** A full jail takes seconds to start; an rc script that waits for the network takes its time too. */
const timeoutSeconds = 180

export function startJail(layout: Layout, jail: Jail): Step {
  const { name } = jail
  return {
    title: `Start ${name}`,
    action: run(layout, '-c', jail),
    done: { kind: 'jail', name, running: true },
    undo: [{ action: run(layout, '-r', jail), unless: { kind: 'jail', name, running: false } }, ...noEpair(jail)],
  }
}

export function stopJail(layout: Layout, jail: Jail): Step {
  const { name } = jail
  return {
    title: `Stop ${name}`,
    action: run(layout, '-r', jail),
    // a failing exec.stop leaves the jail running
    done: { kind: 'jail', name, running: false },
    undo: [{ action: run(layout, '-c', jail), unless: { kind: 'jail', name, running: true } }],
  }
}

/** A start that fails between making the pair and giving it to the jail leaves the pair, and the next start would stumble over it. */
function noEpair({ vnet, properties }: Jail): Undo[] {
  const inside = properties['vnet.interface']
  if (!vnet || inside === undefined || !/^epair[0-9]+b$/.test(inside)) return []
  const outside = inside.replace(/b$/, 'a')
  return [
    {
      action: { kind: 'run', argv: ['ifconfig', outside, 'destroy'], timeoutSeconds: 30 },
      unless: { kind: 'command', argv: ['ifconfig', outside], exitCode: 1 },
    },
  ]
}

function run(layout: Layout, flag: '-c' | '-r', { name, configuration }: Pick<Jail, 'name' | 'configuration'>): RunAction {
  return { kind: 'run', argv: ['jail', '-f', configuration ?? configurationFile(layout, name), flag, name], timeoutSeconds }
}
