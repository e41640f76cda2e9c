import { recordCall, subCall, type Call } from '../call.ts'
import type { Host } from '../host.ts'
import { runHostProgram } from '../programs.ts'
import { refusalCode, Refusal } from '../refuse.ts'

/** What iocage says before it ends: its own mistakes with 1, those of its command line with 2. */
export class IocageError extends Error {
  readonly code: number
  constructor(message: string, code = 1) {
    super(message)
    this.code = code
  }
}

export function fail(message: string): never {
  throw new IocageError(message)
}

/** INFO goes to standard output, everything louder to standard error. */
export function info(call: Call, message: string): void {
  call.out(`${message}\n`)
}

export function warn(call: Call, message: string): void {
  call.err(`${message}\n`)
}

/** The same call with nothing heard: iocage's `silent`. */
export function silent(call: Call): Call {
  return { ...call, out: () => undefined, err: () => undefined }
}

export interface Ran {
  code: number
  out: string
  err: string
}

/** Runs another program and keeps what it says. What the lab refuses ends this call too. */
export async function run(host: Host, call: Call, program: string, args: string[], input?: Buffer): Promise<Ran> {
  const recorder = recordCall(program, args, { cwd: '/', signal: call.signal })
  if (input !== undefined) recorder.call.input = () => Promise.resolve(input)
  const code = await runHostProgram(host, subCall(recorder.call, program, args))
  const read = (stream: 'out' | 'err') =>
    Buffer.concat(recorder.chunks.filter((each) => each.stream === stream).map((each) => each.bytes)).toString()
  const err = read('err')
  if (code === refusalCode && err.startsWith('lab: ')) throw new Refusal(err.trimEnd())
  return { code, out: read('out'), err }
}

/** A zfs call that must succeed. */
export async function zfs(host: Host, call: Call, ...args: string[]): Promise<string> {
  const ran = await run(host, call, 'zfs', args)
  return ran.code === 0 ? ran.out : fail(ran.err.trimEnd())
}
