import type { InsideDriver } from '../../core/drivers.ts'
import type { Facts } from '../../core/host.ts'
import { endpointOf } from '../addresses.ts'
import { writeFile } from './files.ts'
import { installPackages, removePackages, upgradePackages } from './packages.ts'
import { runInside } from './run.ts'
import { changeService } from './services.ts'
import { createTemplate } from './template.ts'
import { setVariable } from './variables.ts'
import { setZone } from './zone.ts'

/** What is done in a running jail, whichever manager made it: through jexec, pkg -j, service -j and sysrc -j. */
export function createInsideDriver({ layout }: Pick<Facts, 'layout'>): InsideDriver {
  return {
    run: runInside,
    write: writeFile,
    // a fresh base has none, and without it pkg in the jail finds nobody
    resolver: (jail, text, seen) =>
      text === ''
        ? []
        : [
            writeFile(
              jail,
              '/etc/resolv.conf',
              text,
              seen === undefined ? `Give ${jail.name} the host's resolv.conf` : `Write resolv.conf of ${jail.name}`,
              seen,
            ),
          ],
    timezone: setZone,
    installPackages,
    removePackages,
    upgradePackages,
    service: changeService,
    sysrc: setVariable,
    template: createTemplate((address) => endpointOf(layout, address)),
  }
}
