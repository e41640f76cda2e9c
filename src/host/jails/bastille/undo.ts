import type { Facts } from '../../../core/host.ts'
import type { Probe, Undo } from '../../../core/step.ts'
import { datasetExists } from '../../zfs.ts'
import { baseOf, folderOf, jailConfOf, jailsDataset, rootOf } from './paths.ts'

/**
 * Nothing of a jail that create was to make stays, however far it came. bastille's own destroy may stumble over what is half made; and without a
 * jail.conf the name would mean to it whatever jail begins with it, so it is not asked then.
 */
export function undoCreate({ layout, datasets }: Pick<Facts, 'layout' | 'datasets'>, name: string, address: string): Undo[] {
  const folder = folderOf(layout, name)
  const conf = jailConfOf(layout, name)
  const isGone: Probe = { kind: 'path', path: folder, exists: false }
  const isStopped: Probe = { kind: 'jail', name, running: false }
  const parent = jailsDataset(layout, datasets)
  return [
    run(['bastille', 'destroy', '-a', '-f', '-y', name], 600, { kind: 'path', path: conf, exists: false }, true),
    run(['jail', '-f', conf, '-r', name], 180, isStopped, true),
    run(['jail', '-R', name], 180, isStopped),
    ...[baseOf(layout, name), `${rootOf(layout, name)}/dev`].map((place) =>
      run(['umount', '-f', place], 60, { kind: 'command', argv: ['mount', '-p'], noWord: place }),
    ),
    ...(parent === undefined ? [] : [run(['zfs', 'destroy', '-r', `${parent}/${name}`], 300, datasetExists(`${parent}/${name}`, false))]),
    ...removeFolder(folder, isGone),
    // a jail that ended without its configuration leaves its address; where there is no such interface, nothing is left on it
    run(
      ['ifconfig', layout.interface, 'inet', address, '-alias'],
      30,
      { kind: 'command', argv: ['ifconfig', layout.interface], noWord: address },
      true,
    ),
  ]
}

/** It stays on one filesystem (`-x`): what is mounted below is somebody else's. */
export function removeFolder(folder: string, isGone: Probe): Undo[] {
  return [run(['chflags', '-R', 'noschg', folder], 300, isGone), run(['rm', '-x', '-rf', folder], 600, isGone)]
}

function run(argv: string[], timeoutSeconds: number, unless: Probe, mayFail?: true): Undo {
  return { action: { kind: 'run', argv, timeoutSeconds }, unless, ...(mayFail === true && { mayFail }) }
}
