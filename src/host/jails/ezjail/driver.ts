import type { JailDriver } from '../../../core/drivers.ts'
import type { Facts } from '../../../core/host.ts'
import type { Jail, NewJail } from '../../../core/jail.ts'
import type { Layout } from '../../../core/layout.ts'
import type { Step } from '../../../core/step.ts'
import { markSteps } from '../../marks.ts'
import { notSupported } from '../not-supported.ts'
import { bootOff, bootOn } from './boot.ts'
import { controlFileOf, controlLine } from './control-file.ts'
import { copyTree } from './fill.ts'
import { enlist, expectedJail, makeJail, mustNotFold, placesAreFree } from './make.ts'
import { mount, unmount } from './mounts.ts'
import { partsOf } from './parts.ts'
import { renamedJail, renameJail } from './rename.ts'
import { startJail, stopJail } from './start-stop.ts'

/**
 * Jails of ezjail 3.4.2: made, started and stopped by ezjail-admin, so that it knows what is there; what it can do only by half (another
 * name, another address, mounts, boot) is done to its files, each at once or not at all.
 */
export function createEzjailDriver(facts: Facts): JailDriver {
  const { layout } = facts
  return {
    expected: (jail) => expectedJail(layout, jail),
    make: (jail, request) => makeJail(facts, jail, request),
    start: (jail) => startJail(layout, jail),
    stop: (jail) => stopJail(layout, jail),
    boot: ({ name }, on) => (on ? bootOn(facts, name) : bootOff(facts, name)),
    parts: (jail) => partsOf(facts, jail),
    rename: (jail, to) => renameJail(facts, jail, to),
    renamed: (jail, to) => renamedJail(layout, jail, to),
    clone: (jail, to, request) => cloneJail(facts, jail, to, request),
    readdress: (jail, address) => readdress(layout, jail, address),
    set: (jail, property) => noProperties(layout, jail, property),
    mount: (jail, wanted) => mount(layout, jail, wanted),
    unmount: (jail, wanted) => unmount(layout, jail, wanted),
    depend: ({ name }) => notSupported('ezjail', 'jails that need each other', migrateFirst(name)),
    mark: (jail, mark) => markSteps(layout, jail, mark),
    update: ({ name }) => noOwnBase(name, 'ezjail', '/release update'),
    upgrade: ({ name }) => notSupported('ezjail', `a base of its own for ${name}: it shares one with all others`, migrateFirst(name)),
  }
}

function cloneJail(facts: Facts, jail: Jail, to: NewJail, request: string): Step[] {
  const { layout } = facts
  mustNotFold(facts, to.name)
  return [...placesAreFree(layout, to.name), ...copyTree(layout, jail, partsOf(facts, jail).tree, to.name, request), ...enlist(layout, to)]
}

/** ezjail itself cannot (`config -c` is a cpuset). The new line is there before the old one goes; the last of two counts. */
function readdress(layout: Layout, jail: Jail, address: string): Step[] {
  const old = jail.properties['ip'] ?? `${layout.interface}|${jail.address ?? ''}`
  const items = old
    .split(',')
    .map((item) => (item.replace(/^.*\|/, '').replace(/\/.*$/, '') === jail.address ? `${layout.interface}|${address}` : item))
  const path = controlFileOf(layout, jail)
  const line = (value: string, on: boolean): Step['action'] => ({ kind: 'line', path, line: controlLine(jail.kernelName, 'ip', value), on })
  return [
    { title: `Give ${jail.name} the address ${address}`, action: line(items.join(','), true) },
    { title: `Take the address ${jail.address ?? ''} from ${jail.name}`, action: line(old, false) },
  ]
}

function noProperties(layout: Layout, jail: Jail, property: string): never {
  const instead = `Add it to jail_${jail.kernelName}_parameters in ${controlFileOf(layout, jail)} by hand, or: ${migrateFirst(jail.name)}`
  return notSupported('ezjail', `a way to set ${property}`, instead)
}

function noOwnBase(name: string, manager: string, command: string): never {
  return notSupported(
    'ezjail',
    `a base of its own for ${name}: it shares one with all others`,
    `Patch that one: ${command} manager:${manager}`,
  )
}

function migrateFirst(name: string): string {
  return `Let jail.conf keep it: /jail migrate ${name} to:jail.conf`
}
