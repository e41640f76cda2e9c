import type { HostStatus } from '../../core/host.ts'
import type { Shell } from '../shell.ts'
import { askText } from './ask.ts'
import type { RunningJail } from './running-jails.ts'

export async function observeHost(shell: Shell, free: Promise<number>, running: Promise<RunningJail[]>): Promise<HostStatus> {
  const [version, uptime, securelevel, freeMegabytes, jails] = await Promise.all([
    askText(shell, ['freebsd-version']),
    askText(shell, ['uptime']),
    askText(shell, ['sysctl', '-n', 'kern.securelevel']),
    free,
    running,
  ])
  return { version: version.trim(), uptime: upFor(uptime), securelevel: securelevel.trim(), freeMegabytes, jailsRunning: jails.length }
}

/** ` 9:41PM  up 24 mins, 0 users, load averages: …` → `24 mins` */
export function upFor(text: string): string {
  return /\bup\s+(.*?),\s+\d+ users?\b/.exec(text)?.[1]?.trim() ?? text.trim()
}
