import { type ChildProcess, spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { onTestFinished } from 'vitest'

/** A started program with what it wrote so far. */
export interface Started {
  readonly process: ChildProcess
  readonly pid: number
  readonly output: () => string
  /** The exit code, or the signal's name. */
  readonly ended: Promise<number | NodeJS.Signals>
}

/** Starts a program; whatever the test leaves of it is killed when the test ends. */
export function start(command: string, args: readonly string[], options: { cwd: string; env?: NodeJS.ProcessEnv }): Started {
  const child = spawn(command, args, { ...options, env: { ...cleanEnvironment(), ...options.env }, stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text: string) => (output += text))
  const ended = new Promise<number | NodeJS.Signals>((resolve) => {
    child.once('exit', (code, signal) => resolve(code ?? signal ?? 'SIGKILL'))
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  return { process: child, pid: child.pid ?? 0, output: () => output, ended }
}

/** Without what the npm and the launcher that run this very test put into it. */
function cleanEnvironment(): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(npm_|JAILOPS_|NODE_OPTIONS$|VITEST|NODE_COMPILE_CACHE)/.test(name)),
  )
}

/** Waits until `look` gives something. */
export async function eventually<T>(what: string, look: () => T | undefined | false, seconds = 10): Promise<T> {
  const deadline = Date.now() + seconds * 1000
  for (;;) {
    const seen = look()
    if (seen !== undefined && seen !== false) return seen
    if (Date.now() > deadline) throw new Error(`${what} did not happen in ${seconds} s`)
    await sleep(25)
  }
}

export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return !isZombie(pid)
  } catch {
    return false
  }
}

// An orphan whose new parent has not yet fetched it has ended all the same. Only Linux tells here.
function isZombie(pid: number): boolean {
  try {
    return /^\d+ \(.*\) Z/s.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))
  } catch {
    return false
  }
}
