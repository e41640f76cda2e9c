import { passLostConnection } from '../../core/errors.ts'
import type { Finding } from '../../core/finding.ts'
import { checkBoot } from './boot.ts'
import { checkClock } from './clock.ts'
import { checkDisk } from './disk.ts'
import { checkFirewall } from './firewall.ts'
import { checkFolders } from './folders.ts'
import { checkHaproxy } from './haproxy.ts'
import { type Look, type Seen, shown, unknown } from './look.ts'
import { checkManagers } from './managers.ts'
import { checkNetwork } from './network.ts'
import { checkNginx } from './nginx.ts'
import { checkRcConf } from './rc-conf.ts'
import { checkRights } from './rights.ts'
import { checkSecurelevel } from './securelevel.ts'
import { checkSystem } from './system.ts'
import { checkTools } from './tools.ts'
import { checkZfs } from './zfs.ts'

const subjects: [string, (look: Look) => Promise<Seen[]>][] = [
  ['FreeBSD', checkSystem],
  ['rights', checkRights],
  ['tools', checkTools],
  ['jail managers', checkManagers],
  ['rc.conf', checkRcConf],
  ['start at boot', checkBoot],
  ['network', checkNetwork],
  ['folders', checkFolders],
  ['ZFS', checkZfs],
  ['disk', checkDisk],
  ['firewall', checkFirewall],
  ['HAProxy', checkHaproxy],
  ['nginx', checkNginx],
  ['securelevel', checkSecurelevel],
  ['clock', checkClock],
]

export type CheckDeps = Omit<Look, 'programs'>

/** What the host has and lacks for jailops, always in the same order. Changes nothing; what cannot be seen is said and stops nothing else. @throws connection_lost */
export async function checkHost(deps: CheckDeps): Promise<Finding[]> {
  let programs: Promise<ReadonlySet<string>> | undefined
  const look: Look = { ...deps, programs: () => (programs ??= programsOf(deps)) }
  const findings: Finding[] = []
  // one after the other: a clock is measured badly while twenty programs start beside it
  for (const [subject, check] of subjects) {
    const seen = await check(look).catch((error: unknown) => [notSeen(error)])
    findings.push(...seen.map((one) => ({ subject, ...one })))
  }
  return findings
}

function notSeen(error: unknown): Seen {
  passLostConnection(error)
  return unknown(shown(error instanceof Error ? error.message : String(error), 400))
}

async function programsOf({ shell, layout }: CheckDeps): Promise<ReadonlySet<string>> {
  const folders = await Promise.all(layout.programFolders.map((folder) => shell.list(folder)))
  return new Set(folders.flat())
}
