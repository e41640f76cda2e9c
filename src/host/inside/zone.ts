import type { InsideDriver } from '../../core/drivers.ts'
import type { Jail } from '../../core/jail.ts'
import type { SeenInside } from '../../core/seen-inside.ts'
import type { Probe, RunAction, Step } from '../../core/step.ts'

/** Where tzsetup notes which zone it made /etc/localtime of. */
const note = '/var/db/zoneinfo'
const localtime = '/etc/localtime'

export const setZone: InsideDriver['timezone'] = (jail, zone, seen) => [
  {
    title: `Set the time zone of ${jail.name} to ${zone}`,
    // -s: it does not ask whether the machine's clock runs on UTC
    action: inside(jail, ['tzsetup', '-s', zone]),
    done: isZone(jail, zone),
    ...(seen !== undefined && back(jail, seen)),
  },
]

function back(jail: Jail, { files }: SeenInside): Pick<Step, 'undo' | 'final'> {
  const before = files.get(note)?.text?.trim()
  if (before !== undefined && before !== '') {
    return { undo: [{ action: inside(jail, ['tzsetup', '-s', before]), unless: isZone(jail, before) }] }
  }
  if (files.has(localtime)) return { final: `nothing in ${jail.name} says which time zone it has now` }
  return { undo: [{ action: inside(jail, ['rm', '-f', localtime, note]) }] }
}

function isZone({ kernelName }: Jail, zone: string): Probe {
  return { kind: 'command', argv: ['jexec', kernelName, 'cat', note], stdout: zone }
}

function inside({ kernelName }: Jail, words: readonly string[]): RunAction {
  return { kind: 'run', argv: ['jexec', kernelName, ...words], timeoutSeconds: 60 }
}
