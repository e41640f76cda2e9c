import { JailopsError } from '../../../core/errors.ts'
import type { Facts } from '../../../core/host.ts'
import type { Jail } from '../../../core/jail.ts'
import type { Probe, RunAction, Step, Undo } from '../../../core/step.ts'
import { datasetExists } from '../../zfs.ts'
import { packagedBase } from '../jail-conf/update.ts'
import { notSupported } from '../not-supported.ts'
import { isTrue, propertyOf } from './config.ts'
import { datasetOf } from './datasets.ts'
import { isThere, mustBeJail } from './guards.ts'
import { callIocage } from './paths.ts'
import { takeDown } from './start-stop.ts'

/*
 * Patches come by freebsd-update itself: `iocage update` fails where there is nothing to install, and leaves running what it started. To another
 * release it is iocage, which has to know; but it says 0 of an upgrade "to None", so the jail is asked what it is.
 */

const timeoutSeconds = 3600

export function updateJail(facts: Facts, jail: Jail, request: string): Step[] {
  mustHaveOwnBase(jail)
  const { kernelName, name } = jail
  if (isPackaged(facts)) {
    const argv = ['pkg', '-j', kernelName, 'upgrade', '-y', '-r', 'FreeBSD-base']
    return guarded(facts, jail, request, {
      title: `Update the base of ${name}`,
      action: { kind: 'run', argv, timeoutSeconds, shows: true },
    })
  }
  const update = (...words: string[]): RunAction => ({ ...freebsdUpdate(kernelName, ...words), shows: true })
  const nothingIsLeft: Probe = { kind: 'command', argv: freebsdUpdate(kernelName, 'updatesready').argv, exitCode: 2 }
  return [
    ...guarded(facts, jail, request, { title: `Fetch patches for ${name}`, action: update('fetch') }),
    { title: `Install them in ${name}`, action: { ...update('install'), unlessDone: true }, done: nothingIsLeft },
  ]
}

export function upgradeJail(facts: Facts, jail: Jail, release: string, request: string): Step[] {
  mustHaveOwnBase(jail)
  const { kernelName, name } = jail
  if (!/^[0-9]{1,2}\.[0-9]{1,2}-(RELEASE|STABLE|(RC|BETA)[0-9]+)$/.test(release)) {
    throw new JailopsError('bad_argument', `${JSON.stringify(release)} is no release; write one such as 15.1-RELEASE.`)
  }
  if (isPackaged(facts)) {
    return notSupported('iocage', 'a way from release to release for a base of packages', 'Make a new jail of that release.')
  }
  if (propertyOf(jail, 'release') === 'EMPTY') {
    return notSupported('iocage', `an upgrade of ${name}, which was made of an archive`, 'Make a new jail of that release.')
  }
  const pattern = `^USERLAND_VERSION="${release.replaceAll('.', String.raw`\.`)}(-p[0-9]+)?"$`
  return [
    isThere(facts.layout, name),
    {
      title: `Check that ${name} has what freebsd-update goes by`,
      action: {
        kind: 'require',
        otherwise: `${name} has no /etc/freebsd-update.conf, and without it iocage upgrades nothing and says it did. Put it there.`,
      },
      done: { kind: 'command', argv: ['jexec', kernelName, 'test', '-f', '/etc/freebsd-update.conf'], exitCode: 0 },
    },
    ...guarded(facts, jail, request, {
      title: `Upgrade ${name} to ${release}`,
      action: { ...callIocage(['upgrade', '-r', release, name], name, 2 * timeoutSeconds), shows: true },
      // half of it is another release already
      done: { kind: 'journal-only', path: jail.root },
    }),
    {
      title: `Check that ${name} is ${release} now`,
      action: { kind: 'require', otherwise: `iocage said that it upgraded ${name}, which is not ${release}. All is as it was before.` },
      done: { kind: 'command', argv: ['jexec', kernelName, 'grep', '-Eq', pattern, '/bin/freebsd-version'], exitCode: 0 },
    },
  ]
}

function freebsdUpdate(kernelName: string, ...words: string[]): RunAction {
  return {
    kind: 'run',
    argv: ['env', 'PAGER=cat', 'freebsd-update', '-j', kernelName, '--not-running-from-cron', ...words],
    timeoutSeconds,
  }
}

function mustHaveOwnBase(jail: Jail): void {
  mustBeJail(jail)
  const { name, state } = jail
  if (isTrue(propertyOf(jail, 'basejail'))) {
    notSupported(
      'iocage',
      `a base of its own for ${name}: as a basejail it shares its release with others`,
      `Patch all of them at a time that suits them, with \`iocage update ${name}\` on the host.`,
    )
  }
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

/** Behind a snapshot of the whole jail under a name of ours; the way back to it takes the steps after it back too. */
function guarded(facts: Facts, jail: Jail, request: string, step: Step): Step[] {
  const dataset = datasetOf(facts, jail.name)
  const snapshot = `jailops-${request}`
  const whole = `${dataset}@${snapshot}`
  return [
    {
      title: `Take the snapshot ${snapshot} of ${jail.name}`,
      action: zfs('snapshot', '-r', whole),
      done: datasetExists(whole),
      undo: [{ action: zfs('destroy', '-r', whole), unless: datasetExists(whole, false) }],
    },
    { ...step, undo: rollback(jail, [whole, `${dataset}/root@${snapshot}`]) },
  ]
}

function rollback({ name, kernelName }: Jail, snapshots: readonly string[]): Undo[] {
  return [
    ...takeDown(name, kernelName),
    ...snapshots.map((snapshot) => ({ action: zfs('rollback', '-r', snapshot) })),
    { action: callIocage(['start', name], name, 300), unless: { kind: 'jail', name: kernelName, running: true } },
  ]
}

function zfs(...words: string[]): RunAction {
  return { kind: 'run', argv: ['zfs', ...words], timeoutSeconds: 300 }
}
