import type { JailDriver } from '../../../core/drivers.ts'
import type { Facts } from '../../../core/host.ts'
import { notSupported } from '../not-supported.ts'

/** Jails of iocage. */
export function createIocageDriver(_facts: Facts): JailDriver {
  return {
    expected: not,
    make: not,
    start: not,
    stop: not,
    boot: not,
    parts: not,
    rename: not,
    clone: not,
    readdress: not,
    set: not,
    mount: not,
    unmount: not,
    depend: not,
    mark: not,
    update: not,
    upgrade: not,
  }
}

function not(): never {
  return notSupported('iocage', 'this', 'another manager')
}
