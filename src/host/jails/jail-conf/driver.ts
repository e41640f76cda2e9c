import type { JailDriver } from '../../../core/drivers.ts'
import { JailopsError } from '../../../core/errors.ts'
import type { Facts } from '../../../core/host.ts'
import type { Jail, NewJail } from '../../../core/jail.ts'
import type { Layout } from '../../../core/layout.ts'
import { datasetAt, ownMountpoints } from '../../zfs.ts'
import { notSupported } from '../not-supported.ts'
import { bootOff, bootOn } from './boot-list.ts'
import { configurationFile, rootOf } from './configuration.ts'
import { makeJail, writeConfiguration } from './make.ts'
import { startJail, stopJail } from './start-stop.ts'

/** Jails by the base system's own means: jail(8), one file each in jail.conf.d, jail_list. */
export function createJailConfDriver(facts: Facts): JailDriver {
  const { layout, boot, datasets } = facts
  return {
    expected: (jail) => expected(layout, jail),
    make: (jail, request) => makeJail(facts, jail, request),
    start: (jail) => startJail(layout, jail),
    stop: (jail) => stopJail(layout, jail),
    boot: ({ name }, on) => (on ? bootOn(boot, name) : bootOff(boot, name)),
    parts(jail) {
      const root = rootOf(layout, jail.name)
      if (jail.root !== root) {
        throw new JailopsError(
          'not_ours',
          `The root of ${jail.name} is ${jail.root}, which jailops did not make. It only takes ${root} away.`,
        )
      }
      const dataset = datasetAt(datasets, root)?.name
      return {
        files: [{ name: 'jail.conf', path: configurationFile(layout, jail.name) }],
        tree:
          dataset === undefined
            ? { kind: 'folder', path: root }
            : { kind: 'dataset', dataset, mountpoints: ownMountpoints(datasets, dataset) },
      }
    },
    readdress: (jail, address) => [writeConfiguration(layout, { name: jail.name, address })],
    rename: not,
    renamed: not,
    clone: not,
    set: not,
    mount: not,
    unmount: not,
    depend: not,
    mark: not,
    update: not,
    upgrade: not,
  }
}

function expected(layout: Layout, { name, manager, address, startsAtBoot, type, vnet }: NewJail): Jail {
  return {
    name,
    manager,
    ours: true,
    isMarked: false,
    state: 'stopped',
    kernelName: name,
    address,
    addresses: [address],
    hostname: name,
    root: rootOf(layout, name),
    startsAtBoot,
    configuration: configurationFile(layout, name),
    type,
    vnet,
    depends: [],
    tags: [],
    note: '',
    mounts: [],
    properties: {},
  }
}

function not(): never {
  return notSupported('jail.conf', 'this yet', 'Use its own tools.')
}
