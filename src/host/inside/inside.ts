import type { InsideDriver } from '../../core/drivers.ts'
import { notSupported } from '../jails/not-supported.ts'
import { runInside, writeInside } from './run.ts'

/** What is done in a running jail, whichever manager made it: through jexec, pkg -j, service -j and sysrc -j. */
export function createInsideDriver(): InsideDriver {
  return {
    run: runInside,
    write: writeInside,
    // a fresh base has none, and without it pkg in the jail finds nobody
    resolver: (jail, text) =>
      text === '' ? [] : [writeInside(jail, '/etc/resolv.conf', text, `Give ${jail.name} the host's resolv.conf`)],
    timezone: not,
    installPackages: not,
    removePackages: not,
    upgradePackages: not,
    service: not,
    sysrc: not,
    template: not,
  }
}

function not(): never {
  return notSupported('jail.conf', 'this yet', '')
}
