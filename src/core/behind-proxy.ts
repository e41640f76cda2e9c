import type { Drivers } from './drivers.ts'
import type { Facts } from './host.ts'
import type { Jail } from './jail.ts'
import { type Route, siteText } from './proxy.ts'
import { siteResource } from './site-resources.ts'
import type { Step } from './step.ts'

/* What a change of a jail means for its sites. */

/** How long its sessions may take to end before a jail is stopped under them. */
const drainSeconds = 30

/**
 * What stops these jails for a while, once their last sessions are over; no requests come to them until they answer again. `then`: those
 * that run afterwards, where that is others than now.
 */
export function drained(facts: Facts, drivers: Drivers, jails: readonly Jail[], steps: readonly Step[], then?: readonly Jail[]): Step[] {
  return [
    ...drain(facts, drivers, jails),
    ...steps,
    ...answeringAgain(facts, drivers, then ?? jails.filter(({ state }) => state === 'running')),
  ]
}

/**
 * What stops these jails for good. They are let in again right after: who is not there gets no requests anyway, and whoever starts one later
 * has nothing to take back. So nothing waits until they answer.
 */
export function stopped(facts: Facts, drivers: Drivers, jails: readonly Jail[], steps: readonly Step[]): Step[] {
  const again = routed(facts, jails)
    .filter(({ state }) => state === 'running' && facts.proxy.running)
    .flatMap(({ name }) => drivers.proxy.ready(name).filter(({ action }) => action.kind !== 'await'))
  return [...drain(facts, drivers, jails), ...steps, ...again]
}

/**
 * What a plan touches that drains these jails, beside them: the sites that other jails answer for, too, since those are drained in the same
 * files. Whoever changes a site has all of its jails.
 */
export function heldBehind(facts: Facts, jails: readonly Jail[]): string[] {
  const running = facts.proxy.running ? routed(facts, jails).filter(({ state }) => state === 'running') : []
  const shared = running.flatMap(({ name }) => facts.routesTo(name).filter(({ targets }) => targets.some(({ jail }) => jail !== name)))
  return [...new Set([...shared, ...misled(facts, jails)].map(({ host }) => siteResource(host)))]
}

/** What ends these jails: nobody comes to them any more, and who is there may finish. */
export function drain(facts: Facts, drivers: Drivers, jails: readonly Jail[]): Step[] {
  return routed(facts, jails)
    .filter(({ state }) => state === 'running' && facts.proxy.running)
    .flatMap(({ name }) => drivers.proxy.drain(name, drainSeconds))
}

/** They answer where they are now, so their sites lead there: where they were, another jail may be. */
function ledAgain(facts: Facts, drivers: Drivers, jails: readonly Jail[]): Step[] {
  const byBackend = Map.groupBy(misled(facts, jails), ({ backend }) => backend)
  return [...byBackend.values()].flatMap((routes) => {
    const [first] = routes
    const targets = (first?.targets ?? []).flatMap((target) => {
      const address = facts.jails.find(({ name }) => name === target.jail)?.address
      return address === undefined ? [] : [{ ...target, address }]
    })
    return targets.length === first?.targets.length ? drivers.proxy.route(routes, targets) : []
  })
}

/** What leads to where such a jail is not: somebody gave it another address by hand. With all else that the same backend answers for. */
function misled(facts: Facts, jails: readonly Jail[]): Route[] {
  const stale = new Set(facts.proxy.backends.filter(({ isStale }) => isStale).map(({ name }) => name))
  const theirs = new Set(jails.flatMap(({ name }) => facts.routesTo(name).map(({ backend }) => backend)))
  return facts.proxy.routes.filter(({ backend }) => stale.has(backend) && theirs.has(backend))
}

/** They answer, and get requests again where they do not run now for the first time. */
export function answeringAgain(facts: Facts, drivers: Drivers, jails: readonly Jail[]): Step[] {
  return routed(facts, jails).flatMap((jail) => {
    const { name, address, state } = jail
    const isWeb = facts.routesTo(name).some(({ targets }) => targets.some((one) => one.jail === name && one.port === undefined))
    return [
      ...(isWeb && address !== undefined ? drivers.site.awaitAnswer(address) : []),
      ...ledAgain(facts, drivers, [jail]),
      ...(facts.proxy.running ? drivers.proxy[state === 'running' ? 'ready' : 'alive'](name) : []),
    ]
  })
}

/** Who will notice: for the card, not for the digest, since it is other sessions every second. */
export function blastRadius(facts: Facts, jails: readonly Jail[], otherwise = 'Meanwhile these sites answer 503'): string[] {
  const running = routed(facts, jails).filter(({ state }) => state === 'running')
  const names = new Set(running.map(({ name }) => name))
  const routes = facts.proxy.routes.filter(({ targets }) => targets.some(({ jail }) => names.has(jail)))
  if (routes.length === 0) return []
  if (!facts.proxy.running) return [`The proxy does not run, so nobody answers for these sites now: ${routes.map(siteText).join(', ')}.`]
  const siblings = (route: Route) =>
    route.targets
      .filter(
        ({ jail, weight }) => weight > 0 && !names.has(jail) && facts.jails.some((one) => one.name === jail && one.state === 'running'),
      )
      .map(({ jail }) => jail)
  const alone = routes.filter((route) => siblings(route).length === 0)
  const helped = routes.filter((route) => siblings(route).length > 0)
  return [
    ...traffic(facts, routes),
    ...helped.map((route) => `${siteText(route)} is answered by ${siblings(route).join(', ')} meanwhile.`),
    ...(alone.length > 0 ? [`${otherwise}: ${alone.map(siteText).join(', ')}.`] : []),
  ]
}

function traffic({ proxyStatus }: Facts, routes: readonly Route[]): string[] {
  const backends = new Set(routes.map(({ backend }) => backend))
  const seen = [...backends].flatMap((name) => proxyStatus?.figures(name) ?? [])
  if (seen.length === 0) return []
  const counted = seen.flatMap((one) => one.sessions ?? [])
  const sessions = counted.reduce((sum, one) => sum + one, 0)
  const rate = seen.reduce((sum, one) => sum + one.rate, 0)
  const sites = routes.length === 1 ? '1 site' : `${routes.length} sites`
  const open = counted.length === 0 ? [] : [`${sessions} ${sessions === 1 ? 'session' : 'sessions'}`]
  return [`Behind it now: ${[sites, ...open, `${rate} requests a second`].join(', ')}.`]
}

function routed(facts: Facts, jails: readonly Jail[]): Jail[] {
  return jails.filter(({ name }) => facts.routesTo(name).length > 0)
}
