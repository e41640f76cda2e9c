import { existsSync, realpathSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import type { Host, Mount } from './host.ts'
import { isInside, toReal } from './paths.ts'
import { refuse } from './refuse.ts'

export function addDevfs(host: Host, on: string): void {
  if (host.mounts.some((each) => each.on === on)) return
  host.mounts.push({ from: 'devfs', on, type: 'devfs', readOnly: false, place: actual(toReal(host.paths, on)), source: undefined })
}

export function dropMount(host: Host, on: string): boolean {
  const before = host.mounts.length
  host.mounts = host.mounts.filter((each) => each.on !== on)
  return host.mounts.length < before
}

/** The mounts at or below a real path, wherever symlinks on the way lead. */
export function mountsBelow(host: Host, real: string): Mount[] {
  const top = actual(real)
  return host.mounts.filter((each) => isInside(top, each.place))
}

/** A folder has moved, and what is mounted below it with it: only the names in the mount table stay. */
export function moveMounts(moved: Mount[], from: string, to: string): void {
  for (const mount of moved) mount.place = to + mount.place.slice(from.length)
}

/** A nullfs is only a line in the table: what would show through it cannot be had, neither read nor written. */
export function refuseThroughNullfs(host: Host, program: string, real: string): void {
  const place = actual(real)
  const mount = host.mounts.find((each) => each.type === 'nullfs' && isInside(each.place, place))
  if (mount !== undefined) refuse(program, `what lies below the nullfs on ${mount.on} is not imitated here`)
}

export function refuseNullfsBelow(host: Host, program: string, real: string): void {
  const mount = mountsBelow(host, real).find((each) => each.type === 'nullfs')
  if (mount !== undefined) refuse(program, `what lies below the nullfs on ${mount.on} is not imitated here`)
}

/** Without symlinks, also where the end of the path does not exist yet. */
export function actual(real: string): string {
  if (existsSync(real)) return realpathSync(real)
  return dirname(real) === real ? real : join(actual(dirname(real)), basename(real))
}
