import type { ArchiveDriver, JailDriver } from '../core/drivers.ts'
import type { Facts } from '../core/host.ts'
import { notSupported } from './jails/not-supported.ts'

export function createArchiveDriver(_facts: Facts, _jails: JailDriver): ArchiveDriver {
  return { write: not, read: not, remove: not }
}

function not(): never {
  return notSupported('jail.conf', 'archives yet', '')
}
