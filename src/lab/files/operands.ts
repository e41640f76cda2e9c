import { existsSync, lstatSync, realpathSync } from 'node:fs'
import { basename, join } from 'node:path'
import type { Call } from '../call.ts'
import type { Host } from '../host.ts'
import { refuseThroughNullfs } from '../mount-table.ts'
import { isInside, toReal, toWritable } from '../paths.ts'
import { refuse, refuseOption } from '../refuse.ts'

/** Flags before operands, as FreeBSD's getopt wants them; any other flag is refused. */
export function parseFlags(call: Call, allowed: string): { flags: Set<string>; operands: string[] } {
  const flags = new Set<string>()
  let at = 0
  for (; at < call.args.length; at++) {
    const arg = call.args[at] ?? ''
    if (arg === '--') {
      at++
      break
    }
    if (!/^-./.test(arg)) break
    for (const letter of arg.slice(1)) {
      if (!allowed.includes(letter)) refuseOption(call.program, `-${letter}`)
      flags.add(letter)
    }
  }
  return { flags, operands: call.args.slice(at) }
}

/** Something to read: it must lie in the lab, too, after every symlink. */
export function readable(host: Host, call: Call, path: string): string {
  const real = toReal(host.paths, path, call.cwd)
  if (existsSync(real) && !isInside(realpathSync(host.paths.folder), realpathSync(real)))
    refuse(call.program, `${path} leads outside the lab`)
  refuseThroughNullfs(host, call.program, real)
  return real
}

/** Where a copy or a move ends: inside the target when that is a folder. */
export function destination(host: Host, call: Call, target: string, source: string): string {
  const real = toWritable(host.paths, call.program, target, call.cwd, { followLast: false })
  refuseThroughNullfs(host, call.program, real)
  if (!existsSync(real)) return real
  readable(host, call, target)
  const isFolder = lstatSync(realpathSync(real)).isDirectory()
  return isFolder ? join(real, basename(source)) : real
}

/** The lab's own folders are nobody's to move or remove. */
export function mustBeOrdinary(host: Host, call: Call, real: string, path: string): void {
  if (isInside(real, host.paths.host) || basename(real) === '..' || !isInside(host.paths.folder, real))
    refuse(call.program, `${path} may not be touched`)
}
