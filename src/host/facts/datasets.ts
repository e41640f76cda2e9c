import type { Dataset } from '../../core/jail.ts'
import type { Layout } from '../../core/layout.ts'
import type { Shell } from '../shell.ts'
import { askText } from './ask.ts'
import { hasProgram } from './has-program.ts'

/** All ZFS filesystems of the host, by one question; none where there is no zfs. @throws host_not_ready */
export async function observeDatasets(shell: Shell, layout: Layout): Promise<Dataset[]> {
  if (!(await hasProgram(shell, layout, 'zfs'))) return []
  return readDatasets(
    await askText(shell, ['zfs', 'get', '-Hp', '-t', 'filesystem', '-o', 'name,property,value,source', 'mountpoint,mounted,origin']),
  )
}

/** `NAME\tPROPERTY\tVALUE\tSOURCE` a line. */
export function readDatasets(text: string): Dataset[] {
  const datasets = new Map<string, Dataset>()
  for (const line of text.split('\n')) {
    const [name, property, value = '', source] = line.split('\t')
    if (name === undefined || name === '') continue
    const dataset = datasets.get(name) ?? { name, mountpoint: 'none', isMounted: false, hasOwnMountpoint: false }
    datasets.set(name, dataset)
    if (property === 'mountpoint') Object.assign(dataset, { mountpoint: value, hasOwnMountpoint: source === 'local' })
    if (property === 'mounted') dataset.isMounted = value === 'yes'
    if (property === 'origin' && value !== '-') dataset.origin = value
  }
  return [...datasets.values()]
}
