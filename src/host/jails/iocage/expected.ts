import type { Jail, NewJail } from '../../../core/jail.ts'
import type { Layout } from '../../../core/layout.ts'
import { configOf, consoleLogOf, kernelNameOf, rootOf } from './paths.ts'

/** The jail as it will be seen once it is made. */
export function expectedJail(layout: Layout, jail: NewJail): Jail {
  const { name, address, startsAtBoot, type, release, vnet, archive } = jail
  return {
    name,
    manager: 'iocage',
    ours: true,
    isMarked: true,
    state: 'stopped',
    kernelName: kernelNameOf(name),
    address,
    addresses: [address],
    hostname: name,
    root: rootOf(layout, name),
    startsAtBoot,
    configuration: configOf(layout, name),
    // what was packed is all there, so it shares nothing
    type: archive === undefined ? type : 'thick',
    ...(release !== undefined && { release }),
    vnet,
    depends: [],
    tags: [],
    note: '',
    mounts: [],
    properties: {},
    consoleLog: consoleLogOf(layout, name),
  }
}

export function renamedJail(layout: Layout, jail: Jail, to: string): Jail {
  return {
    ...jail,
    name: to,
    kernelName: kernelNameOf(to),
    // as iocage does it: one that somebody named differently from the jail keeps its host name
    hostname: jail.hostname === jail.name ? to : jail.hostname,
    root: rootOf(layout, to),
    configuration: configOf(layout, to),
    consoleLog: consoleLogOf(layout, to),
  }
}
