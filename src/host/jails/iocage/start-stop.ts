import { JailopsError } from '../../../core/errors.ts'
import type { Facts } from '../../../core/host.ts'
import type { Jail } from '../../../core/jail.ts'
import type { Layout } from '../../../core/layout.ts'
import type { RunAction, Step, Undo } from '../../../core/step.ts'
import { dependsOf } from './config.ts'
import { isThere, mustBeJail } from './guards.ts'
import { callIocage } from './paths.ts'

/* By iocage, which writes down what it started; the kernel is asked afterwards. stop says 0 of what did not run. */

const timeoutSeconds = 300

type Seen = Pick<Facts, 'layout' | 'jails'>

export function startJail(facts: Seen, jail: Jail): Step[] {
  mustBeJail(jail)
  return [...neededBy(facts, jail).map((one) => runsBefore(one, jail)), isThere(facts.layout, jail.name), start(jail)]
}

export function stopJail(layout: Layout, jail: Jail): Step[] {
  mustBeJail(jail)
  const { name, kernelName } = jail
  return [
    isThere(layout, name),
    {
      title: `Stop ${name}`,
      action: callIocage(['stop', name], name, timeoutSeconds),
      // a failing exec_stop leaves the jail running
      done: { kind: 'jail', name: kernelName, running: false },
      undo: [{ action: callIocage(['start', name], name, timeoutSeconds), unless: { kind: 'jail', name: kernelName, running: true } }],
    },
  ]
}

function start({ name, kernelName }: Jail): Step {
  return {
    title: `Start ${name}`,
    action: callIocage(['start', name], name, timeoutSeconds),
    done: { kind: 'jail', name: kernelName, running: true },
    undo: takeDown(name, kernelName),
  }
}

/** Or iocage would start it too, unasked, and nothing would stop it again. */
function runsBefore({ name, kernelName }: Jail, jail: Jail): Step {
  return {
    title: `Check that ${name} runs, which ${jail.name} needs`,
    action: { kind: 'require', otherwise: `${jail.name} needs ${name}, which does not run. Start it first: /jail start ${name}` },
    done: { kind: 'jail', name: kernelName, running: true },
  }
}

/** By force where a service in it does not end, and by jail(8) with the file that iocage started it by. */
export function takeDown(name: string, kernelName: string): Undo[] {
  const unless = { kind: 'jail', name: kernelName, running: false } as const
  const byJail: RunAction = { kind: 'run', argv: ['jail', '-f', `/var/run/jail.${kernelName}.conf`, '-r', kernelName], timeoutSeconds }
  return [
    { action: callIocage(['stop', name], name, timeoutSeconds), unless, mayFail: true },
    { action: callIocage(['stop', '-f', name], name, timeoutSeconds), unless, mayFail: true },
    { action: byJail, unless },
  ]
}

/** @throws host_not_ready: iocage would take another jail for one that is not there */
function neededBy({ jails }: Seen, jail: Jail): Jail[] {
  return dependsOf(jail).map((name) => {
    const other = jails.find((one) => one.manager === 'iocage' && one.name === name)
    if (other !== undefined && other.properties['type'] !== 'template') return other
    throw new JailopsError(
      'host_not_ready',
      `${jail.name} needs a jail ${name}, which iocage does not have; it would start another one whose name begins so. ` +
        `Take that away first: /jail depends remove ${jail.name} on:${name}`,
    )
  })
}
