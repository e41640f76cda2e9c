import { JailopsError } from '../../core/errors.ts'
import type { Jail, JailMount } from '../../core/jail.ts'
import { absolutePath } from '../../core/layout.ts'
import type { RunAction, Step } from '../../core/step.ts'
import { plainValue } from './jail-conf/configuration.ts'

/*
 * A folder of the host shows in a jail by a nullfs: its manager mounts it at each start, and mount(8) right
 * now where the jail runs. mount(8) follows symlinks, which root in the jail may plant: that the target is what it is called is looked at
 * before, and what was really mounted on afterwards.
 */

/** What any manager's jail needs before something of the host shows in it. @throws bad_argument */
export function prepareMount(jail: Jail, wanted: JailMount): { mount: JailMount; words: string; steps: Step[] } {
  const mount = checked(jail, wanted)
  const target = `${jail.root}${mount.on}`
  const words = `${mount.from} of the host in ${jail.name} at ${mount.on}, ${mount.readOnly ? 'read-only' : 'WRITABLE: what is done there is done to the host'}`
  const steps: Step[] = [
    {
      title: `Check that ${mount.from} is there`,
      action: { kind: 'require', otherwise: `There is no folder ${mount.from} on the host. Make it first; a symlink to one is none.` },
      done: { kind: 'command', argv: ['stat', '-f', '%HT', mount.from], stdout: 'Directory' },
    },
    ...(jail.state === 'running' ? [makeTarget(jail, mount.on)] : []),
    {
      title: `Check that ${mount.on} leads nowhere else`,
      action: {
        kind: 'require',
        otherwise: `${mount.on} is not there in ${jail.name}, or a symlink on the way leads elsewhere. Make it a folder in the jail (a running jail gets it made), and ask again.`,
      },
      done: { kind: 'command', argv: ['realpath', target], stdout: target },
    },
    {
      title: `Check that ${mount.on} is an empty folder`,
      action: {
        kind: 'require',
        otherwise: `${mount.on} in ${jail.name} is no empty folder; what is in it would be hidden. Choose another place.`,
      },
      done: { kind: 'command', argv: ['ls', '-A', target], stdout: '' },
    },
  ]
  return { mount, words, steps }
}

/** @throws bad_argument */
function checked(jail: Jail, { from, on, readOnly }: JailMount): JailMount {
  for (const path of [from, on]) {
    const isPlain = absolutePath.safeParse(path).success && path !== '/' && !path.endsWith('/') && !/\/\.?(\/|$)/.test(path)
    if (!isPlain) refuse(`${JSON.stringify(path)} must be an absolute path of letters, digits and . _ + @ - / without a / at its end.`)
    plainValue(path)
  }
  if (on === '/dev' || on.startsWith('/dev/')) refuse('/dev of a jail is its devfs; choose another place.')
  if (`${jail.root}/`.startsWith(`${from}/`))
    refuse(`${from} holds the jail itself; it would show in itself. Choose a folder outside ${jail.root}.`)
  const other = jail.mounts.find((one) => `${one.on}/`.startsWith(`${on}/`) || `${on}/`.startsWith(`${one.on}/`))
  if (other !== undefined) refuse(`${other.from} is shown at ${other.on} already. Unmount it first, or choose another place.`)
  return { from, on, readOnly }
}

/** Made by the jail itself: a path below its root may lead anywhere on the host. */
function makeTarget({ kernelName, name }: Jail, on: string): Step {
  return {
    title: `Make the folder ${on} in ${name}`,
    action: { kind: 'run', argv: ['jexec', kernelName, 'mkdir', '-p', on], timeoutSeconds: 30 },
    done: { kind: 'command', argv: ['jexec', kernelName, 'test', '-d', on], exitCode: 0 },
    undo: [
      {
        action: { kind: 'run', argv: ['jexec', kernelName, 'rmdir', on], timeoutSeconds: 30 },
        unless: { kind: 'command', argv: ['jexec', kernelName, 'test', '-d', on], exitCode: 1 },
      },
    ],
  }
}

export function mountNow({ root }: Pick<Jail, 'root'>, mount: JailMount): Step {
  const target = `${root}${mount.on}`
  return {
    title: 'Mount it now',
    action: mountAction(target, mount),
    done: isMounted(target),
    // also where it was mounted on what a planted symlink named, and so not on the target: umount(8) follows it as mount(8) did
    undo: [{ action: umountAction(target), mayFail: true }],
  }
}

export function unmountNow({ root }: Pick<Jail, 'root'>, mount: JailMount): Step {
  const target = `${root}${mount.on}`
  return {
    title: 'Unmount it now',
    action: umountAction(target),
    done: isNotMounted(target),
    undo: [{ action: mountAction(target, mount), unless: isMounted(target) }],
  }
}

function mountAction(target: string, { from, readOnly }: JailMount): RunAction {
  return { kind: 'run', argv: ['mount', '-t', 'nullfs', ...(readOnly ? ['-o', 'ro'] : []), from, target], timeoutSeconds: 60 }
}

/** Only a nullfs: where root in the jail plants a symlink meanwhile, umount(8) follows it, and no filesystem of the host shall go by that. */
function umountAction(target: string): RunAction {
  return { kind: 'run', argv: ['umount', '-t', 'nullfs', target], timeoutSeconds: 60 }
}

/** The table names the place that was really mounted on. */
function isMounted(target: string): Step['done'] & {} {
  return { kind: 'command', argv: ['mount', '-p'], word: target }
}

function isNotMounted(target: string): Step['done'] & {} {
  return { kind: 'command', argv: ['mount', '-p'], noWord: target }
}

function refuse(why: string): never {
  throw new JailopsError('bad_argument', why)
}
