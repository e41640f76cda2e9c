import type { ReleaseDriver } from '../core/drivers.ts'
import type { Facts } from '../core/host.ts'
import type { Manager } from '../core/jail.ts'
import { createBastilleReleases } from './releases/bastille.ts'
import { createEzjailReleases } from './releases/ezjail.ts'
import { createIocageReleases } from './releases/iocage.ts'
import { createJailConfReleases } from './releases/jail-conf.ts'
import type { ManagerReleases } from './releases/manager-releases.ts'

/** What jails are made from, by each manager's own means. */
export function createReleaseDriver(facts: Facts): ReleaseDriver {
  const managers: Record<Manager, ManagerReleases> = {
    'jail.conf': createJailConfReleases(facts),
    bastille: createBastilleReleases(facts),
    iocage: createIocageReleases(facts),
    ezjail: createEzjailReleases(facts),
  }
  return {
    fetch: (manager, release, from, request) => managers[manager].fetch(release, from, request),
    remove: (release, request) => managers[release.manager].remove(release, request),
    update: (release, request) => managers[release.manager].update(release, request),
  }
}
