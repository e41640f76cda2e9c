import type { InsideDriver, JailDriver, JailDrivers } from '../../core/drivers.ts'
import type { Facts } from '../../core/host.ts'
import { JailopsError } from '../../core/errors.ts'
import type { Jail, Manager } from '../../core/jail.ts'
import { createBastilleDriver } from './bastille/driver.ts'
import { createEzjailDriver } from './ezjail/driver.ts'
import { createIocageDriver } from './iocage/driver.ts'
import { createJailConfDriver } from './jail-conf/driver.ts'
import { migratedJail, migrateJail } from './migrate.ts'

/** One model for all managers: each jail goes to its own manager's driver. */
export function createJailDrivers(facts: Facts, inside: InsideDriver): JailDrivers {
  const drivers: Record<Manager, JailDriver> = {
    'jail.conf': createJailConfDriver(facts),
    bastille: createBastilleDriver(facts),
    iocage: createIocageDriver(facts),
    ezjail: createEzjailDriver(facts),
  }
  const of = ({ manager }: { manager: Manager }) => drivers[manager]
  return {
    expected: (jail) => of(jail).expected(jail),
    make: (jail, request) => of(jail).make(jail, request),
    start: (jail) => of(jail).start(jail),
    stop(jail) {
      mustBeWhereItIs(jail)
      return of(jail).stop(jail)
    },
    boot: (jail, on) => of(jail).boot(jail, on),
    parts: (jail) => of(jail).parts(jail),
    rename: (jail, to) => of(jail).rename(jail, to),
    renamed: (jail, to) => of(jail).renamed(jail, to),
    clone: (jail, to, request) => of(jail).clone(jail, to, request),
    readdress: (jail, address) => of(jail).readdress(jail, address),
    set: (jail, property, value) => of(jail).set(jail, property, value),
    mount: (jail, mount) => of(jail).mount(jail, mount),
    unmount: (jail, mount) => of(jail).unmount(jail, mount),
    depend: (jail, on) => of(jail).depend(jail, on),
    mark: (jail, mark) => of(jail).mark(jail, mark),
    update: (jail, request) => of(jail).update(jail, request),
    upgrade: (jail, release, request) => of(jail).upgrade(jail, release, request),
    create(jail, request) {
      const made = of(jail).expected(jail)
      return [...of(jail).make(jail, request), ...of(jail).start(made), ...inside.resolver(made, facts.resolver)]
    },
    // the managers' own tools are not safe to run beside themselves
    resources: ({ name, manager }) => [`jail:${name}`, ...(manager === 'jail.conf' ? [] : [`manager:${manager}`])],
    migrate: (jail, to, request) => migrateJail(facts, of(jail), { jail, to, request }),
    migrated: (jail, to) => migratedJail(facts, jail, to),
  }
}

/** jail(8) takes the address down that the file says: it would fail at that one, with the jail gone and its former address left behind. */
function mustBeWhereItIs({ name, address, nextAddress, configuration }: Jail): void {
  if (nextAddress === undefined) return
  throw new JailopsError(
    'host_not_ready',
    `${name} runs at ${address ?? 'no address'}, and ${configuration ?? 'its manager'} says ${nextAddress} since, so it cannot be stopped in order. Write ${address ?? 'the former'} there again, then: /jail stop ${name}; write ${nextAddress}, also where its nginx listens (jailops/listen.inc and 20-status.conf in the jail); /jail start ${name}. Its sites follow.`,
  )
}
