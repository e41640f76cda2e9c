import { JailopsError } from './errors.ts'
import { type SiteAddress, type SiteChange, siteText } from './proxy.ts'
import { isOurOwnName } from './site-words.ts'
import { mustOwn, type SitePlanning } from './sites.ts'

/* Which names may become somebody's site, by whatever verb. */

/** @throws bad_argument, permission_denied, not_owner */
export function mayClaim(context: SitePlanning, host: string): void {
  const { drivers, granted } = context
  if (isOurOwnName(host)) throw new JailopsError('bad_argument', `${host} is a name that jailops itself asks for. Choose another one.`)
  if (drivers.isPublicSuffix(host))
    throw new JailopsError(
      'bad_argument',
      `Nobody can own ${host}: everybody has names below it. Write a whole name, as in blog.${host.replace(/^\*\./, '')}`,
    )
  if (host.startsWith('*.') && !granted.includes('proxy.wildcard'))
    throw new JailopsError(
      'permission_denied',
      `${host} would answer for every name below it. That takes the permission proxy.wildcard; ask for single names, or somebody who has it.`,
    )
  mustOwn(context, host)
}

/** What comes must not be another open request's already. @throws route_exists */
export function mustBeFree({ facts }: Pick<SitePlanning, 'facts'>, sites: readonly SiteAddress[]): void {
  const taken = sites.map(siteText).find((name) => facts.reservedByOthers.includes(`site:${name}`))
  if (taken !== undefined) throw new JailopsError('route_exists', `Another open request is about to route ${taken}. See /job list.`)
}

/** Nobody may own what lies below a path alone: whoever claims the host next would have it in their site. @throws bad_argument, unknown_route */
export function mustLeaveNoPaths({ facts }: Pick<SitePlanning, 'facts'>, changes: readonly SiteChange[]): void {
  const becomes = new Map(facts.proxy.routes.map((one): [string, SiteAddress] => [siteText(one), { host: one.host, path: one.path }]))
  for (const { before, after } of changes) if (before !== null && after === null) becomes.delete(siteText(before))
  for (const { after } of changes) if (after !== null) becomes.set(siteText(after), after)
  const changed = new Set(changes.flatMap(({ before, after }) => [before, after].flatMap((site) => (site === null ? [] : [site.host]))))
  for (const { host, path } of becomes.values()) {
    if (path === undefined || becomes.has(host) || !changed.has(host)) continue
    if (facts.proxy.routes.some((one) => one.host === host && one.path === undefined))
      throw new JailopsError('bad_argument', `${host}${path} would be left without ${host}. To take both away: /proxy remove ${host}`)
    throw new JailopsError(
      'unknown_route',
      `${host} is not routed, so nothing below it can be. Bring it back first: /proxy history ${host}`,
    )
  }
}
