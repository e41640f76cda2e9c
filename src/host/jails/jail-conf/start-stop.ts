import type { Facts } from '../../../core/host.ts'
import type { Jail } from '../../../core/jail.ts'
import type { Layout } from '../../../core/layout.ts'
import type { RunAction, Step, Undo } from '../../../core/step.ts'
import { configurationFile } from './configuration.ts'
import { dependentsOf, neededBy } from './relatives.ts'

/*
 * Always jail(8) by the jail's own file: `service jail start` says 0 whatever happens, and with jail.conf one broken include
 * keeps every jail from starting and stopping.
 */

/** A full jail takes seconds to start; an rc script that waits for the network takes its time too. */
const timeoutSeconds = 180

type Seen = Pick<Facts, 'layout' | 'jails'>

/** What it depends on is started first, where it does not run. */
export function startJail({ layout, jails }: Seen, jail: Jail): Step[] {
  const first = neededBy(jails, jail).filter(({ state }) => state !== 'running')
  return [...first.map((one) => needed(start(layout, one), ` first, on which ${jail.name} depends`)), start(layout, jail)]
}

/** What depends on it is stopped first, where it runs: jail(8) would do the same if it knew. */
export function stopJail({ layout, jails }: Seen, jail: Jail): Step[] {
  const first = dependentsOf(jails, jail).filter(({ state }) => state === 'running')
  return [...first.map((one) => needed(stop(layout, one), ` first, which depends on ${jail.name}`)), stop(layout, jail)]
}

function start(layout: Layout, jail: Jail): Step {
  const { name } = jail
  return {
    title: `Start ${name}`,
    action: run(layout, '-c', jail),
    done: { kind: 'jail', name, running: true },
    undo: [{ action: run(layout, '-r', jail), unless: { kind: 'jail', name, running: false } }, ...noEpair(jail)],
  }
}

function stop(layout: Layout, jail: Jail): Step {
  const { name } = jail
  return {
    title: `Stop ${name}`,
    action: run(layout, '-r', jail),
    // a failing exec.stop leaves the jail running
    done: { kind: 'jail', name, running: false },
    undo: [{ action: run(layout, '-c', jail), unless: { kind: 'jail', name, running: true } }],
  }
}

/** Another step, or another request, may bring about the same. */
function needed(step: Step, why: string): Step {
  return { ...step, title: step.title + why, action: step.action.kind === 'run' ? { ...step.action, unlessDone: true } : step.action }
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
