import { type Facts, factsOf, type Jail, type ObservedFacts } from '../../src/core/host.ts'
import { type Layout, layoutSchema } from '../../src/core/layout.ts'

export const testLayout: Layout = layoutSchema.parse({})

/** Facts of an empty host, with what a test says otherwise. */
export function testFacts(changes: Partial<ObservedFacts> = {}, layout: Layout = testLayout): Facts {
  return factsOf(layout, {
    jails: [],
    trash: [],
    addresses: { taken: [], interfaces: ['lo0', 'lo1'] },
    boot: { list: [], configured: [], jailEnable: true, includesFolder: false },
    freeMegabytes: 10_000,
    baseMegabytes: 400,
    resolver: '',
    proxy: { running: false, configured: false, enabled: false, routes: [], backends: [] },
    siteStatus: [],
    reservedByOthers: [],
    reservedHere: [],
    ...changes,
  })
}

export function testJail(name: string, changes: Partial<Jail> = {}): Jail {
  return {
    name,
    manager: 'jail.conf',
    ours: true,
    state: 'running',
    address: '10.0.0.2',
    hostname: name,
    root: `${testLayout.jailRoots}/${name}`,
    startsAtBoot: true,
    ...changes,
  }
}
