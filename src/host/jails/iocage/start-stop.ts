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

/** Those that it needs first, each by a step of its own: iocage would start them too, by the beginning of a name even. */
export function startJail(facts: Seen, jail: Jail): Step[] {
  mustBeJail(jail)
  const first = neededBy(facts, jail).flatMap((one) => [isThere(facts.layout, one.name), ifNeeded(start(one), jail)])
  return [...first, isThere(facts.layout, jail.name), start(jail)]
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

/** Another step, or another request, may bring about the same. */
function ifNeeded(step: Step, { name }: Jail): Step {
  const { title, action } = step
  return { ...step, title: `${title} first, which ${name} needs`, action: action.kind === 'run' ? { ...action, unlessDone: true } : action }
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

/** In the order in which they must start; those that run already need nothing. @throws host_not_ready */
function neededBy({ jails }: Pick<Facts, 'jails'>, jail: Jail, before: readonly Jail[] = [jail]): Jail[] {
  const all = dependsOf(jail).flatMap((name) => {
    const other = jails.find((one) => one.manager === 'iocage' && one.name === name)
    if (other === undefined || other.properties['type'] === 'template') {
      throw new JailopsError(
        'host_not_ready',
        `${jail.name} needs a jail ${name}, which iocage does not have; it would start another one whose name begins so. ` +
          `Take that away first: /jail depends remove ${jail.name} on:${name}`,
      )
    }
    if (before.includes(other)) {
      throw new JailopsError(
        'host_not_ready',
        `${jail.name} and ${other.name} need each other, so neither can start first. See /jail depends.`,
      )
    }
    const needed = neededBy({ jails }, other, [...before, other])
    if (other.state === 'running') return needed
    if (!other.ours) {
      throw new JailopsError(
        'host_not_ready',
        `${jail.name} needs ${name}, which is stopped and not a jail of jailops. Start it with iocage first, or: /jail adopt ${name}`,
      )
    }
    return [...needed, other]
  })
  return [...new Set(all)]
}
