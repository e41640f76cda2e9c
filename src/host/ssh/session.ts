import { spawn } from 'node:child_process'
import type { Writable } from 'node:stream'
import type { Sink } from './frames.ts'

/** What the agent says when it starts. */
export interface Hello {
  edition: string
  /** Its process group, which is that of all that it starts. */
  group: number
  /** `uname -s` */
  system: string
}

/** One ssh client and the agent at its other end. */
export interface Session {
  /** undefined: it ended before. */
  hello: Promise<Hello | undefined>
  /** After all of its output; the exit code of ssh, 255 for its own failures. */
  ended: Promise<number | undefined>
  hasEnded(): boolean
  input: Writable
  listen(stdout: Sink, stderr: Sink): void
  /** What it last said on stderr outside of answers. */
  complaint(): string
  kill(): void
}

const helloPattern = /\*jailops-agent\* (\S+) (\d+) (\S+)\n/
const longestNoise = 64 * 1024

/** @throws when this machine has no descriptors left */
export function startSession(args: readonly string[], program: string | undefined): Session {
  const child = spawn('ssh', args, { stdio: 'pipe', env: sshEnvironment() })
  let complaint = ''
  let noise: Buffer = Buffer.alloc(0)
  let hasEnded = false
  const hello = Promise.withResolvers<Hello | undefined>()
  const ended = Promise.withResolvers<number | undefined>()
  const hearHello: Sink = (chunk) => {
    noise = Buffer.concat([noise, chunk])
    const found = helloPattern.exec(noise.toString('latin1'))
    if (found === null) {
      if (noise.length > longestNoise) child.kill('SIGKILL')
      return
    }
    stdout = () => undefined
    hello.resolve({ edition: found[1] ?? '', group: Number(found[2]), system: found[3] ?? '' })
  }
  let stdout: Sink = hearHello
  let stderr: Sink = (chunk) => void (complaint = (complaint + chunk.toString()).slice(-4096))

  const end = (code: number | undefined) => {
    hasEnded = true
    hello.resolve(undefined)
    ended.resolve(code)
  }
  // first: where no descriptor is left, the child has not even its streams, and the next line throws
  child.once('error', (error) => {
    complaint = `ssh could not be started: ${error.message}`
    end(undefined)
  })
  child.stdout.on('data', (chunk: Buffer) => stdout(chunk))
  child.stderr.on('data', (chunk: Buffer) => stderr(chunk))
  child.stdin.on('error', () => undefined) // the end of the process tells it
  child.once('close', (code) => end(code ?? undefined))
  if (program !== undefined) child.stdin.write(`${Buffer.byteLength(program)}\n${program}`)

  return {
    hello: hello.promise,
    ended: ended.promise,
    hasEnded: () => hasEnded,
    input: child.stdin,
    listen: (onStdout, onStderr) => {
      stdout = onStdout
      stderr = onStderr
    },
    complaint: () => complaint.trim(),
    kill: () => void child.kill('SIGKILL'),
  }
}

/** Only what ssh needs: where its keys and its agent are. */
function sshEnvironment(): Record<string, string> {
  const names = ['PATH', 'HOME', 'SSH_AUTH_SOCK']
  return Object.fromEntries(names.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]])))
}
