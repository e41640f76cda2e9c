import { spawn } from 'node:child_process'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { birthOf } from './birth.ts'
import { guardScript } from './script.ts'

/** Ends real daemons with the process that started them, however that one ends: also by kill -9. */
export interface Guard {
  add(name: string, pid: number): void
  remove(name: string): void
  /** Ends everything that is still listed (TERM, then KILL) and the guard itself. */
  stop(): Promise<void>
}

/**
 * Lists processes in FOLDER/pids/NAME. A small sh process holds the other end of a pipe; when that closes, because stop() closed it or
 * because this process died, it ends all that is listed. Before that it runs FOLDER/at-end.sh, when somebody put one there.
 */
export function startGuard(folder: string): Guard {
  const pids = join(folder, 'pids')
  mkdirSync(pids, { recursive: true })
  const options = { stdio: ['pipe', 'ignore', 'ignore'], detached: true } satisfies Parameters<typeof spawn>[2]
  let isStopped = false
  const child = spawn('/bin/sh', ['-c', guardScript, 'guard', folder], options)
  const ended = new Promise<void>((resolve) => {
    child.once('exit', () => resolve())
    child.once('error', () => resolve())
  })
  child.unref()
  child.stdin?.on('error', () => undefined)
  return {
    add: (name, pid) => {
      // A daemon that was being started while everything was stopped: nobody would end it later.
      if (isStopped) process.kill(pid, 'SIGKILL')
      else writeFileSync(join(pids, fileName(name)), `${pid} ${birthOf(pid)}\n`)
    },
    remove: (name) => rmSync(join(pids, fileName(name)), { force: true }),
    stop: async () => {
      isStopped = true
      child.ref()
      child.stdin?.end()
      await ended
    },
  }
}

function fileName(name: string): string {
  return encodeURIComponent(name).replaceAll('*', '%2A').replace(/^\./, '%2E')
}
