import { JailopsError } from '../../../core/errors.ts'
import type { Facts } from '../../../core/host.ts'
import type { NewJail } from '../../../core/jail.ts'
import type { Layout } from '../../../core/layout.ts'
import type { Step } from '../../../core/step.ts'
import { configurationFile, jailConfiguration, rootOf } from './configuration.ts'

/** Kept free beside the copy itself: logs, the journal, the jail's own first files. */
const spareMegabytes = 64

/**
 * A new jail: its root is filled in a staging folder and only then renamed to where jails live, so that a half copied tree never
 * stands under a jail's name.
 */
export function makeJail({ layout, baseMegabytes }: Pick<Facts, 'layout' | 'baseMegabytes'>, jail: NewJail, request: string): Step[] {
  if (baseMegabytes === 0) {
    throw new JailopsError(
      'host_not_ready',
      `There is nothing to make a jail from at ${layout.base}. Put FreeBSD's base there, unpacked or as an archive.`,
    )
  }
  const { name } = jail
  const staging = `${layout.jailRoots}/.new-${request}`
  const root = rootOf(layout, name)
  return [
    enoughSpace(layout, baseMegabytes),
    { title: `Make the folder of ${name}`, action: { kind: 'folder', path: staging, mode: 0o755 } },
    copyBase(layout, staging),
    { title: `Put the root of ${name} in its place`, action: { kind: 'move', from: staging, to: root } },
    writeConfiguration(layout, jail),
  ]
}

export function writeConfiguration(layout: Layout, jail: { name: string; address: string }): Step {
  return {
    title: `Write the configuration of ${jail.name}, with address ${jail.address}`,
    action: {
      kind: 'write',
      path: configurationFile(layout, jail.name),
      content: jailConfiguration(layout, jail),
      mode: 0o644,
      check: ['jail', '-f', '{staged}', '-e', '|'],
    },
  }
}

/** Rounded up, so that a base that grew by a file does not make another plan of a pending one. */
function enoughSpace({ jailRoots }: Layout, baseMegabytes: number): Step {
  const megabytes = Math.ceil((baseMegabytes + spareMegabytes) / 64) * 64
  return {
    title: `Check that ${megabytes} MB are free for it`,
    action: { kind: 'require', otherwise: `Less than ${megabytes} MB are free below ${jailRoots}. Make room, or empty the trash.` },
    done: { kind: 'free-space', path: jailRoots, megabytes },
  }
}

/** Half a copy looks like a whole one from outside: only the journal knows. Its removal stays on one filesystem (`-x`). */
function copyBase({ base }: Layout, staging: string): Step {
  const isArchive = /\.(tar|t[gx]z|tar\.[a-z0-9]+)$/.test(base)
  const argv = isArchive ? ['tar', '-xpf', base, '-C', staging] : ['cp', '-a', `${base}/.`, staging]
  const gone = { kind: 'path', path: staging, exists: false } satisfies Step['done']
  return {
    title: isArchive ? `Unpack ${base}` : `Copy ${base}`,
    action: { kind: 'run', argv, timeoutSeconds: 900 },
    done: { kind: 'journal-only', path: staging },
    undo: [
      { action: { kind: 'run', argv: ['chflags', '-R', 'noschg', staging], timeoutSeconds: 300 }, unless: gone },
      { action: { kind: 'run', argv: ['rm', '-x', '-rf', staging], timeoutSeconds: 300 }, unless: gone },
      // after a crash the copy is taken back and made again: into a folder that is there
      { action: { kind: 'run', argv: ['mkdir', '-m', '755', staging], timeoutSeconds: 30 } },
    ],
  }
}
