import { join } from 'node:path'
import type { Host } from '../host.ts'
import { mountDataset, showInMountTable, unmountDataset } from './mounts.ts'
import { mountAll } from './mounting.ts'
import { hasPool, loadPool, newDataset, newGuid, poolName, savePool, type Pool } from './pool.ts'

/** At boot: the pool is imported, at the first one made around the files that are there, and what should be mounted is. */
export function bootPool(host: Host): void {
  const pool = hasPool(host.paths) ? loadPool(host.paths) : makePool(host)
  for (const dataset of pool.datasets) {
    if (dataset.properties['canmount'] === 'noauto' && dataset.mountedAt !== host.paths.host) unmountDataset(host, dataset)
  }
  mountAll(host, pool)
  savePool(host.paths, pool)
  showInMountTable(host, pool)
}

function makePool(host: Host): Pool {
  const pool: Pool = { guid: newGuid(), nextTxg: 4, datasets: [] }
  const below = (path: string) => join(host.paths.host, path)
  const top = newDataset(pool, poolName, { mountpoint: below(poolName), compression: 'on', atime: 'off' })
  newDataset(pool, `${poolName}/ROOT`, { mountpoint: 'none' })
  newDataset(pool, `${poolName}/ROOT/default`, { mountpoint: host.paths.host, canmount: 'noauto' }).mountedAt = host.paths.host
  newDataset(pool, `${poolName}/usr`, { mountpoint: below('usr'), canmount: 'off' })
  newDataset(pool, `${poolName}/jails`, { mountpoint: below('usr/jails') }).mountedAt = below('usr/jails')
  mountDataset(host, pool, top)
  return pool
}
