import type { Facts } from './host.ts'
import { JailopsError } from './errors.ts'
import type { Jail, TrashEntry } from './jail.ts'
import { type Site, type SiteChange, siteText, type Target } from './proxy.ts'
import { shares } from './shares.ts'
import { mustOwn, reachable, returning, sameSite, siteNow, siteOf, sitesBelow, type SitePlanning } from './sites.ts'
import type { Step } from './step.ts'

/* What becomes of the sites of a jail that goes, comes back, or is called something else. */

/** Where others answer too they go on alone; the other sites go, with what is below their paths. */
export function sitesWithout(facts: Facts, jail: string): SiteChange[] {
  const led = facts.routesTo(jail).map((route) => siteOf(facts, route))
  const gone = led.filter(({ targets }) => targets.every((one) => one.jail === jail))
  const goes = new Map(gone.flatMap((site) => sitesBelow(facts, site)).map((site) => [siteText(site), site]))
  return [
    ...[...goes.values()].map((before) => ({ before, after: null })),
    ...led
      .filter((site) => !goes.has(siteText(site)))
      .map((before) => ({
        before,
        after: {
          ...before,
          targets: shares(
            before.targets.filter((one) => one.jail !== jail),
            undefined,
            0,
          ),
        },
      })),
  ]
}

/**
 * Whoever changes a jail changes what stands behind its sites, also such as are somebody else's: what that takes of a site alone, it takes
 * here. @throws not_owner
 */
export function mustOwnSites(context: Pick<SitePlanning, 'facts' | 'person' | 'granted'>, changes: readonly SiteChange[]): void {
  for (const { before } of changes) if (before !== null) mustOwn(context, before.host)
}

/** For the card of whoever may do that all the same. */
export function otherOwners({ facts, person }: Pick<SitePlanning, 'facts' | 'person'>, changes: readonly SiteChange[]): string[] {
  const sites = changes.flatMap(({ before }) => (before === null ? [] : [before]))
  const byOwner = Map.groupBy(sites, ({ host }) => facts.proxy.settings[host]?.owner)
  return [...byOwner].flatMap(([owner, owned]) =>
    owner === undefined || owner === person
      ? []
      : [`Not yours: ${owned.map(siteText).join(', ')} belong${owned.length === 1 ? 's' : ''} to ${owner}.`],
  )
}

/** Of a jail in the trash, as far as nobody else has them now. */
export function sitesOfTrash(facts: Facts, entry: TrashEntry): { changes: SiteChange[]; lost: string[] } {
  const before = entry.sites.map(withoutPasswords)
  const free = before.filter((site) => {
    if (!hasItsHost(facts, site, before)) return false
    const now = siteNow(facts, site)
    const others = site.targets.filter(({ jail }) => jail !== entry.name)
    // those that answered beside it went on alone
    return (
      now === null || (others.length > 0 && sameSite({ ...now, targets: unweighed(now.targets) }, { ...site, targets: unweighed(others) }))
    )
  })
  return {
    changes: free.map((after) => ({
      before: siteNow(facts, after),
      after: returning(facts, { ...after, targets: running(facts, entry.name, after.targets) }),
    })),
    lost: before.filter((site) => !free.includes(site)).map(siteText),
  }
}

/** What lies below a path comes back into the site that it was part of, not into that of whoever claimed the name since. */
function hasItsHost(facts: Facts, { host, path, settings }: Site, coming: readonly Site[]): boolean {
  if (path === undefined) return true
  if (facts.proxy.routes.some((one) => one.host === host && one.path === undefined))
    return facts.proxy.settings[host]?.owner === settings.owner
  return coming.some((one) => one.host === host && one.path === undefined)
}

export function renamedIn(site: Site, jail: string, to: string): Site {
  return { ...site, targets: site.targets.map((one) => (one.jail === jail ? { ...one, jail: to } : one)) }
}

/** They went with the site and are kept nowhere: nobody comes in before there are new ones. */
function withoutPasswords(site: Site): Site {
  return site.settings.users === undefined ? site : { ...site, settings: { ...site.settings, users: [] } }
}

function unweighed(targets: readonly Target[]): Target[] {
  return targets.map((target) => ({ ...target, weight: 1 }))
}

function running({ jails }: Facts, coming: string, targets: readonly Target[]): Target[] {
  return targets.filter(({ jail }) => jail === coming || jails.some((one) => one.name === jail && one.ours && one.state === 'running'))
}

/**
 * Under the jail's other name, each with the same jails beside it; sites that share a backend go on sharing one. What led to the former name
 * goes last. @throws jail_stopped
 */
export function routedAgain({ facts, drivers }: Pick<SitePlanning, 'facts' | 'drivers'>, jail: Jail, to: string): Step[] {
  const { name, address, state } = jail
  if (address === undefined)
    throw new JailopsError(
      'jail_stopped',
      `Nobody knows the address of ${name} while it is stopped, and sites lead there. Start it first: /jail start ${name}`,
    )
  const routes = facts.routesTo(name)
  const isWeb = routes.some(({ targets }) => targets.some((one) => one.jail === name && one.port === undefined))
  const runs = state === 'running'
  const alike = Map.groupBy(routes, ({ backend }) => backend)
  return [
    ...(isWeb && runs ? drivers.site.awaitAnswer(address) : []),
    ...[...alike.values()].flatMap((some) => {
      const [first] = some
      if (first === undefined) return []
      const { targets } = renamedIn(siteOf(facts, first), name, to)
      const steps = drivers.proxy.route(some, reachable(facts, targets, some.map(siteText).join(', '), { jail: to, address }))
      // of one that does not run nobody answers
      return runs ? steps : steps.filter(({ done }) => done?.kind !== 'http')
    }),
    ...drivers.proxy.forget(name),
  ]
}
