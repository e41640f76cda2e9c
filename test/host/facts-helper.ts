import { type Facts, factsOf, type ObservedFacts } from '../../src/core/host.ts'
import type { Jail, JailParts } from '../../src/core/jail.ts'
import { noProxy } from '../../src/core/proxy.ts'
import { type Layout, layoutSchema } from '../../src/core/layout.ts'
import { newJailFile } from '../../src/host/jails/jail-conf/new-file.ts'
import { propertiesOf } from '../../src/host/jails/jail-conf/read-file.ts'

export const testLayout: Layout = layoutSchema.parse({})

/** Facts of an empty host, with what a test says otherwise. */
export function testFacts(changes: Partial<ObservedFacts> = {}, layout: Layout = testLayout): Facts {
  return factsOf(layout, {
    jails: [],
    managers: [{ manager: 'jail.conf' }],
    datasets: [],
    snapshots: [],
    releases: [],
    archives: [],
    templates: [],
    canLimit: false,
    limits: [],
    trash: [],
    addresses: { taken: [], interfaces: ['lo0', 'lo1'] },
    boot: { list: [], configured: [], jailEnable: true, includesFolder: false },
    freeMegabytes: 10_000,
    baseMegabytes: 400,
    resolver: '',
    proxy: noProxy,
    siteChanges: [],
    proxyLog: [],
    modes: {},
    reservedByOthers: [],
    reservedHere: [],
    looked: {},
    ...changes,
  })
}

/** What our own file of such a jail says. */
export function testProperties(name: string, address: string, changes: Partial<Jail> = {}): Record<string, string> {
  const file = newJailFile(testLayout, { name, address, type: 'thick', vnet: false })
  const { mounts = [], depends = [], tags = [], note = '' } = changes
  return propertiesOf({ ...file, mounts, record: { ...file.record, depends: [...depends], tags: [...tags], note } })
}

export function testJail(name: string, changes: Partial<Jail> = {}): Jail {
  const address = changes.address ?? '10.0.0.2'
  return {
    name,
    manager: 'jail.conf',
    ours: true,
    isMarked: false,
    state: 'running',
    kernelName: name,
    address,
    addresses: [address],
    hostname: name,
    root: `${testLayout.jailRoots}/${name}`,
    startsAtBoot: true,
    configuration: `${testLayout.jailConfFolder}/${name}.conf`,
    vnet: false,
    depends: [],
    tags: [],
    note: '',
    mounts: [],
    properties: testProperties(name, address, changes),
    ...changes,
  }
}

/** What a jail of jail.conf on UFS consists of. */
export function testParts(name: string): JailParts {
  return {
    files: [{ name: 'jail.conf', path: `${testLayout.jailConfFolder}/${name}.conf` }],
    tree: { kind: 'folder', path: `${testLayout.jailRoots}/${name}` },
  }
}
