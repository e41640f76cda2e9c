import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { setTimeout as wait } from 'node:timers/promises'
import { findReal } from './client.ts'
import { refuse } from './refuse.ts'

export interface Ended {
  code: number
  text: string
}

/** Runs one of the machine's own programs to its end, with nothing of our environment. */
export function runReal(program: string, args: string[], options: { cwd: string; input?: Buffer }): Promise<Ended> {
  const real = findReal(program) ?? refuse(program, 'this machine has none; the lab needs the real one')
  return new Promise((resolve) => {
    const child = spawn(real, args, { cwd: options.cwd, env: { PATH: '/usr/bin:/bin', LC_ALL: 'C' }, stdio: ['pipe', 'pipe', 'pipe'] })
    const chunks: Buffer[] = []
    child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk))
    child.stderr.on('data', (chunk: Buffer) => chunks.push(chunk))
    child.stdin.on('error', () => undefined)
    child.stdin.end(options.input)
    const text = () => Buffer.concat(chunks).toString()
    child.once('error', (error) => resolve({ code: 127, text: error.message }))
    // `exit`, and a moment for what is still in the pipes: a daemon may have inherited them and hold them open.
    child.once('close', (code) => resolve({ code: code ?? 128, text: text() }))
    child.once('exit', (code) => void wait(100).then(() => resolve({ code: code ?? 128, text: text() })))
  })
}

/** A zombie is dead: where process 1 does not reap (a plain container) it would otherwise live for ever. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return process.platform !== 'linux' || !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))
  } catch {
    return false
  }
}

export function signal(pid: number, name: NodeJS.Signals): void {
  if (isAlive(pid)) process.kill(pid, name)
}

/** Waits until a process is gone; after the time limit it is killed. */
export async function waitForEnd(pid: number, milliseconds: number): Promise<void> {
  const end = Date.now() + milliseconds
  while (isAlive(pid)) {
    if (Date.now() > end) return signal(pid, 'SIGKILL')
    await wait(10)
  }
}
