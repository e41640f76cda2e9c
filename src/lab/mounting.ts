import { lstatSync, mkdirSync, rmSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import type { Call } from './call.ts'
import { mountDisc } from './disc.ts'
import type { Host, Mount } from './host.ts'
import { mountsBelow, refuseThroughNullfs } from './mount-table.ts'
import { isInside, resolveOnHost, toShown } from './paths.ts'
import { refuse } from './refuse.ts'

export interface Wanted {
  type: string
  from: string
  on: string
  readOnly: boolean
}

const usageError = 64

/** One mount, as `mount -t TYPE FROM ON` does it; returns its exit code. */
export function mountOne(host: Host, call: Call, wanted: Wanted): number {
  const { type, from, on } = wanted
  if (!isKind(type)) return refuse('mount', `type ${type} is not imitated here`)
  const place = mountPoint(host, on, call.cwd)
  if (place === undefined) {
    if (isThere(host, on, call.cwd)) return refuse('mount', `${on} is no folder of the lab: not imitated here`)
    call.err(`mount: ${on}: No such file or directory\n`)
    return 1
  }
  if (type === 'cd9660') return mountDisc(host, call, { from, on, place })
  const source = type === 'nullfs' ? folderAt(host, from, call.cwd) : undefined
  if (type === 'nullfs' && source === undefined) {
    if (isThere(host, from, call.cwd)) return refuse('mount', `${from} is no folder of the lab: not imitated here`)
    call.err(`mount_nullfs: ${from}: No such file or directory\n`)
    return usageError
  }
  for (const real of source === undefined ? [place] : [source, place]) refuseThroughNullfs(host, 'mount', real)
  if (place === host.paths.host || mountsBelow(host, place).length > 0) return refuse('mount', `over ${on} is not imitated here`)
  const shown = (path: string, real: string) => (isInside(host.paths.folder, path) ? real : toShown(host.paths, real))
  host.mounts.push({
    type,
    from: source === undefined ? type : shown(from, source),
    on: shown(on, place),
    readOnly: wanted.readOnly,
    source: type === 'tmpfs' ? emptyFolder(host) : source,
    place,
  })
  return 0
}

function isKind(type: string): type is Mount['type'] {
  return ['nullfs', 'devfs', 'fdescfs', 'procfs', 'tmpfs', 'cd9660'].includes(type)
}

const meaningless = /^(rw|ro|noatime|nosuid|noexec|nocache|cache|late|failok|noauto|nosymfollow|linrdlnk|ruleset=\d+|mode=\d+|size=\w+)$/

/** Whether mount options say read-only; those that make no difference here may stand there. */
export function readOnlyIn(program: string, options: string): boolean {
  const words = options.split(',').filter((word) => word !== '')
  const odd = words.find((word) => !meaningless.test(word))
  if (odd !== undefined) refuse(program, `option ${odd} is not imitated here`)
  return words.includes('ro')
}

/** Follows links, as the real one does: also those that were planted in a jail. */
export function folderAt(host: Host, path: string, cwd: string): string | undefined {
  const found = resolveOnHost(host.paths, path.startsWith('/') ? path : `${cwd}/${path}`)
  return found.kind === 'found' && lstatSync(found.path).isDirectory() ? found.path : undefined
}

/** A devfs has no content here, except that fd may be mounted over. */
export function mountPoint(host: Host, path: string, cwd: string): string | undefined {
  const above = basename(path) === 'fd' ? folderAt(host, dirname(path), cwd) : undefined
  const isInDevfs = above !== undefined && host.mounts.some((each) => each.type === 'devfs' && each.place === above)
  return isInDevfs ? join(above, 'fd') : folderAt(host, path, cwd)
}

function isThere(host: Host, path: string, cwd: string): boolean {
  return resolveOnHost(host.paths, path.startsWith('/') ? path : `${cwd}/${path}`).kind === 'found'
}

let made = 0

/** What a tmpfs holds: gone with it and with a reboot. */
function emptyFolder(host: Host): string {
  const folder = join(host.paths.folder, 'run/tmpfs', `${++made}`)
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  return folder
}
