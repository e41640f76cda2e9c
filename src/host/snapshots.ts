import type { JailDriver, SnapshotDriver } from '../core/drivers.ts'
import type { Facts } from '../core/host.ts'
import { notSupported } from './jails/not-supported.ts'

export function createSnapshotDriver(_facts: Facts, _jails: JailDriver): SnapshotDriver {
  return { create: not, remove: not, rollback: not }
}

function not(): never {
  return notSupported('jail.conf', 'snapshots yet', '')
}
