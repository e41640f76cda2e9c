import { lstatSync, symlinkSync } from 'node:fs'
import type { Call } from '../call.ts'
import type { Host } from '../host.ts'
import { refuseThroughNullfs } from '../mount-table.ts'
import { toReal, toWritable } from '../paths.ts'
import { refuse } from '../refuse.ts'
import { parseFlags } from './operands.ts'

/** `ln -s FILE LINK`, both by their whole paths. */
export function ln(host: Host, call: Call): number {
  const { flags, operands } = parseFlags(call, 's')
  const [file = '', link = '', ...more] = operands
  if (!flags.has('s') || more.length > 0 || !file.startsWith('/') || !link.startsWith('/')) {
    return refuse('ln', `${call.args.join(' ')} is not imitated here: only -s FILE LINK`)
  }
  const at = toWritable(host.paths, 'ln', link, call.cwd, { followLast: false })
  refuseThroughNullfs(host, 'ln', at)
  if (lstatSync(at, { throwIfNoEntry: false }) !== undefined) {
    call.err(`ln: ${link}: File exists\n`)
    return 1
  }
  symlinkSync(toReal(host.paths, file, call.cwd), at)
  return 0
}
