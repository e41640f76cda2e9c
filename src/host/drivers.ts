import type { Drivers } from '../core/drivers.ts'
import type { Facts } from '../core/host.ts'
import { chooseAddress, endpointOf } from './addresses.ts'
import { createArchiveDriver } from './archives.ts'
import { createInsideDriver } from './inside/inside.ts'
import { createJailDrivers } from './jails/drivers.ts'
import { createLimitDriver } from './limits.ts'
import { isPublicSuffix } from './public-suffix.ts'
import { createCertificateDriver } from './proxy/certificates/driver.ts'
import { createHaproxyDriver } from './proxy/haproxy.ts'
import { createNginxFrontDriver } from './proxy/nginx/nginx.ts'
import { createNginxCertificates } from './proxy/nginx/certificates.ts'
import { createReleaseDriver } from './releases.ts'
import { createNginxDriver } from './site/nginx.ts'
import { createSnapshotDriver } from './snapshots.ts'
import { createTrashDriver } from './trash.ts'

/** What a planner may build steps with. */
export function createDrivers(facts: Facts): Drivers {
  const inside = createInsideDriver(facts)
  const jails = createJailDrivers(facts, inside)
  const limits = createLimitDriver(facts)
  return {
    jails,
    inside,
    trash: createTrashDriver(facts, { jails, limits }),
    snapshots: createSnapshotDriver(facts, jails),
    archives: createArchiveDriver(facts, jails),
    limits,
    releases: createReleaseDriver(facts),
    ...(facts.layout.proxy === 'nginx'
      ? { proxy: createNginxFrontDriver(facts), certificates: createNginxCertificates(facts) }
      : { proxy: createHaproxyDriver(facts), certificates: createCertificateDriver(facts) }),
    site: createNginxDriver(facts),
    isPublicSuffix,
    chooseAddress: (wanted) => chooseAddress(facts, facts.layout, wanted),
    endpoint: (address) => endpointOf(facts.layout, address),
  }
}
