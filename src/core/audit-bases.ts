import type { AuditFinding } from './audit.ts'
import type { Facts } from './host.ts'
import type { Jail } from './jail.ts'
import { compareVersions, newestOf, type Version, versionOf } from './versions.ts'

/** Jails whose base is older than what the host knows of: its own, and its releases. */
export function olderBases(facts: Facts, jails: readonly Jail[], userland: (jail: Jail) => string | undefined): AuditFinding[] {
  const known = [facts.looked['host']?.stdout.trim(), ...facts.releases.map(({ patchLevel, name }) => patchLevel ?? name)]
  const versions = known.flatMap((text) => versionOf(text ?? '') ?? [])
  const newest = newestOf(versions.map(({ release }) => release))
  return jails.flatMap((jail) => {
    const own = versionOf(userland(jail) ?? '')
    const release = own?.release ?? versionOf(jail.release ?? '')?.release
    if (release === undefined) return []
    const patch = highest(versions, release)
    return [
      ...(own !== undefined && own.patch < patch ? [unpatched(jail, own, patch)] : []),
      ...(newest !== undefined && compareVersions(release, newest) < 0 ? [outdated(jail, release, newest)] : []),
    ]
  })
}

function highest(versions: readonly Version[], release: string): number {
  return Math.max(0, ...versions.filter((one) => one.release === release).map((one) => one.patch))
}

function unpatched(jail: Jail, own: Version, patch: number): AuditFinding {
  const isShared = jail.manager === 'ezjail' || (jail.manager === 'bastille' && jail.type === 'thin')
  return {
    jail: jail.name,
    state: 'warning',
    what: `its base is ${own.release}${own.patch === 0 ? '' : `-p${own.patch}`}; this host knows of -p${patch}`,
    remedy: isShared ? `/release update ${own.release} manager:${jail.manager}` : `/jail update ${jail.name}`,
  }
}

function outdated(jail: Jail, release: string, newest: string): AuditFinding {
  return {
    jail: jail.name,
    state: 'note',
    what: `its base is ${release}; this host knows of ${newest}`,
    remedy:
      jail.manager === 'ezjail' ? `/jail migrate ${jail.name} to:jail.conf, then /jail upgrade` : `/jail upgrade ${jail.name} ${newest}`,
  }
}
