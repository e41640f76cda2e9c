import { rmSync } from 'node:fs'
import type { Host } from '../host.ts'
import { mustNotBeBusy, removeContent, removeEmpty, unmountDataset } from './mounts.ts'
import { childrenOf, keptFolder, type Dataset, type Pool, type Snapshot } from './pool.ts'
import { ZfsError } from './pool.ts'

/** Takes one dataset away for good; its snapshots and children must be gone already. */
export function dropDataset(host: Host, pool: Pool, dataset: Dataset, force: boolean): void {
  mustNotBeBusy(host, pool, dataset, [dataset], force)
  if (childrenOf(pool, dataset.name).length > 0 || dataset.snapshots.length > 0)
    throw new ZfsError(`cannot destroy '${dataset.name}': dataset already exists`)
  const place = dataset.mountedAt
  unmountDataset(host, dataset)
  removeContent(host, dataset)
  if (dataset.properties['mountpoint'] === undefined) removeEmpty(place)
  pool.datasets = pool.datasets.filter((each) => each !== dataset)
}

export function dropSnapshot(host: Host, dataset: Dataset, snapshot: Snapshot): void {
  rmSync(keptFolder(host.paths, 'snapshots', snapshot.guid), { recursive: true, force: true })
  dataset.snapshots = dataset.snapshots.filter((each) => each !== snapshot)
}
