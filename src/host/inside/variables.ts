import type { InsideDriver } from '../../core/drivers.ts'
import type { Jail } from '../../core/jail.ts'
import { redactValue } from '../../core/redact.ts'
import type { Probe, RunAction, Step, Undo } from '../../core/step.ts'

type Named = Pick<Jail, 'kernelName'>

/** A variable of the jail's rc.conf. sysrc says 0 also when what it wrote cannot be read again: so it is read again. */
export const setVariable: InsideDriver['sysrc'] = (jail, variable, value, seen) => [
  {
    title:
      value === undefined ? `Unset ${variable} in ${jail.name}` : `Set ${variable} to ${value === '' ? 'nothing' : value} in ${jail.name}`,
    action: sysrc(jail, value === undefined ? ['-x', variable] : [`${variable}=${value}`]),
    done: value === undefined ? isUnset(jail, variable) : isSet(jail, variable, value),
    ...(seen !== undefined && back(jail, variable, seen.variables.get(variable))),
  },
]

/** What seems a secret would be kept in the plan, which everybody who carries it can read. */
function back(jail: Named, variable: string, before: string | undefined): Pick<Step, 'undo' | 'final'> {
  if (before !== undefined && redactValue(variable, before) !== before)
    return { final: `what ${variable} is now seems to be a secret, so it is not kept` }
  return { undo: [variableAsBefore(jail, variable, before)] }
}

export function variableAsBefore(jail: Named, variable: string, before: string | undefined): Undo {
  if (before === undefined) return { action: sysrc(jail, ['-x', variable]), unless: isUnset(jail, variable) }
  return { action: sysrc(jail, [`${variable}=${before}`]), unless: isSet(jail, variable, before) }
}

/** By what is set: of one that has a default sysrc -n says that. */
function isUnset({ kernelName }: Named, variable: string): Probe {
  return { kind: 'command', argv: ['sysrc', '-j', kernelName, '-a'], noWord: `${variable}:` }
}

function isSet({ kernelName }: Named, variable: string, value: string): Probe {
  return { kind: 'command', argv: ['sysrc', '-j', kernelName, '-n', variable], stdout: value }
}

function sysrc({ kernelName }: Named, words: readonly string[]): RunAction {
  return { kind: 'run', argv: ['sysrc', '-j', kernelName, ...words], timeoutSeconds: 60 }
}
