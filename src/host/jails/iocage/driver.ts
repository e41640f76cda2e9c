import type { JailDriver } from '../../../core/drivers.ts'
import type { Facts } from '../../../core/host.ts'
import { markSteps } from '../../marks.ts'
import { bootOf } from './boot.ts'
import { cloneJail } from './clone.ts'
import { expectedJail, renamedJail } from './expected.ts'
import { makeJail } from './make.ts'
import { mountInto, unmountFrom } from './mounts.ts'
import { partsOf } from './parts.ts'
import { renameJail } from './rename.ts'
import { dependOn, readdress, setProperty } from './set.ts'
import { startJail, stopJail } from './start-stop.ts'
import { updateJail, upgradeJail } from './update.ts'

/**
 * Jails of iocage 1.13: made, started, set and renamed by iocage itself, each call for a jail that was looked up by its whole name before, and
 * looked at afterwards. What it destroys goes by zfs(8), since with its own `destroy` go the clones of others.
 */
export function createIocageDriver(facts: Facts): JailDriver {
  const { layout } = facts
  return {
    expected: (jail) => expectedJail(layout, jail),
    make: (jail, request) => makeJail(facts, jail, request),
    start: (jail) => startJail(facts, jail),
    stop: (jail) => stopJail(layout, jail),
    boot: ({ name }, on) => bootOf(facts, name, on),
    parts: (jail) => partsOf(facts, jail),
    rename: (jail, to) => renameJail(facts, jail, to),
    renamed: (jail, to) => renamedJail(layout, jail, to),
    clone: (jail, to) => cloneJail(facts, jail, to),
    readdress: (jail, address) => readdress(facts, jail, address),
    set: (jail, property, value) => setProperty(facts, jail, property, value),
    mount: (jail, mount) => mountInto(facts, jail, mount),
    unmount: (jail, mount) => unmountFrom(facts, jail, mount),
    depend: (jail, on) => dependOn(facts, jail, on),
    mark: (jail, mark) => markSteps(layout, jail, mark),
    update: (jail) => updateJail(facts, jail),
    upgrade: (jail, release) => upgradeJail(facts, jail, release),
  }
}
