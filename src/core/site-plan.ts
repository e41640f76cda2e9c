import { JailopsError } from './errors.ts'
import { nothingToDo, plan, type Plan } from './plan.ts'
import { type ProxyKind, proxyNames, type Site, type SiteChange, siteText, type Target } from './proxy.ts'
import { mustBeFree, mustLeaveNoPaths } from './site-claim.ts'
import { resourcesOf } from './site-resources.ts'
import { asCertified, mustOwn, reachable, sameSite, sameTargets, siteOf, type SitePlanning, targetText } from './sites.ts'
import type { Step } from './step.ts'

/* One way for every verb: it says what its sites shall be, and this is how they become so, in an order that opens nothing on the way. */

interface More {
  /** Said where all is so already. */
  already: string
  outcome?: Plan['outcome']
  remarks?: readonly string[]
  /** Before anything else, such as: wait until the app answers. */
  first?: readonly Step[]
  /** When the sites are as wished. Asked when their steps are built: a driver knows what those before will have made. */
  last?: () => readonly Step[]
}

export function planSites(context: SitePlanning, wanted: readonly SiteChange[], more: More): Plan {
  const own = wanted.filter(({ before, after }) => !sameSite(before, after))
  const along = sharing(context, own)
  mustNotWake(context, own)
  const changes = [...wanted, ...along]
  const real = [...own, ...along]
  mustLeaveNoPaths(context, real)
  const fresh = real.flatMap(({ before, after }) => (before === null && after !== null ? [after] : []))
  mustBeFree(context, fresh)
  const steps = siteSteps(context, real)
  const last = more.last?.() ?? []
  if (real.length === 0 && last.length === 0) return nothingToDo(more.already)
  return plan([...(more.first ?? []), ...steps, ...last], {
    resources: resourcesOf(context.drivers, changes),
    sites: real,
    ...(more.outcome !== undefined && { outcome: more.outcome }),
    remarks: [
      ...(more.remarks ?? []),
      ...(context.facts.proxy.running || fresh.length > 0 ? [] : [asleep(context.facts.proxy.kind)]),
      ...(along.length === 0
        ? []
        : [
            `The same backend answers for ${along.flatMap(({ after }) => (after === null ? [] : [siteText(after)])).join(', ')}, so it changes too.`,
          ]),
    ],
    reserves: [...fresh.map((site) => `site:${siteText(site)}`), ...context.drivers.proxy.reserves()],
  })
}

/** A plan that adds a site starts it; all others leave it as it is. */
function asleep(kind: ProxyKind): string {
  return `${proxyNames[kind]} does not run now, so no site answers at all. This holds once it does: service ${kind} start`
}

/** One backend answers for several sites of a jail, and has one weight there: whoever closes one closes them all. @throws not_owner */
function sharing(context: SitePlanning, changes: readonly SiteChange[]): SiteChange[] {
  const { facts } = context
  const named = new Set(changes.flatMap(({ before }) => (before === null ? [] : [siteText(before)])))
  return changes.flatMap(({ before, after }) => {
    if (before === null || after === null || !sameTargets(before.targets, after.targets)) return []
    if (after.targets.every((target) => weightIn(before, target) === target.weight)) return []
    const { backend } = facts.route(before.host, before.path)
    const others = facts.proxy.routes.filter((route) => route.backend === backend && !named.has(siteText(route)))
    return others.map((route) => {
      named.add(siteText(route))
      if (after.targets.every(({ weight }) => weight === 0)) mustOwn(context, route.host)
      const site = siteOf(facts, route)
      return { before: site, after: { ...site, targets: after.targets } }
    })
  })
}

/** A jail that was drained gets no requests again because somebody leads one more site there. @throws host_not_ready */
function mustNotWake({ facts }: SitePlanning, changes: readonly SiteChange[]): void {
  for (const { before, after } of changes) {
    const [target, ...more] = after?.targets ?? []
    if (after === null || target === undefined || more.length > 0 || target.weight === 0) continue
    if (before !== null && sameTargets(before.targets, after.targets)) continue
    const drained = facts.proxy.routes.find(
      ({ targets: [one, another] }) =>
        one !== undefined && another === undefined && one.weight === 0 && targetText(one) === targetText(target),
    )
    if (drained !== undefined)
      throw new JailopsError(
        'host_not_ready',
        `${targetText(target)} is drained, and would get requests for ${siteText(drained)} again. End that first: /proxy enable ${siteText(drained)}`,
      )
  }
}

/** Hosts before what lies below their paths when they come, after it when they go. `beforeTidying` is asked when the sites are as wished. */
export function siteSteps(context: SitePlanning, changes: readonly SiteChange[], beforeTidying: () => readonly Step[] = () => []): Step[] {
  const { facts, drivers } = context
  const gone = changes.filter(({ after }) => after === null).toSorted(byPath)
  const rest = changes.filter(({ after }) => after !== null).toSorted((a, b) => byPath(b, a))
  const left = changes
    .filter(({ before, after }) => before !== null && (after === null || !sameTargets(before.targets, after.targets)))
    .flatMap(({ before }) => (before === null ? [] : [facts.route(before.host, before.path)]))
  return drivers.proxy.together([
    ...(rest.some(({ before }) => before === null) ? drivers.proxy.prepare() : []),
    ...gone.flatMap(({ before }) => (before === null ? [] : goes(context, before))),
    ...rest.flatMap(({ before, after }) =>
      after === null
        ? []
        : before === null
          ? comes(context, after)
          : becomes(context, before, after, sharesBackend(context, { before, after }, rest)),
    ),
    ...beforeTidying(),
    ...drivers.proxy.tidy(
      left,
      rest.flatMap(({ after }) => (after === null ? [] : [after])),
    ),
  ])
}

function byPath(a: SiteChange, b: SiteChange): number {
  return pathLength(b) - pathLength(a)
}

function pathLength({ before, after }: SiteChange): number {
  return (before ?? after)?.path?.length ?? 0
}

/** One backend answers for several sites of a jail: it is weighed once. */
function sharesBackend({ facts }: SitePlanning, { before }: SiteChange, all: readonly SiteChange[]): boolean {
  const backendOf = (site: Site | null) => facts.proxy.routes.find((one) => one.host === site?.host && one.path === site.path)?.backend
  const first = all.find((one) => one.before !== null && backendOf(one.before) === backendOf(before))
  return first?.before !== before
}

/** What keeps strangers out stands before it is routed; the page of maintenance comes last, or nobody could see that the jail answers. */
function comes({ facts, coming, drivers: { proxy } }: SitePlanning, site: Site): Step[] {
  const { maintenance, ...before } = site.path === undefined ? asCertified(facts, site).settings : {}
  return [
    ...(site.path === undefined ? proxy.set(site.host, { ...noSettings, ...before }) : []),
    ...proxy.route([site], reachable(facts, site.targets, siteText(site), coming)),
    ...(maintenance === true ? proxy.set(site.host, { maintenance }) : []),
  ]
}

/** Not routed it answers 421; only then may what kept strangers out go, and its certificate: whoever claims the name next gets one of their own. */
function goes({ facts, drivers: { proxy, certificates } }: SitePlanning, site: Site): Step[] {
  return [
    ...proxy.unroute(facts.route(site.host, site.path)),
    ...(site.path === undefined ? [...proxy.set(site.host, noSettings), ...certificates.remove(site.host)] : []),
  ]
}

function becomes({ facts, coming, drivers: { proxy } }: SitePlanning, before: Site, after: Site, isWeighed: boolean): Step[] {
  const moves = !sameTargets(before.targets, after.targets)
  const isAsHeavy = after.targets.every((target) => weightIn(before, target) === target.weight)
  return [
    ...(moves ? proxy.route([after], reachable(facts, after.targets, siteText(after), coming)) : []),
    ...(moves || isAsHeavy || isWeighed ? [] : proxy.weigh(facts.route(after.host, after.path), after.targets)),
    ...(after.path === undefined ? proxy.set(after.host, { ...noSettings, ...asCertified(facts, after).settings }) : []),
  ]
}

function weightIn(site: Site, target: Target): number | undefined {
  return site.targets.find((one) => targetText(one) === targetText(target))?.weight
}

const noSettings = {
  owner: undefined,
  maintenance: undefined,
  https: undefined,
  hsts: undefined,
  redirect: undefined,
  limit: undefined,
  allow: undefined,
  users: undefined,
}
