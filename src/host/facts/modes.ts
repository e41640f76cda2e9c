import { foldersAbove } from '../../core/audit.ts'
import type { Jail } from '../../core/jail.ts'
import type { Shell } from '../shell.ts'
import { inBatches } from './batches.ts'

/** Who may look into the folders that hold jails. A folder that is not there has no mode. */
export async function observeModes(shell: Shell, jails: readonly Jail[]): Promise<Record<string, number>> {
  const folders = [...new Set(jails.flatMap(foldersAbove))]
  const found = await inBatches(folders, async (folder): Promise<[string, number][]> => {
    const status = await shell.stat(folder)
    return status === undefined ? [] : [[folder, status.mode]]
  })
  return Object.fromEntries(found.flat())
}
