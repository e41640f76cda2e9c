import { JailopsError } from '../core/errors.ts'
import type { Dataset } from '../core/jail.ts'
import type { Probe, Step } from '../core/step.ts'

/* Steps that ZFS carries out. zfs(8) tells the truth in its exit codes; what stands is looked at all the same. */

export function datasetAt(datasets: readonly Dataset[], path: string): Dataset | undefined {
  return datasets.find((one) => one.mountpoint === path && one.isMounted)
}

/**
 * The dataset that a jail's root is, if it is one. @throws host_not_ready where it is not mounted: the folder that can be seen then is an empty
 * one, and no jail
 */
export function datasetOfRoot(datasets: readonly Dataset[], root: string): string | undefined {
  const mounted = datasetAt(datasets, root)?.name
  const unmounted = datasets.find((one) => one.mountpoint === root)?.name
  if (mounted !== undefined || unmounted === undefined) return mounted
  throw new JailopsError(
    'host_not_ready',
    `${unmounted}, which holds what belongs in ${root}, is not mounted, so nothing of it can be seen. On the host: zfs mount ${unmounted}`,
  )
}

/** Of a dataset and those below it, the mountpoints that are set and not inherited. */
export function ownMountpoints(datasets: readonly Dataset[], dataset: string): Record<string, string> {
  const own = datasets.filter((one) => one.hasOwnMountpoint && (one.name === dataset || one.name.startsWith(`${dataset}/`)))
  return Object.fromEntries(own.map((one) => [one.name, one.mountpoint]))
}

/** Where what is destroyed lies, in the same pool: nothing in it is mounted. */
export function trashDatasetOf(dataset: string): string {
  return `${dataset.split('/')[0] ?? dataset}/jailops-trash`
}

export function datasetExists(dataset: string, exists = true): Probe {
  return { kind: 'command', argv: ['zfs', 'list', '-H', '-o', 'name', dataset], exitCode: exists ? 0 : 1 }
}

export function makeDataset(dataset: string, properties: readonly string[]): Step {
  return {
    title: `Make the dataset ${dataset}`,
    action: { kind: 'run', argv: ['zfs', 'create', ...properties.flatMap((one) => ['-o', one]), dataset], timeoutSeconds: 60 },
    done: datasetExists(dataset),
    undo: [{ action: { kind: 'run', argv: ['zfs', 'destroy', dataset], timeoutSeconds: 60 }, unless: datasetExists(dataset, false) }],
  }
}

/** `mounted`: what is to be mounted again when it is taken back; zfs(8) does that only for what was mounted before. */
/** `at`: where it is mounted, to say what holds it when it is busy. */
export function renameDataset(title: string, from: string, to: string, mounted: readonly string[] = [], at?: string): Step {
  const blame = at === undefined ? {} : { blame: ['fstat', '-f', at] }
  return {
    title,
    action: { kind: 'run', argv: ['zfs', 'rename', from, to], timeoutSeconds: 300, ...blame },
    done: datasetExists(to),
    undo: [
      { action: { kind: 'run', argv: ['zfs', 'rename', to, from], timeoutSeconds: 300 }, unless: datasetExists(from) },
      ...mounted.toSorted().map((dataset) => ({ action: mountOne(dataset), unless: isMounted(dataset) })),
    ],
  }
}

/** Of a dataset and those below it; zfs(8) mounts none that are left to fstab. */
export function mountedOf(datasets: readonly Dataset[], dataset: string): string[] {
  const all = datasets.filter(
    (one) => one.isMounted && one.mountpoint !== 'legacy' && (one.name === dataset || one.name.startsWith(`${dataset}/`)),
  )
  return all.map((one) => one.name).toSorted()
}

/** What was renamed out of a place where nothing is mounted is not mounted by that. */
export function mountDatasets(names: readonly string[]): Step[] {
  return names.toSorted().map((dataset) => ({
    title: `Mount ${dataset}`,
    action: { ...mountOne(dataset), unlessDone: true },
    done: isMounted(dataset),
  }))
}

function mountOne(dataset: string) {
  return { kind: 'run', argv: ['zfs', 'mount', dataset], timeoutSeconds: 120 } satisfies Step['action']
}

function isMounted(dataset: string): Probe {
  return { kind: 'command', argv: ['zfs', 'get', '-H', '-o', 'value', 'mounted', dataset], stdout: 'yes' }
}

/** So that a dataset is mounted nowhere once it lies where nothing is. */
export function withoutOwnMountpoints(mountpoints: Readonly<Record<string, string>>): Step[] {
  return Object.entries(mountpoints).map(([dataset, mountpoint]) => ({
    title: `Let ${dataset} be mounted where its parent says`,
    action: { kind: 'run', argv: ['zfs', 'inherit', 'mountpoint', dataset], timeoutSeconds: 120 },
    undo: [{ action: setMountpoint(dataset, mountpoint) }],
  }))
}

export function withOwnMountpoints(mountpoints: Readonly<Record<string, string>>): Step[] {
  return Object.entries(mountpoints).map(([dataset, mountpoint]) => ({
    title: `Mount ${dataset} at ${mountpoint}`,
    action: setMountpoint(dataset, mountpoint),
    undo: [{ action: { kind: 'run', argv: ['zfs', 'inherit', 'mountpoint', dataset], timeoutSeconds: 120 } }],
  }))
}

export function setMountpoint(dataset: string, mountpoint: string) {
  return { kind: 'run', argv: ['zfs', 'set', `mountpoint=${mountpoint}`, dataset], timeoutSeconds: 120 } satisfies Step['action']
}
