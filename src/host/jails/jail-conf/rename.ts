import type { Facts } from '../../../core/host.ts'
import type { Jail } from '../../../core/jail.ts'
import type { Step } from '../../../core/step.ts'
import { datasetOfRoot, ownMountpoints, renameDataset, setMountpoint } from '../../zfs.ts'
import { configurationFile, plainName, rootOf } from './configuration.ts'
import { renamed } from './new-file.ts'
import { jailFileOf } from './read-file.ts'
import { writeConfiguration } from './write.ts'

/** Root, file and host name. Its files and its dataset with all snapshots stay what they are. */
export function renameJail(facts: Facts, jail: Jail, to: string): Step[] {
  const { layout } = facts
  const file = jailFileOf(jail)
  const name = plainName(to)
  return [
    {
      title: `Check that ${jail.name} is stopped`,
      action: { kind: 'require', otherwise: `${jail.name} runs. Stop it first; nothing was renamed.` },
      done: { kind: 'jail', name: jail.kernelName, running: false },
    },
    {
      title: `Check that nothing is mounted in ${jail.name}`,
      action: { kind: 'require', otherwise: `Something is still mounted below ${jail.root}: see \`mount -p\`, unmount it, and ask again.` },
      done: { kind: 'no-mounts', path: jail.root },
    },
    ...moveRoot(facts, jail, name),
    writeConfiguration(facts, renamed(layout, file, name), `Write the configuration of ${name}`),
    { title: `Take the configuration of ${jail.name} away`, action: { kind: 'remove', path: configurationFile(layout, jail.name) } },
  ]
}

/** Where it lies in the pool: that need not be below the dataset of the jails, and then it is mounted by a path of its own. */
function moveRoot({ layout, datasets }: Facts, jail: Jail, name: string): Step[] {
  const dataset = datasetOfRoot(datasets, jail.root)
  const root = rootOf(layout, name)
  if (dataset === undefined) return [{ title: `Move its root to ${root}`, action: { kind: 'move', from: jail.root, to: root } }]
  const to = `${dataset.slice(0, dataset.lastIndexOf('/'))}/${name}`
  const own = ownMountpoints(datasets, dataset)[dataset]
  const step = renameDataset(`Rename its dataset to ${to}`, dataset, to)
  if (own === undefined) return [step]
  // zfs(8) makes the folder of such a mountpoint, and leaves the old one
  return [
    { title: `Make the folder ${root}`, action: { kind: 'folder', path: root, mode: 0o755 } },
    step,
    { title: `Mount it at ${root}`, action: setMountpoint(to, root), undo: [{ action: setMountpoint(to, own) }] },
    { title: `Take the empty folder ${jail.root} away`, action: { kind: 'remove-folder', path: jail.root } },
  ]
}
