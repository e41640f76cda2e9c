import type { ReachableTarget, Route, SiteAddress, Target } from '../../core/proxy.ts'
import { siteText } from '../../core/proxy.ts'
import type { Probe, Step } from '../../core/step.ts'
import { backendName } from './backend-file.ts'
import { ensureBackend, forgetBackend } from './backends.ts'
import { formerRoute, type Known, standingBackends, unneededGroup, willRun } from './known.ts'
import { mapStep } from './maps.ts'
import { reachable } from './weights.ts'

/** The backend first, then the lines that lead there, each proved by a real request; what nobody needs any more goes last. */
export function routeSites(known: Known, sites: readonly SiteAddress[], targets: readonly ReachableTarget[]): Step[] {
  if (sites.length === 0) return []
  const shown = targets.map(({ jail }) => jail).join(', ')
  const { backend, steps, after } = ensureBackend(known, sites, targets)
  const former = sites.map((site) => formerRoute(known, site)).filter((route) => route !== undefined && route.backend !== backend)
  for (const route of former) if (route !== undefined) known.left.add(siteText(route))
  const answers = willRun(known) && targets.some(({ weight }) => weight > 0)
  return [
    ...steps,
    ...sites.flatMap((site) => [
      lineOf(known, `Send ${siteText(site)} to ${shown}`, site, backend),
      ...(answers ? [throughTheFront(known, site)] : []),
    ]),
    ...former.flatMap((route) => (route === undefined ? [] : forgetUnneeded(known, route))),
    ...after,
  ]
}

export function unrouteSite(known: Known, route: Route): Step[] {
  known.left.add(siteText(route))
  const title = route.path === undefined ? `Send ${route.host} nowhere` : `Send ${siteText(route)} where the rest of ${route.host} goes`
  return [lineOf(known, title, route, null), ...forgetUnneeded(known, route)]
}

/** Backends that lead to this jail alone. */
export function forgetJail(known: Known, jail: string): Step[] {
  return standingBackends(known)
    .filter(({ targets }) => targets.length > 0 && targets.every((target) => target.jail === jail))
    .flatMap((backend) => forgetBackend(known, backend))
}

/** Backends of routes that left, which nobody needs any more. */
export function tidyUp(known: Known, left: readonly Route[]): Step[] {
  for (const route of left) known.left.add(siteText(route))
  const needed = new Set([
    ...known.made.values(),
    ...known.proxy.routes.filter((route) => !known.left.has(siteText(route))).map(({ backend }) => backend),
  ])
  return standingBackends(known)
    .filter(({ name }) => left.some(({ backend }) => backend === name) && !needed.has(name))
    .flatMap((backend) => forgetBackend(known, backend))
}

/** Where the same jails stay, their weights change in place, for all sites that they share; else the site gets a backend of its own. */
export function weighTargets(known: Known, route: Route, targets: readonly Target[]): Step[] {
  const standing = standingBackends(known).find(({ name }) => name === route.backend)
  const isSameSet =
    standing?.targets.length === targets.length &&
    targets.every((target) => standing.targets.some((one) => backendName(one) === backendName(target)))
  if (!isSameSet) return routeSites(known, [route], reachable(known, targets))
  const sites = known.proxy.routes.filter(({ backend }) => backend === route.backend)
  return ensureBackend(known, sites, reachable(known, targets, standing.targets), standing).steps
}

function forgetUnneeded(known: Known, route: Route): Step[] {
  const group = unneededGroup(known, route)
  return group === undefined ? [] : forgetBackend(known, group)
}

function lineOf({ layout }: Known, title: string, site: SiteAddress, backend: string | null): Step {
  return site.path === undefined
    ? mapStep(layout, title, 'hosts', site.host, backend)
    : mapStep(layout, title, 'paths', pathKey(site), backend)
}

/** With a slash at its end, as HAProxy looks it up: /app is not the beginning of /apple. */
function pathKey({ host, path = '' }: SiteAddress): string {
  return `${host}${path.replace(/\/$/, '')}/`
}

/** 421: not routed; 503: routed, and nobody is there, unless it is closed for work. */
function throughTheFront({ layout: { haproxy }, proxy }: Known, site: SiteAddress): Step {
  const { host, path = '/' } = site
  const isClosed = proxy.settings[host]?.maintenance === true
  const done: Probe = {
    kind: 'http',
    address: haproxy.bindAddress,
    port: haproxy.bindPort,
    path,
    // a wildcard is asked for by one of the names it stands for
    hostHeader: host.replace(/^\*\./, 'jailops-check.'),
    statusFrom: 100,
    statusTo: isClosed ? 503 : 499,
    notStatus: isClosed ? [421] : [421, 503],
  }
  return { title: `Wait until ${siteText(site)} is answered through HAProxy`, action: { kind: 'await', timeoutSeconds: 30 }, done }
}
