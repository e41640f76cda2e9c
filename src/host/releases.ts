import type { ReleaseDriver } from '../core/drivers.ts'
import type { Facts } from '../core/host.ts'
import { notSupported } from './jails/not-supported.ts'

export function createReleaseDriver(_facts: Facts): ReleaseDriver {
  return { fetch: not, remove: not, update: not }
}

function not(): never {
  return notSupported('jail.conf', 'releases yet', '')
}
