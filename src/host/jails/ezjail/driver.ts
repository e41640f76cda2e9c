import type { JailDriver } from '../../../core/drivers.ts'
import type { Facts } from '../../../core/host.ts'
import { markSteps } from '../../marks.ts'
import { notSupported } from '../not-supported.ts'

/** Jails of ezjail. */
export function createEzjailDriver({ layout }: Facts): JailDriver {
  return {
    expected: not,
    make: not,
    start: not,
    stop: not,
    boot: not,
    parts: not,
    rename: not,
    renamed: not,
    clone: not,
    readdress: not,
    set: not,
    mount: not,
    unmount: not,
    depend: not,
    mark: (jail, mark) => markSteps(layout, jail, mark),
    update: not,
    upgrade: not,
  }
}

function not(): never {
  return notSupported('ezjail', 'this', 'another manager')
}
