import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'

/** Resident memory of these processes together, in megabytes (10^6 bytes), what they share counted for each. */
export function residentMegabytes(pids: readonly number[]): number {
  return pids.reduce((total, pid) => total + residentKibibytes(pid), 0) * 0.001024
}

/** From /proc where there is one (a slim container has no ps), else from ps. */
function residentKibibytes(pid: number): number {
  try {
    return Number(/^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1])
  } catch {
    return Number(execFileSync('ps', ['-o', 'rss=', '-p', String(pid)], { encoding: 'utf8' }))
  }
}
