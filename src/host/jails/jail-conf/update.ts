import { JailopsError } from '../../../core/errors.ts'
import type { Facts } from '../../../core/host.ts'
import type { Jail } from '../../../core/jail.ts'
import type { Step, Undo } from '../../../core/step.ts'
import { datasetAt, datasetExists } from '../../zfs.ts'
import { notSupported } from '../not-supported.ts'
import { startJail } from './start-stop.ts'
import { writeRecord } from './write-record.ts'

/** The look by which a command tells whether a jail's base is packages: `pkg -j NAME which -q /usr/bin/uname`. */
export const packagedBase = 'packagedBase'

const timeoutSeconds = 3600
const noUndo = 'without ZFS there is no snapshot to go back to'

/** Patches the base that the jail has for itself; on ZFS the whole root as it was before is the way back. */
export function updateJail(facts: Facts, jail: Jail, request: string): Step[] {
  mustRun(jail)
  const { kernelName, name } = jail
  const argv = isPackaged(facts)
    ? ['pkg', '-j', kernelName, 'upgrade', '-y', '-r', 'FreeBSD-base']
    : [...freebsdUpdate(kernelName), 'fetch', 'install']
  return guarded(facts, jail, request, [
    { title: `Update the base of ${name}`, action: { kind: 'run', argv, timeoutSeconds, shows: true } },
  ])
}

/** To another release. freebsd-update asks before it merges and before it installs; a second install takes old libraries away. */
export function upgradeJail(facts: Facts, jail: Jail, release: string, request: string): Step[] {
  mustRun(jail)
  if (isPackaged(facts)) {
    return notSupported(
      'jail.conf',
      'a way from release to release for a base of packages',
      'Make a new jail of that release, or change its repository by hand (pkg -j).',
    )
  }
  if (!/^[0-9]{1,2}\.[0-9]{1,2}-(RELEASE|STABLE|(RC|BETA)[0-9]+)$/.test(release)) {
    throw new JailopsError('bad_argument', `${JSON.stringify(release)} is no release; write one such as 15.1-RELEASE.`)
  }
  const { kernelName, name } = jail
  const update = freebsdUpdate(kernelName)
  return [
    ...guarded(facts, jail, request, [
      {
        title: `Fetch ${release} for ${name}`,
        action: { kind: 'run', argv: [...update, '-r', release, 'upgrade'], stdin: 'y\n'.repeat(20), timeoutSeconds, shows: true },
      },
      { title: `Install it in ${name}`, action: { kind: 'run', argv: [...update, 'install'], timeoutSeconds, shows: true } },
      {
        title: `Take away what the old release left in ${name}`,
        action: { kind: 'run', argv: [...update, 'install'], timeoutSeconds, shows: true, unlessDone: true },
        // 2: nothing is waiting to be installed; the first install has done all where there were no old libraries
        done: { kind: 'command', argv: [...update, 'updatesready'], exitCode: 2 },
      },
    ]),
    ...writeRecord(facts, jail, { release }, `Note that ${name} is ${release} now`),
  ]
}

function freebsdUpdate(kernelName: string): string[] {
  const argv = ['env', 'PAGER=cat', 'freebsd-update', '-j', kernelName, '--not-running-from-cron']
  return argv
}

function mustRun({ name, state }: Jail): void {
  if (state === 'running') return
  throw new JailopsError(
    'jail_stopped',
    `${name} is not running, and its base is only updated through it. Start it first: /jail start ${name}`,
  )
}

/** Unknown is no answer: the wrong tool would leave a base that is half packages. */
function isPackaged({ looked }: Facts): boolean {
  const answer = looked[packagedBase]
  if (answer !== undefined) return answer.exitCode === 0 && answer.stdout.trim() !== ''
  throw new JailopsError('internal', 'This command did not look at what the base of the jail is made of; that is a mistake in the command.')
}

/** With a snapshot before, and the way back to it behind each step. */
function guarded(facts: Facts, jail: Jail, request: string, steps: readonly Step[]): Step[] {
  const dataset = datasetAt(facts.datasets, jail.root)?.name
  if (dataset === undefined) return steps.map((step) => ({ ...step, final: noUndo }))
  const snapshot = `${dataset}@jailops-${request}`
  const [first, ...others] = steps
  if (first === undefined) return []
  return [
    {
      title: `Take a snapshot of ${dataset}`,
      action: { kind: 'run', argv: ['zfs', 'snapshot', snapshot], timeoutSeconds: 120 },
      done: datasetExists(snapshot),
      undo: [{ action: { kind: 'run', argv: ['zfs', 'destroy', snapshot], timeoutSeconds: 120 }, unless: datasetExists(snapshot, false) }],
    },
    // one rollback takes all of them back, and it is the first step's: it comes last
    { ...first, undo: rollback(facts, jail, snapshot) },
    ...others,
  ]
}

function rollback(facts: Facts, jail: Jail, snapshot: string): Undo[] {
  const start = startJail(facts.layout, jail)
  const [stop] = start.undo ?? []
  if (start.action.kind !== 'run' || stop === undefined) return []
  return [
    stop,
    { action: { kind: 'run', argv: ['zfs', 'rollback', '-r', snapshot], timeoutSeconds: 300 } },
    { action: start.action, unless: { kind: 'jail', name: jail.kernelName, running: true } },
  ]
}
