import type { Facts } from '../../../core/host.ts'
import type { Jail } from '../../../core/jail.ts'
import type { Step } from '../../../core/step.ts'
import { datasetOfRoot, renameDataset } from '../../zfs.ts'
import { configurationFile, plainName, rootOf } from './configuration.ts'
import { renamed } from './new-file.ts'
import { jailFileOf } from './read-file.ts'
import { parentDataset } from './tree.ts'
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
    moveRoot(facts, jail, name),
    writeConfiguration(facts, renamed(layout, file, name), `Write the configuration of ${name}`),
    { title: `Take the configuration of ${jail.name} away`, action: { kind: 'remove', path: configurationFile(layout, jail.name) } },
  ]
}

function moveRoot(facts: Facts, jail: Jail, name: string): Step {
  const parent = parentDataset(facts)
  const dataset = datasetOfRoot(facts.datasets, jail.root)
  if (dataset === undefined || parent === undefined) {
    return {
      title: `Move its root to ${rootOf(facts.layout, name)}`,
      action: { kind: 'move', from: jail.root, to: rootOf(facts.layout, name) },
    }
  }
  return renameDataset(`Rename its dataset to ${parent}/${name}`, dataset, `${parent}/${name}`)
}
