import { JailopsError } from '../../../core/errors.ts'
import type { Facts } from '../../../core/host.ts'
import type { Jail, JailParts } from '../../../core/jail.ts'
import { datasetAt, ownMountpoints } from '../../zfs.ts'
import { notSupported } from '../not-supported.ts'
import { mustBeJail } from './guards.ts'
import { folderOf, rootOf } from './paths.ts'

/** One dataset with all in it: root, config.json and fstab. */
export function partsOf({ layout, datasets }: Pick<Facts, 'layout' | 'datasets'>, jail: Jail): JailParts {
  mustBeJail(jail)
  const folder = folderOf(layout, jail.name)
  if (jail.root !== rootOf(layout, jail.name)) {
    throw new JailopsError('not_ours', `The root of ${jail.name} is ${jail.root}, and not in ${folder}. Move it by hand, with iocage.`)
  }
  const dataset = datasetAt(datasets, folder)?.name
  if (dataset === undefined) {
    return notSupported('iocage', `a dataset that is mounted at ${folder}`, 'Look at `zfs list` on the host, and mount it first.')
  }
  return { files: [], tree: { kind: 'dataset', dataset, mountpoints: ownMountpoints(datasets, dataset) } }
}
