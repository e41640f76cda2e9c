import { existsSync, realpathSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import type { Host, Mount } from './host.ts'
import { isInside } from './paths.ts'
import { refuse } from './refuse.ts'

/** The mounts at or below a real path, wherever symlinks on the way lead. */
export function mountsBelow(host: Host, real: string): Mount[] {
  const top = actual(real)
  return host.mounts.filter((each) => isInside(top, each.place))
}

/** A folder has moved, and what is mounted below it with it: only the names in the mount table stay. */
export function moveMounts(moved: Mount[], from: string, to: string): void {
  for (const mount of moved) mount.place = to + mount.place.slice(from.length)
}

/** Programs in a jail look through a nullfs; those of the host cannot: what would show through it is refused to them. */
export function refuseThroughNullfs(host: Host, program: string, real: string): void {
  const place = actual(real)
  const mount = host.mounts.find((each) => each.source !== undefined && isInside(each.place, place))
  if (mount !== undefined) refuse(program, `what lies below the ${mount.type} on ${mount.on} is not imitated here`)
}

export function refuseNullfsBelow(host: Host, program: string, real: string): void {
  const mount = mountsBelow(host, real).find((each) => each.source !== undefined)
  if (mount !== undefined) refuse(program, `what lies below the ${mount.type} on ${mount.on} is not imitated here`)
}

/** Without symlinks, also where the end of the path does not exist yet. */
export function actual(real: string): string {
  if (existsSync(real)) return realpathSync(real)
  return dirname(real) === real ? real : join(actual(dirname(real)), basename(real))
}
