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
  const load = loadOf(uptime)
  return {
    version: version.trim(),
    uptime: upFor(uptime),
    ...(load !== undefined && { load }),
    securelevel: securelevel.trim(),
    freeMegabytes,
    jailsRunning: jails.length,
  }
}

/** ` 9:41PM  up 24 mins, 0 users, load averages: …` → `24 mins` */
export function upFor(text: string): string {
  return /\bup\s+(.*?),\s+\d+ users?\b/.exec(text)?.[1]?.trim() ?? text.trim()
}

/** ` … load averages: 0.52, 0.58, 0.59` → 0.52, the last minute's; Linux says `load average:` */
export function loadOf(text: string): number | undefined {
  const [, load] = /load averages?: ([0-9]+(?:\.[0-9]+)?)/.exec(text) ?? []
  return load === undefined ? undefined : Number(load)
}
