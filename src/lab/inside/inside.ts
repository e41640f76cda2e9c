import { join } from 'node:path'
import type { Call } from '../call.ts'
import type { Host, RunningJail } from '../host.ts'
import { refuseThroughNullfs } from '../mount-table.ts'
import { resolveInside } from '../paths.ts'
import { Refusal } from '../refuse.ts'

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
}

export function errorText(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  return texts[code] ?? (error instanceof Error ? error.message : String(error))
}

/** The real place of a path in the jail; throws what the kernel would say. */
export function place(at: InJail, path: string, options: { followLast?: boolean; mustExist?: boolean } = {}): string {
  const found = resolveInside(at.root, path, options)
  refuseThroughNullfs(at.host, 'jexec', found.kind === 'error' ? join(at.root, path) : found.path)
  if (found.kind === 'error') throw withCode(found.code)
  if (found.kind === 'missing' && options.mustExist) throw withCode('ENOENT')
  return found.path
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
