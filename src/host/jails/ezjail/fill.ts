import type { Jail, JailParts } from '../../../core/jail.ts'
import type { Layout } from '../../../core/layout.ts'
import type { RunAction, Step } from '../../../core/step.ts'
import { datasetExists } from '../../zfs.ts'
import { isAtRest } from '../at-rest.ts'
import { rootOf } from './control-file.ts'

/* A tree is filled beside and then moved to where jails live, so that half of one never stands under a jail's name. */

export function unpackTree(layout: Layout, name: string, archive: string, request: string): Step[] {
  const staging = stagingOf(layout, request)
  return inPlace(layout, name, request, [fill(`Unpack ${archive}`, staging, ['tar', '-xpf', archive, '-C', staging])])
}

/** Of a stopped jail, or of one moment of a running one where ZFS can keep that. */
export function copyTree(layout: Layout, jail: Jail, tree: JailParts['tree'], to: string, request: string): Step[] {
  const staging = stagingOf(layout, request)
  const copy = (from: string) => fill(`Copy the files of ${jail.name}`, staging, ['cp', '-a', `${from}/.`, staging])
  if (tree.kind === 'folder') return [...isAtRest(jail, 'copied'), ...inPlace(layout, to, request, [copy(tree.path)])]
  const snapshot = `jailops-${request}`
  const steps = [take(`${tree.dataset}@${snapshot}`), copy(`${jail.root}/.zfs/snapshot/${snapshot}`), drop(`${tree.dataset}@${snapshot}`)]
  return inPlace(layout, to, request, steps)
}

function inPlace(layout: Layout, name: string, request: string, filling: readonly Step[]): Step[] {
  const staging = stagingOf(layout, request)
  return [
    { title: `Make the folder of ${name}`, action: { kind: 'folder', path: staging, mode: 0o755 } },
    ...filling,
    {
      title: `Make the folder in it that the shared base shows in`,
      action: run('mkdir', '-p', `${staging}/basejail`),
      done: { kind: 'path', path: `${staging}/basejail`, exists: true },
    },
    { title: `Put the root of ${name} in its place`, action: { kind: 'move', from: staging, to: rootOf(layout, name) } },
  ]
}

/** Half of it looks like all of it: only the journal knows. */
function fill(title: string, staging: string, argv: readonly string[]): Step {
  const gone = { kind: 'path', path: staging, exists: false } as const
  return {
    title,
    action: run(...argv),
    done: { kind: 'journal-only', path: staging },
    undo: [
      { action: run('chflags', '-R', 'noschg', staging), unless: gone },
      { action: run('rm', '-x', '-rf', staging), unless: gone },
      // after a crash it is taken back and filled again: into a folder that is there
      { action: run('mkdir', '-m', '755', staging) },
    ],
  }
}

function take(snapshot: string): Step {
  return {
    title: `Keep this moment as ${snapshot}`,
    action: run('zfs', 'snapshot', snapshot),
    done: datasetExists(snapshot),
    undo: [{ action: run('zfs', 'destroy', snapshot), unless: datasetExists(snapshot, false) }],
  }
}

function drop(snapshot: string): Step {
  return { title: 'Let that moment go', action: run('zfs', 'destroy', snapshot), done: datasetExists(snapshot, false) }
}

function stagingOf({ ezjail }: Layout, request: string): string {
  return `${ezjail.jails}/.new-${request}`
}

function run(...argv: string[]): RunAction {
  return { kind: 'run', argv, timeoutSeconds: 3600 }
}
