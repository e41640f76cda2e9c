import type { LabOptions } from '../../src/lab/lab.ts'
import type { Manager } from '../../src/core/jail.ts'

/** A driver on a kind of host. */
export interface Column {
  name: string
  manager: Manager
  lab: Pick<LabOptions, 'zfs' | 'managers'>
  /** Where the root of a jail is, below HOST. */
  root(jail: string): string
  kernelName(jail: string): string
}

export const columns: readonly Column[] = [
  { name: 'jail.conf', manager: 'jail.conf', lab: {}, root: (jail) => `/usr/jails/${jail}`, kernelName: (jail) => jail },
  { name: 'jail.conf/zfs', manager: 'jail.conf', lab: { zfs: true }, root: (jail) => `/usr/jails/${jail}`, kernelName: (jail) => jail },
  {
    name: 'bastille',
    manager: 'bastille',
    lab: { managers: ['bastille'] },
    root: (jail) => `/usr/local/bastille/jails/${jail}/root`,
    kernelName: (jail) => jail,
  },
  {
    name: 'bastille/zfs',
    manager: 'bastille',
    lab: { zfs: true, managers: ['bastille'] },
    root: (jail) => `/usr/local/bastille/jails/${jail}/root`,
    kernelName: (jail) => jail,
  },
  {
    name: 'iocage',
    manager: 'iocage',
    lab: { zfs: true, managers: ['iocage'] },
    root: (jail) => `/iocage/jails/${jail}/root`,
    kernelName: (jail) => `ioc-${jail}`,
  },
  {
    name: 'ezjail',
    manager: 'ezjail',
    lab: { managers: ['ezjail'] },
    root: (jail) => `/usr/jails/${jail}`,
    kernelName: (jail) => jail.replaceAll('-', '_'),
  },
]
