import { dirname } from 'node:path'
import type { Host } from '../host.ts'
import { actual } from '../mount-table.ts'
import { datasetAt } from './mounts.ts'
import { loadPool } from './pool.ts'

/** Whether rename(2) can take one path to another: both lie in the same dataset. */
export function isOneDataset(host: Host, from: string, to: string): boolean {
  const pool = loadPool(host.paths)
  return datasetAt(pool, actual(dirname(from))) === datasetAt(pool, actual(dirname(to)))
}
