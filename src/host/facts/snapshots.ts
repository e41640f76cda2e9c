import type { Snapshot } from '../../core/jail.ts'
import type { Layout } from '../../core/layout.ts'
import type { Shell } from '../shell.ts'
import { askText } from './ask.ts'
import { hasProgram } from './has-program.ts'

/** All snapshots of the host, by one question; none where there is no zfs. @throws host_not_ready */
export async function observeSnapshots(shell: Shell, layout: Layout): Promise<Snapshot[]> {
  if (!(await hasProgram(shell, layout, 'zfs'))) return []
  return readSnapshots(await askText(shell, ['zfs', 'list', '-Hp', '-t', 'snapshot', '-o', 'name,creation,used,clones']))
}

/** `DATASET@NAME\tSECONDS\tBYTES\tCLONE,CLONE` a line; `-` where there is none. */
export function readSnapshots(text: string): Snapshot[] {
  return text.split('\n').flatMap((line) => {
    const [full = '', creation, used, clones = ''] = line.split('\t')
    const [dataset, name] = full.split('@')
    if (dataset === undefined || name === undefined) return []
    return [
      {
        dataset,
        name,
        createdAt: Number(creation) * 1000,
        usedBytes: Number(used),
        clones: clones.split(',').filter((clone) => clone !== '' && clone !== '-'),
      },
    ]
  })
}
