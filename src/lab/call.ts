/** One call of one of the lab's programs: what it was given, and where its answer goes. */
export interface Call {
  program: string
  args: string[]
  /** The caller's working folder, as the caller sees it. */
  cwd: string
  /** What programs here ask for of the caller's environment: TERM. */
  environment: Record<string, string>
  out(text: string | Uint8Array): void
  err(text: string | Uint8Array): void
  /** Everything on standard input; asked for only by programs that read it. */
  input(): Promise<Buffer>
  /** Aborted when a time limit (exec.timeout) has passed or the lab stops. */
  signal: AbortSignal
}

export interface Chunk {
  stream: 'out' | 'err'
  bytes: Buffer
}

export interface Recorder {
  call: Call
  chunks: Chunk[]
  /** Both streams in the order they were written. */
  text(): string
}

const noInput = () => Promise.resolve(Buffer.alloc(0))

/** A call whose output is kept: for the resident's answer, and for programs that call programs. */
export function recordCall(
  program: string,
  args: string[],
  given: Partial<Pick<Call, 'cwd' | 'environment' | 'input' | 'signal'>> = {},
): Recorder {
  const chunks: Chunk[] = []
  const write = (stream: Chunk['stream']) => (text: string | Uint8Array) => {
    const bytes = Buffer.from(text)
    if (bytes.length > 0) chunks.push({ stream, bytes })
  }
  const { cwd = '/', environment = {}, input = noInput, signal = new AbortController().signal } = given
  const call = { program, args, cwd, environment, input, signal, out: write('out'), err: write('err') }
  return { call, chunks, text: () => Buffer.concat(chunks.map((chunk) => chunk.bytes)).toString() }
}

/** The same streams for another program. */
export function subCall(call: Call, program: string, args: string[], changes: Partial<Call> = {}): Call {
  return { ...call, program, args, ...changes }
}
