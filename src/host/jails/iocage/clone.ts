import { JailopsError } from '../../../core/errors.ts'
import type { Facts } from '../../../core/host.ts'
import type { Jail, NewJail } from '../../../core/jail.ts'
import type { Step } from '../../../core/step.ts'
import { markSteps } from '../../marks.ts'
import { datasetOf, destroyed, hasNoSnapshot, snapshotGone } from './datasets.ts'
import { readFstab } from '../fstab.ts'
import { isFree, isStopped, isThere, mustBeJail } from './guards.ts'
import { logsGone, settings } from './make.ts'
import { configOf, folderOf, callIocage } from './paths.ts'
import { startJail, stopJail } from './start-stop.ts'

type Known = Pick<Facts, 'layout' | 'datasets' | 'jails'>

/** By `iocage clone`, which takes only stopped jails: one that runs is stopped for as long as that takes. */
export function cloneJail(facts: Known, jail: Jail, to: NewJail): Step[] {
  mustBeJail(jail)
  mustSurvive(jail, to.name)
  if (jail.state !== 'running') return copy(facts, jail, to)
  return [...stopJail(facts.layout, jail), ...copy(facts, jail, to), ...startJail({ ...facts, jails: [] }, { ...jail, depends: [] })]
}

function copy(facts: Known, jail: Jail, to: NewJail): Step[] {
  const { layout } = facts
  const source = datasetOf(facts, jail.name)
  const snapshots = [source, `${source}/root`].map((dataset) => `${dataset}@${to.name}`)
  const flags = to.type === 'thick' ? ['-T'] : []
  return [
    isStopped(jail, `${jail.name} runs (again), and iocage copies only what is stopped. Nothing was made.`),
    isThere(layout, jail.name),
    ...isFree(layout, to.name),
    ...snapshots.map((snapshot): Step => ({
      title: `Check that there is no snapshot ${snapshot}`,
      action: { kind: 'require', otherwise: `${snapshot} is there already, and iocage needs that name. Choose another name for the copy.` },
      done: hasNoSnapshot(snapshot),
    })),
    {
      title: `Let iocage make ${to.name}, a copy of ${jail.name}`,
      action: callIocage(['clone', jail.name, '-n', to.name, ...flags, ...settings(layout, to)], jail.name, 1800),
      done: { kind: 'journal-only', path: folderOf(layout, to.name) },
      undo: [...destroyed(datasetOf(facts, to.name)), ...snapshots.map(snapshotGone), ...logsGone(layout, to.name)],
    },
    {
      title: `Check that ${to.name} was made whole`,
      action: { kind: 'require', otherwise: `iocage made no ${configOf(layout, to.name)}, and does not say why. Try it by hand.` },
      done: { kind: 'path', path: configOf(layout, to.name), exists: true },
    },
    ...markSteps(layout, { name: to.name, manager: 'iocage' }, { ours: true, tags: [], note: '' }),
  ]
}

/** These name the jail, or are given to the copy anew. */
const ownNames = new Set(['host_hostname', 'host_hostuuid', 'jail_zfs_dataset', 'ip4_addr', 'boot', 'notes', 'comment'])

/**
 * iocage writes the new name wherever the letters of the old one stand: of a jail `sh` the copy would be started by /bin/COPY.
 * @throws not_supported_by_driver
 */
function mustSurvive({ name, properties, root, texts }: Jail, to: string): void {
  const property = Object.entries(properties).find(([key, value]) => !ownNames.has(key) && value.includes(name))
  const folder = root.replace(/root$/, '')
  const line = readFstab(texts?.['fstab'] ?? '').find(
    ({ text }) => text.replaceAll(name, to) !== text.replaceAll(folder, folder.replace(name, to)),
  )
  if (property === undefined && line === undefined) return
  const where = property === undefined ? `its mount of ${line?.from ?? ''}` : `its property ${property.join('=')}`
  throw new JailopsError(
    'not_supported_by_driver',
    `iocage writes the copy's name wherever the letters ${name} stand, so also into ${where}. ` +
      `Export ${name} and import it under the other name instead: /jail export ${name}`,
  )
}
