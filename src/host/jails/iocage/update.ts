import { JailopsError } from '../../../core/errors.ts'
import type { Facts } from '../../../core/host.ts'
import type { Jail } from '../../../core/jail.ts'
import type { Probe, RunAction, Step } from '../../../core/step.ts'
import { packagedBase } from '../jail-conf/update.ts'
import { notSupported } from '../not-supported.ts'
import { isTrue, propertyOf } from './config.ts'
import { isThere, mustBeJail } from './guards.ts'
import { callIocage, configOf } from './paths.ts'
import { takeDown } from './start-stop.ts'

/*
 * Patches come by freebsd-update itself: `iocage update` fails where there is nothing to install, and leaves running what it started. To another
 * release it is iocage, which has to know; it says 0 of an upgrade "to None" too, but then its own file has the old release still. The way
 * back is the snapshot that whoever asks puts around it.
 */

const timeoutSeconds = 3600

export function updateJail(facts: Pick<Facts, 'looked'>, jail: Jail): Step[] {
  mustHaveOwnBase(jail)
  const { kernelName, name } = jail
  if (isPackaged(facts, jail)) {
    const argv = ['pkg', '-j', kernelName, 'upgrade', '-y', '-r', 'FreeBSD-base']
    return [{ title: `Update the base of ${name}`, action: { kind: 'run', argv, timeoutSeconds, shows: true } }]
  }
  const nothingIsLeft: Probe = { kind: 'command', argv: freebsdUpdate(kernelName, 'updatesready').argv, exitCode: 2 }
  return [
    { title: `Fetch patches for ${name}`, action: freebsdUpdate(kernelName, 'fetch') },
    { title: `Install them in ${name}`, action: { ...freebsdUpdate(kernelName, 'install'), unlessDone: true }, done: nothingIsLeft },
  ]
}

export function upgradeJail({ layout, looked }: Pick<Facts, 'layout' | 'looked'>, jail: Jail, release: string): Step[] {
  mustHaveOwnBase(jail)
  const { kernelName, name } = jail
  if (!/^[0-9]{1,2}\.[0-9]{1,2}-(RELEASE|STABLE|(RC|BETA)[0-9]+)$/.test(release)) {
    throw new JailopsError('bad_argument', `${JSON.stringify(release)} is no release; write one such as 15.1-RELEASE.`)
  }
  if (isPackaged({ looked }, jail)) {
    return notSupported('iocage', 'a way from release to release for a base of packages', 'Make a new jail of that release.')
  }
  if (propertyOf(jail, 'release') === 'EMPTY') {
    return notSupported('iocage', `an upgrade of ${name}, which was made of an archive`, 'Make a new jail of that release.')
  }
  const pattern = `^ *"release": "${release.replaceAll('.', String.raw`\.`)}(-p[0-9]+)?",?$`
  return [
    isThere(layout, name),
    {
      title: `Upgrade ${name} to ${release}`,
      action: { ...callIocage(['upgrade', '-r', release, name], name, 2 * timeoutSeconds), shows: true },
      // half of it is another release already
      done: { kind: 'journal-only', path: jail.root },
      // it starts what is stopped, and leaves it running where it fails
      ...(jail.state !== 'running' && { undo: takeDown(name, kernelName) }),
    },
    {
      title: `Check that ${name} is ${release} now`,
      action: {
        kind: 'require',
        otherwise: `iocage said that it upgraded ${name}, which is not ${release}: without /etc/freebsd-update.conf in it, for one, it does nothing. Put that there and ask again.`,
      },
      done: { kind: 'command', argv: ['grep', '-Eq', pattern, configOf(layout, name)], exitCode: 0 },
    },
  ]
}

function freebsdUpdate(kernelName: string, word: string): RunAction {
  const argv = ['env', 'PAGER=cat', 'freebsd-update', '-j', kernelName, '--not-running-from-cron', word]
  return { kind: 'run', argv, timeoutSeconds, shows: true }
}

function mustHaveOwnBase(jail: Jail): void {
  mustBeJail(jail)
  if (!isTrue(propertyOf(jail, 'basejail'))) return
  notSupported(
    'iocage',
    `a base of its own for ${jail.name}: as a basejail it shares its release with others`,
    `Change that for all of them at a time that suits them, with \`iocage update ${jail.name}\` or \`iocage upgrade\` on the host.`,
  )
}

/** Unknown is no answer: the wrong tool would leave a base that is half packages. Only a jail that runs was asked. */
function isPackaged({ looked }: Pick<Facts, 'looked'>, { name }: Jail): boolean {
  const answer = looked[packagedBase]
  if (answer !== undefined) return answer.exitCode === 0 && answer.stdout.trim() !== ''
  throw new JailopsError(
    'jail_stopped',
    `${name} is not running, so nobody can say what its base is made of. Start it first: /jail start ${name}`,
  )
}
