import { JailopsError } from '../../../core/errors.ts'
import type { Facts } from '../../../core/host.ts'
import type { Jail } from '../../../core/jail.ts'
import type { Step } from '../../../core/step.ts'
import { notSupported } from '../not-supported.ts'
import { blockingLine, controlFile, controlLine, isBlocking, isNoRun, kernelNameOf } from './control-file.ts'

/*
 * Off at boot is a blocking jail (forceblocking): the rc script passes over it when it starts all jails, and starts it when it is named.
 * What ezjail itself calls norun could not be started by hand either. A new jail is a blocking one from the start.
 */

type Known = Pick<Facts, 'layout' | 'jails' | 'managers'>

export function bootOff({ layout, jails }: Known, name: string): Step[] {
  const kernelName = kernelNameOf(name)
  // what is yet to be made, or lies in the trash, is off at boot by what its control file says
  if (!jails.some((jail) => jail.manager === 'ezjail' && jail.name === name)) return []
  return [blocking(controlFile(layout, kernelName), name, blockingLine(kernelName), true)]
}

export function bootOn(facts: Known, name: string): Step[] {
  const kernelName = kernelNameOf(name)
  const path = controlFile(facts.layout, kernelName)
  const jail = facts.jails.find((one) => one.manager === 'ezjail' && one.name === name)
  if ((jail?.properties['attachblocking'] ?? '') !== '') {
    return notSupported('ezjail', `a way to start ${name} at boot: it asks for a passphrase`, 'Start it by hand after a boot.')
  }
  const said = jail?.properties['forceblocking'] ?? 'YES'
  return [
    ...enable(facts, name),
    ...(jail !== undefined && isNoRun(jail)
      ? [{ title: `Let ezjail start and stop ${name}`, action: { kind: 'move', from: `${path}.norun`, to: path } } satisfies Step]
      : []),
    blocking(path, name, controlLine(kernelName, 'forceblocking', said), false),
  ]
}

function blocking(path: string, name: string, line: string, on: boolean): Step {
  return { title: on ? `Keep ${name} off at boot` : `Let ${name} start at boot`, action: { kind: 'line', path, line, on } }
}

/** Switched on for one it must not switch on others. @throws host_not_ready */
function enable({ managers, jails }: Known, name: string): Step[] {
  if (managers.some((one) => one.manager === 'ezjail' && one.startsJails !== false)) return []
  const woken = jails.filter((one) => wouldWake(one) && one.name !== name).map((one) => one.name)
  if (woken.length > 0) {
    throw new JailopsError(
      'host_not_ready',
      `ezjail_enable is not YES on this host; switching it on for ${name} would also start ${woken.join(', ')} at boot. ` +
        'Decide that by hand first (sysrc ezjail_enable=YES), or ask again with boot:no.',
    )
  }
  return [
    {
      title: 'Let ezjail start its jails at boot',
      action: sysrc('ezjail_enable=YES'),
      done: { kind: 'command', argv: ['sysrc', '-n', 'ezjail_enable'], stdout: 'YES' },
      undo: [{ action: sysrc('-x', 'ezjail_enable') }],
    },
  ]
}

function wouldWake(jail: Jail): boolean {
  return jail.manager === 'ezjail' && !isNoRun(jail) && !isBlocking(jail)
}

function sysrc(...words: string[]) {
  return { kind: 'run', argv: ['sysrc', ...words], timeoutSeconds: 30 } satisfies Step['action']
}
