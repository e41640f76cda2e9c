import type { LimitDriver } from '../core/drivers.ts'
import type { Facts } from '../core/host.ts'
import { notSupported } from './jails/not-supported.ts'

export function createLimitDriver(_facts: Facts): LimitDriver {
  return { set: () => notSupported('jail.conf', 'limits yet', '') }
}
