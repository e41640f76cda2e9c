import type { Facts } from '../../../core/host.ts'
import type { JailType } from '../../../core/jail.ts'
import type { Step, Undo } from '../../../core/step.ts'
import { datasetAt, datasetExists, makeDataset } from '../../zfs.ts'
import { notSupported } from '../not-supported.ts'
import { rootOf } from './configuration.ts'

type Places = Pick<Facts, 'layout' | 'datasets'>

/** What a jail's root is made from: an unpacked base, an archive of one, or another jail's root. */
export interface Source {
  path: string
  /** The snapshot that a thin jail is a clone of. */
  snapshot?: string
}

/** The dataset that new jails get datasets in; without one a root is a folder. */
export function parentDataset({ layout, datasets }: Places): string | undefined {
  return datasetAt(datasets, layout.jailRoots)?.name
}

/** The root of a new jail. Half filled it is never taken for a whole one, and taken back nothing of it stays. */
export function makeTree(places: Places, name: string, type: JailType, source: Source, request: string): Step[] {
  const parent = parentDataset(places)
  if (parent === undefined) {
    if (type === 'thick') return makeFolder(places, name, source, request)
    return notSupported('jail.conf', 'thin jails where jails lie in no ZFS dataset', 'Make it with type:thick, which copies the base.')
  }
  return type === 'thick' ? makeCopy(places, name, `${parent}/${name}`, source) : makeClone(name, `${parent}/${name}`, source)
}

export function cloneDataset(name: string, snapshot: string, dataset: string): Step {
  return {
    title: `Make the root of ${name} as a clone of ${snapshot}`,
    action: { kind: 'run', argv: ['zfs', 'clone', snapshot, dataset], timeoutSeconds: 120 },
    done: datasetExists(dataset),
    undo: [destroy(dataset)],
  }
}

/** Filled in a staging folder and only then renamed to where jails live. */
function makeFolder({ layout }: Places, name: string, source: Source, request: string): Step[] {
  const staging = `${layout.jailRoots}/.new-${request}`
  const gone = { kind: 'path', path: staging, exists: false } satisfies Step['done']
  return [
    { title: `Make the folder of ${name}`, action: { kind: 'folder', path: staging, mode: 0o755 } },
    copy(source, staging, [
      { action: { kind: 'run', argv: ['chflags', '-R', 'noschg', staging], timeoutSeconds: 300 }, unless: gone },
      // its removal stays on one filesystem (`-x`)
      { action: { kind: 'run', argv: ['rm', '-x', '-rf', staging], timeoutSeconds: 300 }, unless: gone },
      // after a crash the copy is taken back and made again: into a folder that is there
      { action: { kind: 'run', argv: ['mkdir', '-m', '755', staging], timeoutSeconds: 30 } },
    ]),
    { title: `Put the root of ${name} in its place`, action: { kind: 'move', from: staging, to: rootOf(layout, name) } },
  ]
}

function makeCopy({ layout }: Places, name: string, dataset: string, source: Source): Step[] {
  const again: Undo = { action: { kind: 'run', argv: ['zfs', 'create', dataset], timeoutSeconds: 60 } }
  return [makeDataset(dataset, []), copy(source, rootOf(layout, name), [destroy(dataset), again])]
}

function makeClone(name: string, dataset: string, { path, snapshot }: Source): Step[] {
  if (snapshot === undefined) {
    return notSupported(
      'jail.conf',
      `thin jails of ${path}, which is in no ZFS dataset of its own`,
      'Fetch a release into one, or make it with type:thick.',
    )
  }
  return [
    {
      title: `Keep ${path} as it is for thin jails`,
      action: { kind: 'run', argv: ['zfs', 'snapshot', snapshot], timeoutSeconds: 120, unlessDone: true },
      // it belongs to the base: other jails may be clones of it before this one is taken back, so it stays
      done: datasetExists(snapshot),
    },
    cloneDataset(name, snapshot, dataset),
  ]
}

/** Half a copy looks like a whole one from outside: only the journal knows. */
function copy({ path }: Source, into: string, undo: Undo[]): Step {
  const isArchive = /\.(tar|t[gx]z|tar\.[a-z0-9]+)$/.test(path)
  const argv = isArchive ? ['tar', '-xpf', path, '-C', into] : ['cp', '-a', `${path}/.`, into]
  return {
    title: isArchive ? `Unpack ${path}` : `Copy ${path}`,
    action: { kind: 'run', argv, timeoutSeconds: 900 },
    done: { kind: 'journal-only', path: into },
    undo,
  }
}

function destroy(dataset: string): Undo {
  return { action: { kind: 'run', argv: ['zfs', 'destroy', '-r', dataset], timeoutSeconds: 300 }, unless: datasetExists(dataset, false) }
}
