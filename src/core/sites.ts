import { canonicalJson } from './canonical.ts'
import type { PlanContext } from './command.ts'
import { JailopsError } from './errors.ts'
import type { Facts } from './host.ts'
import {
  type ReachableTarget,
  type Route,
  type Site,
  type SiteAddress,
  type SiteChange,
  type SiteSettings,
  siteText,
  type Target,
} from './proxy.ts'
import { shares } from './shares.ts'

/* What stands of sites, who may change them, and what a change makes of them. Pure. */

type Proxy = Pick<Facts, 'proxy'>
export interface SitePlanning extends Pick<PlanContext<unknown>, 'facts' | 'drivers' | 'person' | 'granted'> {
  /** A jail that runs by the time its sites are routed. */
  coming?: Coming
}
interface Coming {
  jail: string
  address: string
}

/** As the files say it. null: nobody has routed it. */
export function siteNow(facts: Proxy, place: SiteAddress): Site | null {
  const route = facts.proxy.routes.find((one) => one.host === place.host && one.path === place.path)
  return route === undefined ? null : siteOf(facts, route)
}

export function siteOf({ proxy }: Proxy, { host, path, targets }: Route): Site {
  return { host, ...(path !== undefined && { path }), targets, settings: proxy.settings[host] ?? {} }
}

/** Who answers a request: the name itself, then `*.parent`; of that the longest path that fits. */
export function answeringRoute({ proxy }: Proxy, { host, path = '' }: SiteAddress): Route | undefined {
  const parent = `*.${host.slice(host.indexOf('.') + 1)}`
  const name = [host, parent].find((one) => proxy.routes.some((route) => route.host === one && route.path === undefined))
  return proxy.routes
    .filter((route) => route.host === name && `${path}/`.startsWith(`${route.path ?? ''}/`))
    .toSorted((a, b) => (b.path ?? '').length - (a.path ?? '').length)[0]
}

/** The site itself, and where it is a whole host, all that lies below its paths. */
export function sitesBelow(facts: Proxy, { host, path }: SiteAddress): Site[] {
  return facts.proxy.routes.filter((one) => one.host === host && (path === undefined || one.path === path)).map((one) => siteOf(facts, one))
}

/** @throws not_owner: also of what a wildcard of somebody else answers for */
export function mustOwn({ facts, person, granted }: Pick<SitePlanning, 'facts' | 'person' | 'granted'>, host: string): void {
  if (granted.includes('proxy.others')) return
  const parent = `*.${host.slice(host.indexOf('.') + 1)}`
  const claimed = [host, parent].find(
    (name) => facts.proxy.settings[name]?.owner !== undefined && facts.proxy.routes.some((one) => one.host === name),
  )
  const owner = claimed === undefined ? undefined : facts.proxy.settings[claimed]?.owner
  if (owner === undefined || owner === person) return
  throw new JailopsError(
    'not_owner',
    `${claimed ?? host} belongs to ${owner}. Ask them, or somebody who may change the sites of others (permission proxy.others).`,
  )
}

/** Where these jails are. @throws unknown_jail, not_ours, jail_stopped */
export function reachable(facts: Facts, targets: readonly Target[], site: string, coming?: Coming): ReachableTarget[] {
  return targets.map((target) => {
    if (target.jail === coming?.jail) return { ...target, address: coming.address }
    const { name, state, address } = facts.ownJail(target.jail)
    if (state === 'running' && address !== undefined) return { ...target, address }
    throw new JailopsError(
      'jail_stopped',
      `${name} is not running, so nobody would answer for ${site}. Start it first: /jail start ${name}`,
    )
  })
}

/** What becomes of a host's site by other settings; undefined takes one away. @throws unknown_route, not_owner */
export function withSettings(
  context: SitePlanning,
  host: string,
  changes: { [Name in keyof SiteSettings]?: SiteSettings[Name] | undefined },
): SiteChange {
  const before = siteOf(context.facts, context.facts.route(host))
  mustOwn(context, host)
  const settings: SiteSettings = Object.fromEntries(
    Object.entries({ ...before.settings, ...changes }).filter(([, value]) => value !== undefined),
  )
  return { before, after: { ...before, settings } }
}

/** Nobody is sent to https where there is nothing to show: a site that comes back had a certificate once. */
export function asCertified({ proxy }: Proxy, site: Site): Site {
  const { https, ...others } = site.settings
  if (https === undefined || site.path !== undefined || proxy.certificates.some((one) => one.site === site.host)) return site
  return { ...site, settings: others }
}

/** As a site can come back: with https where there is a certificate, and open where all behind it were drained, for nobody could see it come. */
export function returning(facts: Proxy, site: Site): Site {
  const certified = asCertified(facts, site)
  if (site.targets.some(({ weight }) => weight > 0)) return certified
  return { ...certified, targets: shares(site.targets, undefined, 0) }
}

/** Whether both say the same, in whatever order their lists are. */
export function sameSite(one: Site | null, other: Site | null): boolean {
  return canonicalJson(inOrder(one)) === canonicalJson(inOrder(other))
}

/** The same jails and ports, whatever their weights. */
export function sameTargets(some: readonly Target[], others: readonly Target[]): boolean {
  return namesOf(some) === namesOf(others)
}

function namesOf(targets: readonly Target[]): string {
  return targets.map(targetText).toSorted().join()
}

/** A request works on its jail, and keeps requests away meanwhile; or one did that could not be taken back whole. */
export function isDrainedByRequest({ proxy }: Proxy, { backend }: Pick<Route, 'backend'>, target: Target): boolean {
  const seen = proxy.backends.find(({ name }) => name === backend)?.targets ?? []
  return seen.some((one) => one.isDrained === true && targetText(one) === targetText(target))
}

export function targetText({ jail, port }: Target): string {
  return port === undefined ? jail : `${jail}:${port}`
}

/** Weights as people read them: `blog 90%, blog2 10%`; of a single jail its name. */
export function targetsText(targets: readonly Target[]): string {
  const sum = targets.reduce((all, { weight }) => all + weight, 0)
  return targets
    .map((target) => {
      if (target.weight === 0) return `${targetText(target)} drained`
      return targets.length === 1 ? targetText(target) : `${targetText(target)} ${Math.round((target.weight * 100) / sum)}%`
    })
    .join(', ')
}

function inOrder(site: Site | null): unknown {
  if (site === null) return null
  const { settings, targets, ...place } = site
  // those of its host hold for a path, which has none of its own
  const { allow, users, ...single } = site.path === undefined ? settings : {}
  return {
    ...place,
    targets: targets.toSorted((a, b) => (targetText(a) < targetText(b) ? -1 : 1)),
    settings: {
      ...single,
      ...(allow !== undefined && { allow: allow.toSorted() }),
      ...(users !== undefined && { users: users.toSorted() }),
    },
  }
}

export function changeText({ before, after }: SiteChange): string {
  const site = before ?? after
  if (site === null) return 'nothing'
  const name = siteText(site)
  if (before === null) return `${name} added, to ${targetsText(after?.targets ?? [])}`
  if (after === null) return `${name} removed; it went to ${targetsText(before.targets)}`
  const parts = [
    ...(canonicalJson(before.targets) === canonicalJson(after.targets)
      ? []
      : [`${targetsText(before.targets) || 'nobody'} → ${targetsText(after.targets) || 'nobody'}`]),
    ...settingsChanged(before.settings, after.settings),
  ]
  return `${name}: ${parts.join('; ') || 'as before'}`
}

function settingsChanged(before: SiteSettings, after: SiteSettings): string[] {
  const was = new Map(Object.entries(before))
  const is = new Map(Object.entries(after))
  return [...new Set([...was.keys(), ...is.keys()])]
    .filter((name) => canonicalJson(was.get(name) ?? null) !== canonicalJson(is.get(name) ?? null))
    .map((name) => `${name} ${shownValue(was.get(name))} → ${shownValue(is.get(name))}`)
}

function shownValue(value: unknown): string {
  if (value === undefined) return 'off'
  if (value === true) return 'on'
  return Array.isArray(value) ? value.join(', ') || 'nobody' : String(value)
}
