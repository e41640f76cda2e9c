import { dirname } from 'node:path'
import type { Facts } from '../../core/host.ts'
import type { Probe, Step, Undo } from '../../core/step.ts'
import { datasetAt, datasetExists } from '../zfs.ts'

/* A release's tree on disk. Half a tree looks like a whole one, so none ever stands half under its own name. */

export function isGone(path: string): Probe {
  return { kind: 'path', path, exists: false }
}

export function removed(path: string): Undo[] {
  const unless = isGone(path)
  return [
    // base.txz has files that not even root may remove
    { action: { kind: 'run', argv: ['chflags', '-R', 'noschg', path], timeoutSeconds: 600 }, unless, mayFail: true },
    { action: { kind: 'run', argv: ['rm', '-x', '-rf', path], timeoutSeconds: 1800 }, unless },
  ]
}

export function destroyed(dataset: string): Undo {
  return {
    action: { kind: 'run', argv: ['zfs', 'destroy', '-r', dataset], timeoutSeconds: 900 },
    unless: datasetExists(dataset, false),
  }
}

/** For good. What is a dataset is destroyed with its snapshots; a folder is taken from its place in one go before it is emptied. */
export function removeTree({ datasets }: Pick<Facts, 'datasets'>, path: string, request: string): Step[] {
  const dataset = datasetAt(datasets, path)?.name
  if (dataset !== undefined) return [destroyDataset(dataset)]
  const aside = `${dirname(path)}/.old-${request}`
  return [
    {
      title: `Check that nothing is mounted in ${path}`,
      action: { kind: 'require', otherwise: `Something is mounted below ${path}: see \`mount -p\`, unmount it, and ask again.` },
      done: { kind: 'no-mounts', path },
    },
    { title: `Take ${path} from its place`, action: { kind: 'move', from: path, to: aside } },
    {
      title: 'Let its files be removed',
      action: { kind: 'run', argv: ['chflags', '-R', 'noschg', aside], timeoutSeconds: 600 },
    },
    {
      title: 'Remove them',
      action: { kind: 'run', argv: ['rm', '-x', '-rf', aside], timeoutSeconds: 1800 },
      done: isGone(aside),
      final: forGood,
    },
  ]
}

export const forGood = 'a release that is removed is gone; it can be fetched again'

export function destroyDataset(dataset: string): Step {
  return {
    title: `Destroy the dataset ${dataset} with its snapshots`,
    action: { kind: 'run', argv: ['zfs', 'destroy', '-r', dataset], timeoutSeconds: 900 },
    done: datasetExists(dataset, false),
    final: forGood,
  }
}

/** A tool that fetched nothing may well say that all went well. */
export function mustBeWhole(tree: string, name: string): Step {
  return {
    title: `Check that ${name} is there`,
    action: { kind: 'require', otherwise: `${tree}/bin/freebsd-version is missing: what came is no FreeBSD base.` },
    done: { kind: 'path', path: `${tree}/bin/freebsd-version`, exists: true },
  }
}

/** Some 200 MB of archive and a GB of files; nobody says beforehand how much exactly. */
export function enoughRoom(folder: string): Step {
  const megabytes = 1536
  return {
    title: `Check that ${megabytes} MB are free for it`,
    action: { kind: 'require', otherwise: `Less than ${megabytes} MB are free at ${folder}. Make room, or empty the trash.` },
    done: { kind: 'free-space', path: folder, megabytes },
  }
}
