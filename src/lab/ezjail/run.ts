import type { Call } from '../call.ts'
import type { Host } from '../host.ts'
import { hostProgram } from '../programs.ts'

/** One of the host's programs, as the script calls it. What the lab refuses ends the script too: it may not pass for a failure. */
export async function run(host: Host, call: Call, program: string, args: string[], changes: Partial<Call> = {}): Promise<number> {
  const found = hostProgram(program)
  if (found !== undefined) return found(host, { ...call, program, args, ...changes })
  call.err(`/usr/local/bin/ezjail-admin: ${program}: not found\n`)
  return 127
}
