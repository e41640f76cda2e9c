import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'

/** When a process was born, as the guard's script sees it too: a process id alone may by now belong to somebody else. Empty: it is gone. */
export function birthOf(pid: number): string {
  return birthByProc(pid) ?? birthByPs(pid)
}

function birthByProc(pid: number): string | undefined {
  if (process.platform !== 'linux') return undefined
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const fields = stat.slice(stat.lastIndexOf(') ') + 2).split(' ')
    // a zombie is gone: where process 1 does not reap (a plain container) it would otherwise live for ever
    return fields[0] === 'Z' ? '' : (fields[19] ?? '')
  } catch {
    return ''
  }
}

function birthByPs(pid: number): string {
  const { stdout } = spawnSync('/bin/ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8', env: { LC_ALL: 'C' } })
  return stdout.trim().split(/\s+/).join(' ')
}
