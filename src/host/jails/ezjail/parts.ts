import { JailopsError } from '../../../core/errors.ts'
import type { Facts } from '../../../core/host.ts'
import type { Jail, JailParts } from '../../../core/jail.ts'
import { datasetOfRoot, ownMountpoints } from '../../zfs.ts'
import { notSupported } from '../not-supported.ts'
import { controlFileOf, fstabFile } from './control-file.ts'

/** What a jail consists of once it is stopped. @throws not_ours for a root that ezjail was told of and did not make */
export function partsOf({ layout, datasets }: Pick<Facts, 'layout' | 'datasets'>, jail: Jail): JailParts {
  const { kernelName, properties, root, texts } = jail
  if ((properties['image'] ?? '') !== '') {
    return notSupported(
      'ezjail',
      `a folder for ${jail.name}: its files lie in the image ${properties['image']}`,
      'Use ezjail-admin for it.',
    )
  }
  const folder = layout.ezjail.jails
  if (!root.startsWith(`${folder}/`) || !/^[A-Za-z0-9_][A-Za-z0-9._-]*$/.test(root.slice(folder.length + 1))) {
    throw new JailopsError(
      'not_ours',
      `The root of ${jail.name} is ${root}, and not a folder of ${folder}. Move it by hand, with ezjail-admin.`,
    )
  }
  const dataset = datasetOfRoot(datasets, root)
  return {
    files: [
      { name: 'control', path: controlFileOf(layout, jail) },
      ...(texts !== undefined && texts['fstab'] === undefined ? [] : [{ name: 'fstab', path: fstabFile(layout, kernelName) }]),
    ],
    tree:
      dataset === undefined ? { kind: 'folder', path: root } : { kind: 'dataset', dataset, mountpoints: ownMountpoints(datasets, dataset) },
  }
}
