import type { Host } from '../host.ts'
import { folderOf, mountedInside, mountpointOf } from './mounts.ts'
import { niceBytes, niceTime, readBytes } from './numbers.ts'
import { childrenOf, clonesOf, keptFolder, originOf, parentName, type Dataset, type Pool, type Snapshot, whoSets } from './pool.ts'
import { isUserProperty, notImitated, settable } from './property-table.ts'
import { bytesNotIn, bytesOf } from './tree.ts'

/** A filesystem, or one of its snapshots. */
export interface Node {
  dataset: Dataset
  snapshot: Snapshot | undefined
}

export interface Shown {
  value: string
  source: string
}

export const poolBytes = 20_937_965_568

export function nodeName({ dataset, snapshot }: Node): string {
  return snapshot === undefined ? dataset.name : `${dataset.name}@${snapshot.tag}`
}

/** The value of a property as zfs(8) shows it; `exact` is -p. */
export function valueOf(host: Host, pool: Pool, node: Node, property: string, exact: boolean): Shown {
  const fact = factOf(host, pool, node, property)
  if (typeof fact === 'number') return { value: shownNumber(property, fact, exact), source: '-' }
  if (fact !== undefined) return { value: fact, source: '-' }
  if (node.snapshot !== undefined && !isUserProperty(property)) return ofSnapshot(host, pool, node, property, exact)
  return settingOf(host, pool, node, property, exact)
}

function shownNumber(property: string, fact: number, exact: boolean): string {
  if (exact) return String(fact)
  return property === 'creation' ? niceTime(fact) : niceBytes(fact)
}

/** What cannot be set. undefined: it is a setting. */
function factOf(host: Host, pool: Pool, node: Node, property: string): string | number | undefined {
  const { dataset, snapshot } = node
  const it = snapshot ?? dataset
  switch (property) {
    case 'name':
      return nodeName(node)
    case 'type':
      return snapshot === undefined ? 'filesystem' : 'snapshot'
    case 'creation':
      return it.creation
    case 'guid':
      return it.guid
    case 'createtxg':
      return String(it.txg)
    case 'objsetid':
      return String(it.txg + 50)
    case 'version':
      return '5'
    case 'casesensitivity':
      return 'sensitive'
    case 'encryption':
      return 'off'
    case 'compressratio':
    case 'refcompressratio':
      return '1.00x'
    case 'userrefs':
      return snapshot === undefined ? '-' : '0'
    case 'defer_destroy':
      return snapshot === undefined ? '-' : 'off'
    case 'clones':
      return snapshot === undefined
        ? '-'
        : clonesOf(pool, snapshot)
            .map(({ name }) => name)
            .join(',')
    case 'mounted':
      return snapshot === undefined ? (dataset.mountedAt === undefined ? 'no' : 'yes') : '-'
    case 'origin':
      return snapshot === undefined ? nameOfOrigin(pool, dataset) : '-'
    default:
      return spaceOf(host, pool, node, property)
  }
}

function nameOfOrigin(pool: Pool, dataset: Dataset): string {
  const origin = originOf(pool, dataset)
  return origin === undefined ? '-' : nodeName(origin)
}

function spaceOf(host: Host, pool: Pool, node: Node, property: string): string | number | undefined {
  const { dataset, snapshot } = node
  const isFilesystem = snapshot === undefined
  switch (property) {
    case 'referenced':
    case 'logicalreferenced':
      return isFilesystem ? liveBytes(host, pool, dataset) : bytesOf(keptFolder(host.paths, 'snapshots', snapshot.guid))
    case 'used':
    case 'logicalused':
      return isFilesystem ? usedBy(host, pool, dataset) : snapshotBytes(host, dataset, snapshot)
    case 'usedbydataset':
      return isFilesystem ? ownBytes(host, pool, dataset) : '-'
    case 'usedbysnapshots':
      return isFilesystem ? allSnapshotBytes(host, dataset) : '-'
    case 'usedbychildren':
      return isFilesystem ? usedByChildren(host, pool, dataset) : '-'
    case 'usedbyrefreservation':
      return isFilesystem ? 0 : '-'
    case 'written':
      return isFilesystem ? sinceLastSnapshot(host, pool, dataset) : '-'
    case 'available':
      return isFilesystem ? available(host, pool) : '-'
    default:
      return undefined
  }
}

export function allocated(host: Host, pool: Pool): number {
  return pool.datasets.filter(({ name }) => !name.includes('/')).reduce((sum, each) => sum + usedBy(host, pool, each), 0)
}

/** A part of each pool is kept back. */
function available(host: Host, pool: Pool): number {
  return Math.max(0, Math.floor(poolBytes * 0.96875) - allocated(host, pool))
}

function usedBy(host: Host, pool: Pool, dataset: Dataset): number {
  return ownBytes(host, pool, dataset) + allSnapshotBytes(host, dataset) + usedByChildren(host, pool, dataset)
}

function usedByChildren(host: Host, pool: Pool, dataset: Dataset): number {
  return childrenOf(pool, dataset.name).reduce((sum, child) => sum + usedBy(host, pool, child), 0)
}

function liveBytes(host: Host, pool: Pool, dataset: Dataset): number {
  return bytesOf(folderOf(host, dataset), mountedInside(pool, dataset))
}

/** A clone shares what its origin has. */
function ownBytes(host: Host, pool: Pool, dataset: Dataset): number {
  if (dataset.origin === undefined) return liveBytes(host, pool, dataset)
  const origin = keptFolder(host.paths, 'snapshots', dataset.origin)
  return 8192 + bytesNotIn(folderOf(host, dataset), origin, mountedInside(pool, dataset))
}

function sinceLastSnapshot(host: Host, pool: Pool, dataset: Dataset): number {
  const last = dataset.snapshots.at(-1)
  if (last === undefined) return ownBytes(host, pool, dataset)
  return bytesNotIn(folderOf(host, dataset), keptFolder(host.paths, 'snapshots', last.guid), mountedInside(pool, dataset))
}

function allSnapshotBytes(host: Host, dataset: Dataset): number {
  return dataset.snapshots.reduce((sum, each) => sum + snapshotBytes(host, dataset, each), 0)
}

/** What only this snapshot has: less than the true number when two have the same. */
function snapshotBytes(host: Host, dataset: Dataset, snapshot: Snapshot): number {
  const next = dataset.snapshots[dataset.snapshots.indexOf(snapshot) + 1]
  const after = next === undefined ? folderOf(host, dataset) : keptFolder(host.paths, 'snapshots', next.guid)
  return bytesNotIn(keptFolder(host.paths, 'snapshots', snapshot.guid), after)
}

function ofSnapshot(host: Host, pool: Pool, { dataset }: Node, property: string, exact: boolean): Shown {
  const hasIt = ['devices', 'exec', 'setuid', 'xattr', 'primarycache', 'secondarycache'].includes(property)
  return hasIt ? settingOf(host, pool, { dataset, snapshot: undefined }, property, exact) : { value: '-', source: '-' }
}

function settingOf(host: Host, pool: Pool, { dataset, snapshot }: Node, property: string, exact: boolean): Shown {
  const own = (snapshot ?? dataset).properties[property]
  if (property === 'mountpoint') {
    const { value, from } = mountpointOf(host, pool, dataset)
    return { value, source: sourceName(dataset, from) }
  }
  const show = (value: string) => shownSetting(property, value, exact)
  if (own !== undefined) return { value: show(own), source: 'local' }
  const rule = settable[property]
  const from = rule?.isOwn === true ? undefined : whoSets(pool, snapshot === undefined ? parentName(dataset.name) : dataset.name, property)
  if (from !== undefined) return { value: show(from.properties[property] ?? ''), source: `inherited from ${from.name}` }
  if (isUserProperty(property)) return { value: '-', source: '-' }
  return { value: show(rule?.byDefault ?? notImitated[property] ?? '-'), source: 'default' }
}

function sourceName(dataset: Dataset, from: Dataset | undefined): string {
  if (from === undefined) return 'default'
  return from === dataset ? 'local' : `inherited from ${from.name}`
}

function shownSetting(property: string, value: string, exact: boolean): string {
  if (settable[property]?.isSize !== true) return value
  const bytes = readBytes(value) ?? 0
  if (exact) return String(bytes)
  return bytes === 0 ? 'none' : niceBytes(bytes)
}
