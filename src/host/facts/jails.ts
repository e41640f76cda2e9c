import type { ObservedFacts } from '../../core/host.ts'
import type { ConfiguredJail, Jail, JailMount } from '../../core/jail.ts'
import type { Mark } from '../../core/drivers.ts'
import { markKey } from '../marks.ts'
import { startsAtBoot } from './boot.ts'
import type { Configuration } from './configured-jails.ts'
import { addressesOf } from './jail-parameters.ts'
import type { RunningJail } from './running-jails.ts'

/** Running ∪ configured, by name. What runs and nobody has configured is shown as jail(8)'s own: a service jail, say. */
export function mergeJails(running: readonly RunningJail[], configured: readonly ConfiguredJail[]): Jail[] {
  const byName = new Map(running.map((one) => [one.name, one]))
  const known = configured.map((jail): Jail => {
    const now = byName.get(jail.kernelName)
    const { problem, ...rest } = jail
    const has = now?.ipv4_addrs ?? []
    const address = has[0] ?? jail.address
    const isNew = address !== undefined && jail.address !== undefined && address !== jail.address && !has.includes(jail.address)
    return {
      ...rest,
      ...stateOf(now !== undefined, problem),
      addresses: [...new Set([...has, ...jail.addresses])],
      ...(now !== undefined && { jid: now.jid, root: now.path, hostname: now.hostname || jail.hostname }),
      ...(address !== undefined && { address }),
      ...(isNew && { nextAddress: jail.address }),
    }
  })
  const names = new Set(configured.map((jail) => jail.kernelName))
  return [...known, ...running.filter((jail) => !names.has(jail.name)).map(stranger)].toSorted((a, b) => (a.name < b.name ? -1 : 1))
}

function stranger({ name, jid, path, hostname, ipv4_addrs: addresses }: RunningJail): Jail {
  const [address] = addresses
  return {
    name,
    manager: 'jail.conf',
    ours: false,
    isMarked: false,
    state: 'running',
    jid,
    kernelName: name,
    ...(address !== undefined && { address }),
    addresses,
    hostname: hostname || name,
    root: path,
    startsAtBoot: false,
    vnet: false,
    depends: [],
    tags: [],
    note: '',
    mounts: [],
    properties: {},
  }
}

/** A running jail with a broken file counts as broken: its manager can neither stop nor start it by that file. */
function stateOf(runs: boolean, problem: string | undefined): Pick<Jail, 'state'> & { problem?: string } {
  if (problem !== undefined) return { state: 'broken', problem: runs ? `it runs, but: ${problem}` : problem }
  return { state: runs ? 'running' : 'stopped' }
}

/** What jail(8)'s files say. */
export function jailsOfJailConf({ jails }: Configuration, boot: ObservedFacts['boot'], marks: ReadonlyMap<string, Mark>): ConfiguredJail[] {
  return [...jails.values()].map(({ name, parameters, ours, problem, path, file }) => {
    const addresses = addressesOf(file?.network.kind === 'own' ? file.network.address : parameters.get('ip4.addr'))
    const [address] = addresses
    const mark = marks.get(markKey({ manager: 'jail.conf', name }))
    const consoleLog = parameters.get('exec.consolelog')
    const { type, release, depends, tags, note } = file?.record ?? { depends: namesIn(parameters.get('depend')), tags: [], note: '' }
    return {
      name,
      manager: 'jail.conf',
      ours: ours || mark !== undefined,
      isMarked: mark !== undefined,
      ...(problem !== undefined && { problem }),
      kernelName: name,
      ...(address !== undefined && { address }),
      addresses,
      hostname: parameters.get('host.hostname') || name,
      root: parameters.get('path') ?? '',
      startsAtBoot: startsAtBoot(boot, name),
      configuration: path,
      ...(type !== undefined && { type }),
      ...(release !== undefined && { release }),
      vnet: parameters.has('vnet'),
      depends,
      tags: mark?.tags ?? tags,
      note: mark?.note ?? note,
      mounts: file?.mounts ?? mountsIn(parameters),
      properties: Object.fromEntries(parameters),
      ...(consoleLog !== undefined && consoleLog !== '' && { consoleLog }),
    }
  })
}

function namesIn(list: string | undefined): string[] {
  return (list ?? '').split(',').filter((one) => one !== '')
}

/** Of a file that jail(8) read for us: several mounts with a comma between them. */
function mountsIn(parameters: ReadonlyMap<string, string>): JailMount[] {
  const root = parameters.get('path') ?? ''
  return [...(parameters.get('mount') ?? '').matchAll(/(?:^|,)"?(\S+)\s+(\S+)\s+nullfs\s+(\S+)/g)].flatMap(
    ([, from = '', on = '', options = '']) =>
      on.startsWith(`${root}/`) ? [{ from, on: on.slice(root.length), readOnly: options.split(',').includes('ro') }] : [],
  )
}
