import { existsSync, lstatSync, readlinkSync, realpathSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import type { Mount } from './host.ts'
import { refuse } from './refuse.ts'

export function isInside(folder: string, path: string): boolean {
  return path === folder || path.startsWith(folder === '/' ? '/' : `${folder}/`)
}

export interface Paths {
  /** The lab's folder; nothing is ever written outside it. */
  folder: string
  /** Stands for `/` of the host. */
  host: string
  /** Real folders that show a disc: nothing there can be changed. */
  discs: Set<string>
}

/** A path as a person or a file wrote it → the real place in the lab. What already lies in the lab means itself. */
export function toReal(paths: Paths, path: string, cwd = '/'): string {
  const absolute = resolve(cwd, path)
  return isInside(paths.folder, absolute) ? absolute : resolve(paths.host, `.${absolute}`)
}

/** A real place → the path as the imitated host calls it; paths that were written out in full stay as they are. */
export function toShown(paths: Paths, real: string): string {
  return isInside(paths.host, real) ? real.slice(paths.host.length) || '/' : real
}

/**
 * The real place of an operand that a program will change; refused when a symlink leads out of the lab, the last one too, unless the
 * program changes the link itself (`followLast: false`).
 */
export function toWritable(
  paths: Paths,
  program: string,
  path: string,
  cwd: string,
  options: Pick<ResolveOptions, 'followLast'> = {},
): string {
  const real = toReal(paths, path, cwd)
  const top = realpathSync(paths.folder)
  // As the machine's kernel goes: links lead from its root, also those that name what does not exist yet.
  const found = resolveInside('/', real, options)
  const end = found.kind === 'error' ? realParent(real) : found.path
  if (!isInside(top, realParent(real)) || !isInside(top, end)) refuse(program, `${path} lies outside the lab`)
  for (const disc of paths.discs) if (isInside(disc, end)) refuse(program, `a change to ${path}, on a disc, is not imitated here`)
  return real
}

/** The real path of the nearest folder above that exists: a program that creates something creates it there. */
function realParent(path: string): string {
  let parent = dirname(path)
  while (!existsSync(parent)) parent = dirname(parent)
  return realpathSync(parent)
}

export type Inside = ({ kind: 'found' } & Spot) | ({ kind: 'missing' } & Spot) | { kind: 'error'; code: 'ENOENT' | 'ENOTDIR' | 'ELOOP' }

export interface Spot {
  /** The real file. */
  path: string
  /** Where it lies by the mount table, if one was given: another place than `path` when it shows through a nullfs. */
  place?: string
  /** It shows through a read-only mount. */
  readOnly?: boolean
}

interface ResolveOptions {
  cwd?: string
  followLast?: boolean
  /** What the target of a link means below the root. */
  readTarget?: (target: string) => string
  /** What is looked through on the way; without it everything is taken to lie where it seems to. */
  mounts?: Mount[] | undefined
}

/** As the imitated host's kernel resolves a path: links lead from HOST, and those that name a place in HOST in full lead there. */
export function resolveOnHost(paths: Paths, path: string, options: Pick<ResolveOptions, 'followLast'> = {}): Inside {
  return resolveInside(paths.host, toShown(paths, resolve('/', path)), { ...options, readTarget: (target) => toShown(paths, target) })
}

/**
 * Resolves a path as the kernel does for a process whose root is `root`: absolute symlinks start again at the root and `..` stops there,
 * so that no link planted in a jail leads out. `missing` is a last component that does not exist yet.
 */
export function resolveInside(root: string, path: string, options: ResolveOptions = {}): Inside {
  const { cwd = '/', followLast = true, readTarget = (target) => target, mounts = [] } = options
  const waiting = parts(path.startsWith('/') ? path : `${cwd}/${path}`)
  const done: string[] = []
  // The mount table knows no symlinks.
  const top = mounts.length > 0 && existsSync(root) ? realpathSync(root) : root
  const spot = (names: string[]): Spot =>
    mounts.length === 0 ? { path: join(root, ...names) } : showing(mounts, join(top, ...names), join(root, ...names))
  let links = 0
  while (waiting.length > 0) {
    const part = waiting.shift() ?? ''
    if (part === '..') {
      done.pop()
      continue
    }
    const here = spot([...done, part])
    const found = lstatSync(here.path, { throwIfNoEntry: false })
    const isLast = waiting.length === 0
    if (found === undefined) return isLast ? { kind: 'missing', ...here } : { kind: 'error', code: 'ENOENT' }
    if (found.isSymbolicLink() && (!isLast || followLast)) {
      if (++links > 32) return { kind: 'error', code: 'ELOOP' }
      const target = readTarget(readlinkSync(here.path))
      if (target.startsWith('/')) done.length = 0
      waiting.unshift(...parts(target))
      continue
    }
    if (!isLast && !found.isDirectory() && !found.isSymbolicLink()) return { kind: 'error', code: 'ENOTDIR' }
    done.push(part)
  }
  return { kind: 'found', ...spot(done) }
}

/** What lies at a place of the mount table: the nearest mount above it covers it, and through a nullfs its source shows. */
function showing(mounts: Mount[], place: string, path: string): Spot {
  let over: Mount | undefined
  for (const mount of mounts) if (isInside(mount.place, place) && mount.place.length >= (over?.place.length ?? 0)) over = mount
  const readOnly = over?.readOnly ?? false
  return over?.source === undefined ? { path, place, readOnly } : { path: over.source + place.slice(over.place.length), place, readOnly }
}

function parts(path: string): string[] {
  return path.split('/').filter((part) => part !== '' && part !== '.')
}

/** `name*.conf` as sh expands it, in the last component only. */
export function globToPattern(glob: string): RegExp {
  const source = basename(glob)
    .replace(/[.+^${}()|\\]/g, String.raw`\$&`)
    .replaceAll('*', '[^/]*')
    .replaceAll('?', '[^/]')
  return new RegExp(`^${source}$`)
}
