import type { JailDriver } from '../../../core/drivers.ts'
import type { Facts } from '../../../core/host.ts'
import type { Jail, NewJail } from '../../../core/jail.ts'
import type { Layout } from '../../../core/layout.ts'
import type { Step } from '../../../core/step.ts'
import { markSteps } from '../../marks.ts'
import { notSupported } from '../not-supported.ts'
import { bootOff, bootOn } from './boot.ts'
import { controlFile, controlFileOf, kernelNameOf } from './control-file.ts'
import { copyTree } from './fill.ts'
import { enlist, expectedJail, makeJail, mustNotFold, placesAreFree } from './make.ts'
import { mount, unmount } from './mounts.ts'
import { partsOf } from './parts.ts'
import { renamedJail, renameJail } from './rename.ts'
import { setProperty } from './set.ts'
import { startJail, stopJail } from './start-stop.ts'
import { changeValue } from './values.ts'

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
    set: (jail, property, value) => setProperty(layout, jail, property, value),
    mount: (jail, wanted) => mount(layout, jail, wanted),
    unmount: (jail, wanted) => unmount(layout, jail, wanted),
    depend: ({ name }) => notSupported('ezjail', 'jails that need each other', migrateFirst(name)),
    mark: (jail, mark) => markSteps(layout, jail, mark),
    update: ({ name }) => noOwnBase(name, '/release update'),
    upgrade: ({ name }) => notSupported('ezjail', `a base of its own for ${name}: it shares one with all others`, migrateFirst(name)),
  }
}

function cloneJail(facts: Facts, jail: Jail, to: NewJail, request: string): Step[] {
  const { layout } = facts
  const kernelName = kernelNameOf(to.name)
  mustNotFold(facts, to.name)
  return [
    ...placesAreFree(layout, to.name),
    ...copyTree(layout, jail, partsOf(facts, jail).tree, to.name, request),
    ...enlist(layout, to),
    ...changeValue(
      controlFile(layout, kernelName),
      { kernelName, properties: {} },
      { variable: 'parameters', value: jail.properties['parameters'] ?? '', title: `Give it the parameters of ${jail.name}` },
    ),
  ]
}

/** ezjail itself cannot: `config -c` is a cpuset. */
function readdress(layout: Layout, jail: Jail, address: string): Step[] {
  const ip = jail.properties['ip'] ?? `${layout.interface}|${jail.address ?? ''}`
  const isOld = (item: string) => item.replace(/^.*\|/, '').replace(/\/.*$/, '') === jail.address
  const value = ip
    .split(',')
    .map((item) => (isOld(item) ? `${layout.interface}|${address}` : item))
    .join(',')
  const known = { ...jail, properties: { ...jail.properties, ip } }
  return changeValue(controlFileOf(layout, jail), known, { variable: 'ip', value, title: `Give ${jail.name} the address ${address}` })
}

function noOwnBase(name: string, command: string): never {
  return notSupported('ezjail', `a base of its own for ${name}: it shares one with all others`, `Patch that one: ${command} manager:ezjail`)
}

function migrateFirst(name: string): string {
  return `Let jail.conf keep it: /jail migrate ${name} to:jail.conf`
}
