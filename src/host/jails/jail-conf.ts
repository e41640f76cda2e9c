import type { Facts, JailDriver } from '../../core/host.ts'
import { bootOff, bootOn } from './boot-list.ts'
import { createJail } from './create.ts'
import { startJail, stopJail } from './start-stop.ts'
import { fromTrash, toTrash } from './trash.ts'

/** Jails by the base system's own means: jail(8), one file each in jail.conf.d, jail_list. */
export function createJailConfDriver(facts: Pick<Facts, 'layout' | 'boot' | 'baseMegabytes' | 'resolver'>): JailDriver {
  const { layout, boot } = facts
  return {
    create: (jail, request) => createJail(facts, jail, request),
    start: ({ name }) => startJail(layout, name),
    stop: ({ name }) => stopJail(layout, name),
    boot: (name, on) => (on ? bootOn(boot, name) : bootOff(boot, name)),
    toTrash: (jail, routes, request) => toTrash(layout, jail, routes, request),
    fromTrash: (entry, address) => fromTrash(layout, entry, address),
  }
}
