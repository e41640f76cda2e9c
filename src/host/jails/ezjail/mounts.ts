import type { Jail, JailMount } from '../../../core/jail.ts'
import type { Layout } from '../../../core/layout.ts'
import type { RunAction, Step } from '../../../core/step.ts'
import { fstabFile } from './control-file.ts'
import { fstabLine, mountOf, readFstab } from './fstab-lines.ts'

/** From the next start on by the jail's fstab, and at once where it runs. */
export function mount(layout: Layout, jail: Jail, wanted: JailMount): Step[] {
  const line = fstabLine(jail.root, wanted)
  const target = `${jail.root}${wanted.on}`
  return [
    {
      title: `Check that ${wanted.from} is there`,
      action: { kind: 'require', otherwise: `There is no ${wanted.from} on the host. Make that folder first.` },
      done: { kind: 'path', path: wanted.from, exists: true },
    },
    ...(jail.state === 'running' ? [makeTarget(jail, wanted.on)] : []),
    {
      title: `Check that no link leads to ${wanted.on} of ${jail.name}`,
      // mount(8) follows links, and one that was planted in the jail would lead it to a folder of the host
      action: {
        kind: 'require',
        otherwise: `${wanted.on} is no folder of ${jail.name}, or a link is on the way to it. Make the folder in the jail (a running one gets it made), and name it without links.`,
      },
      done: { kind: 'command', argv: ['realpath', target], stdout: target },
    },
    {
      title: `Check that ${wanted.on} is empty`,
      action: {
        kind: 'require',
        otherwise: `${wanted.on} of ${jail.name} is no empty folder; what is in it would be hidden. Choose another place.`,
      },
      done: { kind: 'command', argv: ['ls', '-A', target], stdout: '' },
    },
    {
      title: `Mount ${wanted.from} in ${jail.name} whenever it starts`,
      action: { kind: 'line', path: fstabFile(layout, jail.kernelName), line, on: true },
    },
    ...(jail.state === 'running' ? [mountNow(jail, wanted)] : []),
  ]
}

export function unmount(layout: Layout, jail: Jail, wanted: JailMount): Step[] {
  const line = readFstab(jail.texts?.['fstab'] ?? '').find((one) => mountOf(jail.root, one).some(({ on }) => on === wanted.on))
  return [
    ...(jail.state === 'running' ? [unmountNow(jail, wanted)] : []),
    {
      title: `Mount ${wanted.from} in ${jail.name} no more`,
      action: { kind: 'line', path: fstabFile(layout, jail.kernelName), line: line?.text ?? fstabLine(jail.root, wanted), on: false },
    },
  ]
}

/** Made by the jail itself: a path below its root may lead anywhere on the host. */
function makeTarget({ kernelName, name }: Jail, on: string): Step {
  const isThere = (exitCode: number) =>
    ({ kind: 'command', argv: ['jexec', kernelName, 'test', '-d', on], exitCode }) satisfies Step['done']
  return {
    title: `Make the folder ${on} in ${name}`,
    action: run('jexec', kernelName, 'mkdir', '-p', on),
    done: isThere(0),
    undo: [{ action: run('jexec', kernelName, 'rmdir', on), unless: isThere(1) }],
  }
}

function mountNow({ name, root }: Jail, wanted: JailMount): Step {
  const on = `${root}${wanted.on}`
  return {
    title: `Mount it in ${name} now`,
    action: mounting(on, wanted),
    done: isMounted(on),
    undo: [{ action: run('umount', '-t', 'nullfs', on), unless: isNotMounted(on) }],
  }
}

function unmountNow({ name, root }: Jail, wanted: JailMount): Step {
  const on = `${root}${wanted.on}`
  return {
    title: `Take it out of ${name} now`,
    action: run('umount', '-t', 'nullfs', on),
    done: isNotMounted(on),
    undo: [{ action: mounting(on, wanted), unless: isMounted(on) }],
  }
}

function mounting(on: string, { from, readOnly }: JailMount): RunAction {
  return run('mount', '-t', 'nullfs', '-o', readOnly ? 'ro' : 'rw', from, on)
}

function isMounted(on: string) {
  return { kind: 'command', argv: ['mount', '-p'], word: on } satisfies Step['done']
}

function isNotMounted(on: string) {
  return { kind: 'command', argv: ['mount', '-p'], noWord: on } satisfies Step['done']
}

function run(...argv: string[]): RunAction {
  return { kind: 'run', argv, timeoutSeconds: 60 }
}
