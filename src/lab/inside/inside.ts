import type { Call } from '../call.ts'
import type { Host, RunningJail } from '../host.ts'
import { isInside, resolveInside, type Inside } from '../paths.ts'
import { Refusal, refuse } from '../refuse.ts'

/** A running jail as its own programs see it: `root` is their `/`. */
export interface InJail {
  host: Host
  jail: RunningJail
  root: string
}

export type InsideProgram = (at: InJail, call: Call) => number | Promise<number>

const texts: Record<string, string> = {
  ENOENT: 'No such file or directory',
  ENOTDIR: 'Not a directory',
  ELOOP: 'Too many levels of symbolic links',
  EISDIR: 'Is a directory',
  EEXIST: 'File exists',
  ENOTEMPTY: 'Directory not empty',
  EACCES: 'Permission denied',
  EPERM: 'Operation not permitted',
  EXDEV: 'Cross-device link',
  ENOSPC: 'No space left on device',
  EROFS: 'Read-only file system',
  EBUSY: 'Device busy',
}

export function errorText(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  return texts[code] ?? (error instanceof Error ? error.message : String(error))
}

/** A path as the jail's kernel resolves it: links stay below the root, and a nullfs is looked through. */
export function resolveInJail(at: Pick<InJail, 'host' | 'root'>, path: string, options: { followLast?: boolean } = {}): Inside {
  return resolveInside(at.root, path, { ...options, mounts: at.host.mounts })
}

interface PlaceOptions {
  followLast?: boolean
  mustExist?: boolean
  /** Something there will be made, changed or removed: not on a read-only mount. */
  write?: boolean
}

/** The real place of a path in the jail; throws what the kernel would say. */
export function place(at: Pick<InJail, 'host' | 'root'>, path: string, options: PlaceOptions = {}): string {
  const found = resolveInJail(at, path, options)
  if (found.kind === 'error') throw withCode(found.code)
  if (found.kind === 'missing' && options.mustExist) throw withCode('ENOENT')
  if (options.write && found.readOnly) throw withCode('EROFS')
  return found.path
}

/** The real place of something that will be moved or removed as a whole: no mount may lie there or below. */
export function wholePlace(at: InJail, path: string, program: string): string {
  const found = resolveInJail(at, path, { followLast: false })
  const mount = found.kind === 'error' ? undefined : at.host.mounts.find((each) => isInside(found.place ?? found.path, each.place))
  if (mount !== undefined) refuse(program, `${path} over the ${mount.type} on ${mount.on} is not imitated here`)
  return place(at, path, { followLast: false, mustExist: true, write: true })
}

function withCode(code: string): Error {
  return Object.assign(new Error(code), { code })
}

/** Does the work for each operand and reports each failure as `program: operand: why`. */
export function forEach(call: Call, operands: string[], work: (operand: string) => void): number {
  let code = 0
  for (const operand of operands) {
    try {
      work(operand)
    } catch (error) {
      if (error instanceof Refusal) throw error
      call.err(`${call.program}: ${operand}: ${errorText(error)}\n`)
      code = 1
    }
  }
  return code
}
