import type { JailDriver } from '../../../core/drivers.ts'
import { JailopsError } from '../../../core/errors.ts'
import type { Facts } from '../../../core/host.ts'
import type { Jail, JailParts } from '../../../core/jail.ts'
import { datasetOfRoot, ownMountpoints } from '../../zfs.ts'
import { bootOff } from './boot-list.ts'
import { bootInOrder } from './boot-order.ts'
import { cloneJail } from './clone.ts'
import { configurationFile, rootOf } from './configuration.ts'
import { dependOn } from './depend.ts'
import { expectedJail, jailOfFile, makeJail } from './make.ts'
import { markJail } from './mark.ts'
import { mountInto, unmountFrom } from './mounts.ts'
import { readdressed, renamed } from './new-file.ts'
import { jailFileOf } from './read-file.ts'
import { renameJail } from './rename.ts'
import { setProperty } from './set.ts'
import { startJail, stopJail } from './start-stop.ts'
import { updateJail, upgradeJail } from './update.ts'
import { writeConfiguration } from './write.ts'

/** Jails by the base system's own means: jail(8), one file each in jail.conf.d, jail_list. */
export function createJailConfDriver(facts: Facts): JailDriver {
  const { layout } = facts
  return {
    expected: (jail) => expectedJail(layout, jail),
    make: (jail, request) => makeJail(facts, jail, request),
    start: (jail) => [startJail(layout, jail)],
    stop: (jail) => [stopJail(layout, jail)],
    boot: ({ name }, on) => (on ? bootInOrder(facts, name) : bootOff(facts.boot, name)),
    parts: (jail) => partsOf(facts, jail),
    rename: (jail, to) => renameJail(facts, jail, to),
    renamed: (jail, to) => jailOfFile(layout, renamed(layout, jailFileOf(jail), to), jail),
    clone: (jail, to, request) => cloneJail(facts, jail, to, request),
    readdress: (jail, address) => [
      writeConfiguration(
        facts,
        readdressed(layout, jailFileOf(jail), address),
        `Write the configuration of ${jail.name}, with address ${address}`,
      ),
    ],
    set: (jail, property, value) => setProperty(facts, jail, property, value),
    mount: (jail, mount) => mountInto(facts, jail, mount),
    unmount: (jail, mount) => unmountFrom(facts, jail, mount),
    depend: (jail, on) => dependOn(facts, jail, on),
    mark: (jail, mark) => markJail(facts, jail, mark),
    update: (jail, request) => updateJail(facts, jail, request),
    upgrade: (jail, release, request) => upgradeJail(facts, jail, release, request),
  }
}

function partsOf({ layout, datasets }: Pick<Facts, 'layout' | 'datasets'>, jail: Jail): JailParts {
  const root = rootOf(layout, jail.name)
  const file = configurationFile(layout, jail.name)
  if (jail.root !== root) {
    throw new JailopsError('not_ours', `The root of ${jail.name} is ${jail.root}, which jailops did not make. It only takes ${root} away.`)
  }
  if (jail.configuration !== undefined && jail.configuration !== file) {
    throw new JailopsError(
      'not_ours',
      `${jail.name} is defined in ${jail.configuration}, which is not its alone. Move its block to ${file} first (jail -f ${file} -e "|" checks it).`,
    )
  }
  const dataset = datasetOfRoot(datasets, root)
  return {
    files: [{ name: 'jail.conf', path: file }],
    tree:
      dataset === undefined ? { kind: 'folder', path: root } : { kind: 'dataset', dataset, mountpoints: ownMountpoints(datasets, dataset) },
  }
}
