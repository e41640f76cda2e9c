import type { JailDriver } from '../../../core/drivers.ts'
import type { Facts } from '../../../core/host.ts'
import { notSupported } from '../not-supported.ts'

/** Jails of bastille. */
export function createBastilleDriver(_facts: Facts): JailDriver {
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
  return notSupported('bastille', 'this', 'another manager')
}
