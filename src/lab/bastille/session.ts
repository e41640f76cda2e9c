import { recordCall, subCall, type Call } from '../call.ts'
import type { Host } from '../host.ts'
import { runHostProgram } from '../programs.ts'
import { Refusal, refusalCode } from '../refuse.ts'
import type { BastilleConf } from './conf.ts'

/** One call of bastille: every subcommand is a script of its own that reads bastille.conf first. */
export interface Bastille {
  host: Host
  call: Call
  conf: BastilleConf
}

/** `info` and `warn` of bastille: both go to standard output. */
export function say({ call }: Bastille, text: string): void {
  call.out(`${text}\n`)
}

/** `error_notify`. */
export function complain({ call }: Bastille, text: string): void {
  call.err(`${text}\n`)
}

/** `error_exit`. */
export function fail(bastille: Bastille, text: string): 1 {
  complain(bastille, text)
  return 1
}

/** Another program of the host, its streams being ours. What the lab refuses there ends all: bastille would go on and lie. */
export async function run({ host, call }: Bastille, program: string, args: string[]): Promise<number> {
  const code = await runHostProgram(host, subCall(call, program, args))
  if (code === refusalCode) throw new Refusal(`lab: bastille: ends here, for ${program} was refused`)
  return code
}

/** `$(program …)` and `program … >/dev/null 2>&1`: what it wrote on standard output, without the last line's end. */
export async function ask({ host, call }: Bastille, program: string, args: string[]): Promise<{ code: number; text: string }> {
  const recorder = recordCall(program, args, { cwd: call.cwd, signal: call.signal })
  const code = await runHostProgram(host, recorder.call)
  const out = recorder.chunks.filter(({ stream }) => stream === 'out').map(({ bytes }) => bytes)
  return { code, text: Buffer.concat(out).toString().replace(/\n+$/, '') }
}

/** `one | other`: what the first writes is the second's standard input. The exit code is the second's. */
export async function pipe(bastille: Bastille, one: [string, ...string[]], other: [string, ...string[]]): Promise<number> {
  const { host, call } = bastille
  const [program, ...args] = one
  const recorder = recordCall(program, args, { cwd: call.cwd, signal: call.signal })
  await runHostProgram(host, recorder.call)
  const bytes: Buffer[] = []
  for (const chunk of recorder.chunks) {
    if (chunk.stream === 'out') bytes.push(chunk.bytes)
    else call.err(chunk.bytes)
  }
  const input = () => Promise.resolve(Buffer.concat(bytes))
  return run({ ...bastille, call: { ...call, input } }, other[0], other.slice(1))
}
