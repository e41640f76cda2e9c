import { JailopsError } from '../../../core/errors.ts'
import type { Facts } from '../../../core/host.ts'
import type { Layout } from '../../../core/layout.ts'
import type { Probe, Undo } from '../../../core/step.ts'
import { datasetAt, datasetExists } from '../../zfs.ts'
import { notSupported } from '../not-supported.ts'
import { jailsFolder } from './paths.ts'

type Known = Pick<Facts, 'layout' | 'datasets'>

/** Which dataset is a jail's, or will be. @throws not_supported_by_driver, host_not_ready */
export function datasetOf({ layout, datasets }: Known, name: string): string {
  if (datasets.length === 0) notSupported('iocage', 'jails without ZFS', 'Choose manager:jail.conf, which keeps them in folders too.')
  const parent = datasetAt(datasets, jailsFolder(layout))?.name
  if (parent !== undefined) return `${parent}/${name}`
  throw new JailopsError(
    'host_not_ready',
    `No dataset is mounted at ${jailsFolder(layout)}. Give iocage a pool (iocage activate POOL), and a release: /release fetch`,
  )
}

/** The name of a release, and the dataset that its tree is. */
interface Base {
  name: string
  dataset: string
}

/**
 * Of those that were fetched the newest, or the one that is meant: one that was not fetched iocage would fetch by itself, for half an hour and
 * unchecked. They are datasets, so what is mounted says which there are. @throws host_not_ready
 */
export function baseFor({ layout, datasets }: Known, wanted: string | undefined): Base {
  const found = basesOf(layout, datasets)
  const base = found.find(({ name }) => wanted === undefined || name === wanted)
  if (base !== undefined) return base
  const have = found.map(({ name }) => name).join(', ') || 'none'
  throw new JailopsError(
    'host_not_ready',
    `iocage has no release${wanted === undefined ? '' : ` ${wanted}`} to make a jail from (it has: ${have}). Fetch it first: /release fetch`,
  )
}

function basesOf(layout: Layout, datasets: Known['datasets']): Base[] {
  const folder = `${layout.iocage.root}/releases/`
  return datasets
    .filter(
      ({ mountpoint, isMounted }) => isMounted && mountpoint.startsWith(folder) && /^[^/]+\/root$/.test(mountpoint.slice(folder.length)),
    )
    .map((one) => ({ name: one.mountpoint.slice(folder.length).replace(/\/root$/, ''), dataset: one.name }))
    .toSorted((a, b) => b.name.localeCompare(a.name, 'en', { numeric: true }))
}

/**
 * What makes datasets go that are ours alone. Not by `iocage destroy`: that gives `-R` to zfs(8), with which clones that somebody made of them go
 * too, and takes the beginning of a name for a name. Forced only where something in it did not let go.
 */
export function destroyed(dataset: string): Undo[] {
  const unless = datasetExists(dataset, false)
  return [
    { action: { kind: 'run', argv: ['zfs', 'destroy', '-r', dataset], timeoutSeconds: 300 }, unless, mayFail: true },
    { action: { kind: 'run', argv: ['zfs', 'destroy', '-rf', dataset], timeoutSeconds: 300 }, unless },
  ]
}

export function snapshotGone(snapshot: string): Undo {
  return { action: { kind: 'run', argv: ['zfs', 'destroy', snapshot], timeoutSeconds: 120 }, unless: datasetExists(snapshot, false) }
}

export function hasNoSnapshot(snapshot: string): Probe {
  return datasetExists(snapshot, false)
}
