import { JailopsError } from '../../../core/errors.ts'
import type { Facts } from '../../../core/host.ts'
import type { Jail, NewJail } from '../../../core/jail.ts'
import type { Layout } from '../../../core/layout.ts'
import type { Step } from '../../../core/step.ts'
import { datasetAt } from '../../zfs.ts'
import { configurationFile } from './configuration.ts'
import type { JailFile } from './jail-file.ts'
import { newJailFile } from './new-file.ts'
import { propertiesOf } from './read-file.ts'
import { makeTree, type Source } from './tree.ts'
import { writeConfiguration } from './write.ts'

/** Kept free beside the copy itself: logs, the journal, the jail's own first files. */
const spareMegabytes = 64

/** The configuration comes last: until it stands there is no jail of that name. */
export function makeJail(facts: Facts, jail: NewJail, request: string): Step[] {
  const { name, archive } = jail
  // what comes out of an archive shares nothing with anybody
  const type = archive === undefined ? jail.type : 'thick'
  const source = archive === undefined ? sourceOf(facts, jail) : { path: archive }
  const file = newJailFile(facts.layout, { ...jail, type })
  return [
    enoughSpace(facts.layout, type === 'thin' ? 0 : facts.baseMegabytes),
    ...makeTree(facts, name, type, source, request),
    ...(archive === undefined ? [] : [holdsSystem(file.root, archive)]),
    writeConfiguration(facts, file, `Write the configuration of ${jail.name}, with address ${jail.address}`),
  ]
}

/** Of a jail that shared its base with others it is not all there. */
function holdsSystem(root: string, archive: string): Step {
  const otherwise = `${archive} has no bin/sh: its jail shared its base with others, and nothing here starts without one. Import it with the manager that it came from.`
  return {
    title: 'Check that it holds a whole system',
    action: { kind: 'require', otherwise },
    done: { kind: 'path', path: `${root}/bin/sh`, exists: true },
  }
}

export function expectedJail(layout: Layout, jail: NewJail): Jail {
  return jailOfFile(layout, newJailFile(layout, jail), jail)
}

/** As it will be seen once its file stands. */
export function jailOfFile(layout: Layout, file: JailFile, { address, startsAtBoot }: Pick<Jail, 'address' | 'startsAtBoot'>): Jail {
  const { name, hostname, root, consoleLog, mounts, record } = file
  return {
    name,
    manager: 'jail.conf',
    ours: true,
    isMarked: false,
    state: 'stopped',
    kernelName: name,
    ...(address !== undefined && { address }),
    addresses: address === undefined ? [] : [address],
    hostname,
    root,
    startsAtBoot,
    configuration: configurationFile(layout, name),
    ...(record.type !== undefined && { type: record.type }),
    ...(record.release !== undefined && { release: record.release }),
    vnet: file.network.kind === 'own',
    depends: record.depends,
    tags: record.tags,
    note: record.note,
    mounts,
    properties: propertiesOf(file),
    ...(consoleLog !== undefined && { consoleLog }),
  }
}

/** The release that was asked for; else the layout's base; else the newest release. */
function sourceOf(facts: Facts, jail: NewJail): Source {
  const releases = facts.releases.filter(({ manager }) => manager === 'jail.conf')
  if (jail.release !== undefined) {
    const found = releases.find(({ name }) => name === jail.release)
    if (found !== undefined) return withSnapshot(facts, found.path)
    const names = releases.map(({ name }) => name).join(', ') || 'none'
    throw new JailopsError(
      'host_not_ready',
      `There is no release ${jail.release} on this host (there is: ${names}). Fetch it: /release fetch ${jail.release}`,
    )
  }
  const newest = releases.toSorted((a, b) => b.name.localeCompare(a.name, 'en', { numeric: true }))[0]
  const path = facts.baseMegabytes > 0 ? facts.layout.base : newest?.path
  if (path !== undefined) return withSnapshot(facts, path)
  throw new JailopsError(
    'host_not_ready',
    `There is nothing to make a jail from at ${facts.layout.base}. Put FreeBSD's base there, unpacked or as an archive, or fetch a release: /release fetch`,
  )
}

function withSnapshot({ datasets }: Pick<Facts, 'datasets'>, path: string): Source {
  const dataset = datasetAt(datasets, path)?.name
  return { path, ...(dataset !== undefined && { snapshot: `${dataset}@base` }) }
}

/** Rounded up, so that a base that grew by a file does not make another plan of a pending one. */
export function enoughSpace({ jailRoots }: Layout, needed: number): Step {
  const megabytes = Math.ceil((needed + spareMegabytes) / 64) * 64
  return {
    title: `Check that ${megabytes} MB are free for it`,
    action: { kind: 'require', otherwise: `Less than ${megabytes} MB are free below ${jailRoots}. Make room, or empty the trash.` },
    done: { kind: 'free-space', path: jailRoots, megabytes },
  }
}
