import { chmodSync, existsSync, lstatSync, mkdirSync, readdirSync, renameSync, rmdirSync, rmSync } from 'node:fs'
import { dirname } from 'node:path'
import type { Host } from '../host.ts'
import { actual } from '../mount-table.ts'
import { isInside, toReal, toWritable } from '../paths.ts'
import { refuse } from '../refuse.ts'
import { findDataset, keptFolder, parentName, poolName, whoSets, ZfsError, type Dataset, type Pool } from './pool.ts'
import type { Except } from './tree.ts'

/** A full path, `none` or `legacy`, and whose property says so. */
export function mountpointOf(host: Host, pool: Pool, dataset: Dataset): { value: string; from: Dataset | undefined } {
  const own = dataset.properties['mountpoint']
  if (own !== undefined) return { value: isPath(own) ? toReal(host.paths, own) : own, from: dataset }
  const parent = findDataset(pool, parentName(dataset.name))
  if (parent === undefined) return { value: toReal(host.paths, `/${poolName}`), from: undefined }
  const above = mountpointOf(host, pool, parent)
  return isPath(above.value) ? { ...above, value: `${above.value}${dataset.name.slice(parent.name.length)}` } : above
}

function isPath(value: string): boolean {
  return value.startsWith('/')
}

/** Where its content lies now. */
export function folderOf(host: Host, dataset: Dataset): string {
  return dataset.mountedAt ?? keptFolder(host.paths, 'unmounted', dataset.guid)
}

/** Where other datasets are mounted in this one. */
export function mountedInside(pool: Pool, dataset: Dataset): Except {
  const { mountedAt } = dataset
  if (mountedAt === undefined) return new Set()
  const others = pool.datasets.flatMap((each) => (each === dataset || each.mountedAt === undefined ? [] : [each.mountedAt]))
  return new Set(others.filter((each) => isInside(mountedAt, each)))
}

/** The dataset that a real path belongs to. */
export function datasetAt(pool: Pool, real: string): Dataset | undefined {
  const around = pool.datasets.filter(({ mountedAt }) => mountedAt !== undefined && isInside(mountedAt, real))
  return around.toSorted((one, other) => (other.mountedAt ?? '').length - (one.mountedAt ?? '').length)[0]
}

/** Why it is not mounted, in zfs(8)'s words. */
export function whyNotMountable(host: Host, pool: Pool, dataset: Dataset): string | undefined {
  const { value } = mountpointOf(host, pool, dataset)
  if (value === 'legacy') return 'legacy mountpoint\nuse mount(8) to mount this filesystem'
  if (value === 'none') return 'no mountpoint set'
  if (dataset.properties['canmount'] === 'off') return "'canmount' property is set to 'off'"
  return undefined
}

/** Puts the content where the mountpoint says; what lies there already is covered until it is unmounted. */
export function mountDataset(host: Host, pool: Pool, dataset: Dataset): void {
  const target = mountpointOf(host, pool, dataset).value
  toWritable(host.paths, 'zfs', target, '/')
  if (!isInside(host.paths.host, target)) refuse('zfs', `a mountpoint outside the host, ${target}, is not imitated here`)
  if (pool.datasets.some(({ mountedAt }) => mountedAt !== undefined && isInside(target, mountedAt)))
    refuse('zfs', `mounting over ${target}, where something is mounted, is not imitated here`)
  mkdirSync(target, { recursive: true })
  if (readdirSync(target).length > 0) {
    mkdirSync(dirname(keptFolder(host.paths, 'covered', dataset.guid)), { recursive: true })
    moveFolder(host, target, keptFolder(host.paths, 'covered', dataset.guid))
  } else rmdirSync(target)
  const kept = keptFolder(host.paths, 'unmounted', dataset.guid)
  if (existsSync(kept)) moveFolder(host, kept, target)
  else mkdirSync(target)
  dataset.mountedAt = target
}

export function unmountDataset(host: Host, dataset: Dataset): void {
  const { mountedAt, guid } = dataset
  if (mountedAt === undefined) return
  const kept = keptFolder(host.paths, 'unmounted', guid)
  mkdirSync(dirname(kept), { recursive: true })
  const mode = lstatSync(mountedAt, { throwIfNoEntry: false })?.mode
  if (mode !== undefined) moveFolder(host, mountedAt, kept)
  const covered = keptFolder(host.paths, 'covered', guid)
  if (existsSync(covered)) moveFolder(host, covered, mountedAt)
  else if (mode !== undefined) {
    mkdirSync(mountedAt)
    chmodSync(mountedAt, mode & 0o7777)
  }
  delete dataset.mountedAt
}

/** libzfs tidies up an empty mountpoint that nobody chose. */
export function removeEmpty(place: string | undefined): void {
  if (place !== undefined && existsSync(place) && readdirSync(place).length === 0) rmdirSync(place)
}

/** Running jails, and mounts that are not about to go too, hold a dataset; by force the jails do not. */
export function mustNotBeBusy(host: Host, pool: Pool, dataset: Dataset, going: Dataset[], force: boolean): void {
  const { mountedAt } = dataset
  if (mountedAt === undefined) return
  const isHere = (place: string | undefined) => place !== undefined && isInside(mountedAt, place)
  const isBusy =
    host.paths.host === mountedAt ||
    host.mounts.some(({ type, place }) => type !== 'zfs' && isHere(place)) ||
    pool.datasets.some((each) => isHere(each.mountedAt) && !going.includes(each)) ||
    (!force && host.mounts.some(({ source }) => isHere(source))) ||
    (!force && host.jails.some(({ path }) => isHere(actual(toReal(host.paths, path)))))
  if (isBusy) throw new ZfsError(`cannot unmount '${mountedAt}': pool or dataset is busy`)
}

/** With the files' flags, which the lab knows by path. */
function moveFolder(host: Host, from: string, to: string): void {
  renameSync(from, to)
  for (const file of host.immutable) {
    if (!isInside(from, file)) continue
    host.immutable.delete(file)
    host.immutable.add(to + file.slice(from.length))
  }
}

/** An unmounted dataset's content is gone for good. */
export function removeContent(host: Host, dataset: Dataset): void {
  const folder = keptFolder(host.paths, 'unmounted', dataset.guid)
  rmSync(folder, { recursive: true, force: true })
  for (const file of host.immutable) if (isInside(folder, file)) host.immutable.delete(file)
}

/** Brings the mount table in line with the pool. */
export function showInMountTable(host: Host, pool: Pool): void {
  const mounted = pool.datasets.filter(({ mountedAt }) => mountedAt !== undefined && mountedAt !== host.paths.host)
  const isCurrent = (from: string, on: string) => mounted.some((each) => each.name === from && each.mountedAt === on)
  host.mounts = host.mounts.filter(({ type, from, on }) => type !== 'zfs' || isCurrent(from, on))
  for (const { name, mountedAt: on = '' } of mounted) {
    const readOnly = whoSets(pool, name, 'readonly')?.properties['readonly'] === 'on'
    const there = host.mounts.find((each) => each.type === 'zfs' && each.from === name)
    if (there !== undefined) {
      there.readOnly = readOnly
      continue
    }
    host.mounts.push({ from: name, on, type: 'zfs', readOnly, place: actual(on), source: undefined })
  }
}
