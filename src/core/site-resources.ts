import type { Drivers } from './drivers.ts'
import type { SiteChange } from './proxy.ts'

/**
 * What a plan touches that changes these sites: asked when its steps are built. Whoever has the jails of a backend has its file; the name is
 * claimed beside others below the same parent, and not beside who claims all of them.
 */
export function resourcesOf({ proxy, certificates }: Pick<Drivers, 'proxy' | 'certificates'>, changes: readonly SiteChange[]): string[] {
  if (changes.length === 0) return []
  const sites = changes.flatMap(({ before, after }) => [before, after]).filter((site) => site !== null)
  return [
    ...sites.flatMap(({ host, targets }) => [siteResource(host), claimOf(host), ...targets.map(({ jail }) => `jail:${jail}`)]),
    ...proxy.resources(),
    ...certificates.resources(),
  ]
}

/** Of a host name, with all that lies below its paths. */
export function siteResource(host: string): string {
  return `site:${host}`
}

function claimOf(host: string): string {
  return host.startsWith('*.') ? `claim:${host}` : `shared:claim:*.${host.slice(host.indexOf('.') + 1)}`
}
