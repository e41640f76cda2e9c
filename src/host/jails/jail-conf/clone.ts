import type { Facts } from '../../../core/host.ts'
import type { Jail, NewJail } from '../../../core/jail.ts'
import type { Step } from '../../../core/step.ts'
import { datasetAt, datasetExists } from '../../zfs.ts'
import type { JailFile } from './jail-file.ts'
import { enoughSpace } from './make.ts'
import { readdressed, renamed } from './new-file.ts'
import { jailFileOf } from './read-file.ts'
import { cloneDataset, makeTree, parentDataset } from './tree.ts'
import { writeConfiguration } from './write.ts'

/** A copy of the jail's root as it is now; by ZFS one that shares what did not change. It gets a name, an address and a host name of its own. */
export function cloneJail(facts: Facts, jail: Jail, to: NewJail, request: string): Step[] {
  const file = jailFileOf(jail)
  const copy = renamed(facts.layout, readdressed(facts.layout, file, to.address), to.name)
  return [
    ...treeOf(facts, jail, to, request),
    writeConfiguration(facts, copyOf(copy, to), `Write the configuration of ${to.name}, with address ${to.address}`),
  ]
}

/** Two jails with one host name would be taken for one another. */
function copyOf(file: JailFile, to: NewJail): JailFile {
  return { ...file, hostname: to.name, record: { ...file.record, type: to.type } }
}

function treeOf(facts: Facts, jail: Jail, to: NewJail, request: string): Step[] {
  const dataset = datasetAt(facts.datasets, jail.root)?.name
  const parent = parentDataset(facts)
  if (dataset !== undefined && parent !== undefined && to.type === 'thin')
    return zfsClone(dataset, `${parent}/${to.name}`, to.name, request)
  const stopped: Step = {
    title: `Check that ${jail.name} is stopped`,
    action: { kind: 'require', otherwise: `${jail.name} runs (again). Nothing was copied.` },
    done: { kind: 'jail', name: jail.kernelName, running: false },
  }
  const unmounted: Step = {
    title: `Check that nothing is mounted in ${jail.name}`,
    action: { kind: 'require', otherwise: `Something is still mounted below ${jail.root}: see \`mount -p\`, unmount it, and ask again.` },
    done: { kind: 'no-mounts', path: jail.root },
  }
  return [
    stopped,
    unmounted,
    enoughSpace(facts.layout, facts.baseMegabytes),
    ...makeTree(facts, to.name, 'thick', { path: jail.root }, request),
  ]
}

/** The snapshot is the clone's origin and stays as long as the clone does. */
function zfsClone(dataset: string, clone: string, name: string, request: string): Step[] {
  const snapshot = `${dataset}@jailops-${request}`
  return [
    {
      title: `Take a snapshot of ${dataset}`,
      action: { kind: 'run', argv: ['zfs', 'snapshot', snapshot], timeoutSeconds: 120 },
      done: datasetExists(snapshot),
      undo: [{ action: { kind: 'run', argv: ['zfs', 'destroy', snapshot], timeoutSeconds: 120 }, unless: datasetExists(snapshot, false) }],
    },
    cloneDataset(name, snapshot, clone),
  ]
}
