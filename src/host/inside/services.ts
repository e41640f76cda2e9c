import type { InsideDriver } from '../../core/drivers.ts'
import type { Jail } from '../../core/jail.ts'
import type { Probe, RunAction, Step, Undo } from '../../core/step.ts'
import { variableAsBefore } from './variables.ts'

/*
 * Always `one…`: what rc.conf does not enable answers "Cannot 'start' …" with exit code 0, and would be neither started nor asked.
 * A script that knows no `status` fails it, and counts as not running.
 */

type Named = Pick<Jail, 'name' | 'kernelName'>

export const changeService: InsideDriver['service'] = (jail, name, action, seen) => {
  switch (action) {
    case 'start':
      return [
        {
          title: `Start ${name} in ${jail.name}`,
          action: service(jail, name, 'onestart'),
          done: runs(jail, name),
          ...(seen !== undefined && { undo: [{ action: service(jail, name, 'onestop'), unless: runsNot(jail, name) }] }),
        },
      ]
    case 'stop':
      return [
        {
          title: `Stop ${name} in ${jail.name}`,
          action: service(jail, name, 'onestop'),
          done: runsNot(jail, name),
          ...(seen !== undefined && { undo: [{ action: service(jail, name, 'onestart'), unless: runs(jail, name) }] }),
        },
      ]
    case 'restart':
      return restart(jail, name, seen === undefined || seen.running.has(name) ? [] : [stopAgain(jail, name)])
    case 'enable':
      return [{ ...switchOn(jail, name, 'enable'), ...(seen !== undefined && { undo: enabledAsBefore(jail, name, seen.variables) }) }]
    case 'disable':
      return [{ ...switchOn(jail, name, 'disable'), ...(seen !== undefined && { undo: enabledAsBefore(jail, name, seen.variables) }) }]
  }
}

/** Its own `restart`: many scripts look at their configuration first, and stop nothing where that is bad. Harmless when it is done twice. */
function restart(jail: Named, name: string, undo: Undo[]): Step[] {
  return [
    { title: `Restart ${name} in ${jail.name}`, action: service(jail, name, 'onerestart'), ...(undo.length > 0 && { undo }) },
    { title: `Wait until ${name} runs in ${jail.name}`, action: { kind: 'await', timeoutSeconds: 15 }, done: runs(jail, name) },
  ]
}

function stopAgain(jail: Named, name: string): Undo {
  return { action: service(jail, name, 'onestop'), unless: runsNot(jail, name) }
}

/** What ran before runs again with the files of before: it is the first step, so that it is the last to be taken back. */
export function startAgainAfterUndo(jail: Named, name: string): Step {
  return {
    title: `See that ${name} runs in ${jail.name}; it is restarted should this be taken back`,
    action: service(jail, name, 'onestatus'),
    undo: [{ action: service(jail, name, 'onerestart') }],
  }
}

/** Whether it starts with the jail. Its script knows its variable. */
function switchOn(jail: Named, name: string, action: 'enable' | 'disable'): Step {
  const starts = action === 'enable'
  return {
    title: starts ? `Let ${name} start with ${jail.name}` : `Let ${name} no longer start with ${jail.name}`,
    action: service(jail, name, action),
    done: {
      kind: 'command',
      argv: ['service', '-j', jail.kernelName, name, 'enabled'],
      ...(starts ? { exitCode: 0 } : { notExitCode: 0 }),
    },
  }
}

/** Scripts call their variable by their own name, few by another: then the opposite has to do. */
function enabledAsBefore(jail: Named, name: string, variables: ReadonlyMap<string, string>): Undo[] {
  const variable = `${name}_enable`
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(variable)) return [{ action: service(jail, name, 'disable') }]
  return [variableAsBefore(jail, variable, variables.get(variable))]
}

function runs({ kernelName }: Named, name: string): Probe {
  return { kind: 'command', argv: ['service', '-j', kernelName, name, 'onestatus'], exitCode: 0 }
}

function runsNot({ kernelName }: Named, name: string): Probe {
  return { kind: 'command', argv: ['service', '-j', kernelName, name, 'onestatus'], notExitCode: 0 }
}

function service({ kernelName }: Named, name: string, word: string): RunAction {
  return { kind: 'run', argv: ['service', '-j', kernelName, name, word], timeoutSeconds: 180 }
}
