import type { ProxyDriver } from '../../../core/drivers.ts'
import type { Facts } from '../../../core/host.ts'
import type { Layout } from '../../../core/layout.ts'
import { type Backend, type ReachableTarget, type SiteAddress, siteText, type Target } from '../../../core/proxy.ts'
import { sameTargets, targetText } from '../../../core/sites.ts'
import type { Probe, Step } from '../../../core/step.ts'
import { endpointOf } from '../../addresses.ts'
import { backendName, groupName } from '../backend-file.ts'
import { nginxOwnersFile, pathKey } from './places.ts'
import type { NginxMap } from './configuration.ts'
import { prepareNginx } from './prepare.ts'
import { refuseDeepPath } from './refusals.ts'
import { awaitOldRequests, changeAndReload, oneReload, reloadStep } from './reload.ts'
import { settingChanges } from './settings.ts'
import { nginxPassword, noNginxPassword, prepareUsers } from './users.ts'
import { upstreamFile, type UpstreamServer, upstreamText } from './upstream.ts'

/** nginx in front: the same maps as HAProxy's and one file an upstream, but every change is a reload, for nginx has no run-time socket. */
export function createNginxFrontDriver({ layout, proxy }: Pick<Facts, 'layout' | 'proxy'>): ProxyDriver {
  // a plan that prepares the host starts nginx before it does anything else
  let willRun = proxy.running
  let touchesAll = false
  // files of one number of requests are there as long as some site needs them
  const limits = new Set<number>()
  const { configuration, folder } = layout.nginxFront

  const file = (title: string, name: string, content: string | null): Step => ({
    title,
    action: { kind: 'nginx-config', configuration, folder, change: { what: 'file', name, content } },
  })
  const entry = (title: string, map: NginxMap, key: string, value: string | null): Step => ({
    title,
    action: { kind: 'nginx-config', configuration, folder, change: { what: 'entry', map, key, value } },
  })
  const upstream = (title: string, backend: string, servers: readonly UpstreamServer[]) =>
    file(title, upstreamFile(backend), upstreamText(backend, servers))
  const effective = (changes: readonly Step[], why: string) => (willRun ? changeAndReload(changes, why) : [...changes])
  const server = (target: ReachableTarget, isDrained = false): UpstreamServer => {
    const site = endpointOf(layout, target.address)
    const { jail, weight, port } = target
    return {
      jail,
      weight,
      isDrained,
      place: { address: site.address, port: port ?? site.port },
      ...(port !== undefined && { appPort: port }),
    }
  }
  // what the steps of this plan will have made of them: each file is written as a whole
  const made = new Set<string>()
  const gone = new Set<string>()
  // sites that it leads elsewhere, or nowhere
  const left = new Set<string>()
  const drained = new Set<string>()
  const weights = new Map<string, number>()
  const weightOf = (backend: string, target: Target) => weights.get(shareOf(backend, target)) ?? target.weight
  const serversNow = ({ name, targets }: Backend) =>
    targets.map((target) => {
      const weight = weightOf(name, target)
      return server({ ...target, weight }, weight > 0 && drained.has(target.jail))
    })
  const ofJail = (jail: string) => proxy.backends.filter(({ targets }) => targets.some((target) => target.jail === jail))
  // where a person drained it, it stays so, whatever a request does with its jail
  const openTo = (jail: string) =>
    ofJail(jail)
      .filter(({ name }) => !made.has(name) && proxy.routes.some((route) => route.backend === name && !left.has(siteText(route))))
      .filter(({ name, targets }) => targets.some((target) => target.jail === jail && weightOf(name, target) > 0))

  return {
    prepare() {
      const steps = prepareNginx(layout, proxy)
      touchesAll ||= steps.length > 0
      willRun = true
      return steps
    },
    route(sites, targets) {
      if (sites.length === 0) return []
      for (const { path } of sites) refuseDeepPath(path)
      const [only, ...others] = targets
      const backend = only !== undefined && others.length === 0 ? backendName(only) : groupName(sites.map(siteText).join())
      const shown = targets.map(({ jail }) => jail).join(', ')
      const stands = made.has(backend) || proxy.backends.some((one) => one.name === backend && !one.isStale && isAsWished(one, targets))
      made.add(backend)
      const texts = sites.map(siteText)
      for (const former of proxy.routes) if (former.backend !== backend && texts.includes(siteText(former))) left.add(siteText(former))
      const changes = [
        ...(stands
          ? []
          : [
              upstream(
                `Tell nginx's configuration where ${shown} is`,
                backend,
                targets.map((target) => server(target)),
              ),
            ]),
        ...sites.map((site) =>
          site.path === undefined
            ? entry(`Send ${site.host} to ${shown}`, 'hosts', site.host, backend)
            : entry(`Send ${siteText(site)} to ${shown}`, 'paths', pathKey(site.host, site.path), backend),
        ),
      ]
      return [
        ...effective(changes, 'it knows no other way to learn of a site'),
        ...(willRun ? sites : []).map((site): Step => ({
          title: `Wait until ${siteText(site)} is answered through nginx`,
          action: { kind: 'await', timeoutSeconds: 30 },
          done: throughTheFront(layout, site),
        })),
      ]
    },
    unroute(route) {
      left.add(siteText(route))
      const change =
        route.path === undefined
          ? entry(`Send ${route.host} nowhere`, 'hosts', route.host, null)
          : entry(`Send ${siteText(route)} where the rest of ${route.host} goes`, 'paths', pathKey(route.host, route.path), null)
      return effective([change], 'it knows no other way to forget a site')
    },
    forget: (jail) =>
      effective(
        ofJail(jail)
          .filter(({ name, targets }) => !gone.has(name) && targets.every((target) => target.jail === jail))
          .map(({ name }) => file(`Take ${jail} out of nginx's configuration`, upstreamFile(name), null)),
        `it shall not reach ${jail} any more`,
      ),
    tidy(leaving, came) {
      const stays = proxy.routes.filter((route) => !leaving.some((one) => siteText(one) === siteText(route))).map(({ backend }) => backend)
      const needless = proxy.backends
        .filter(({ name }) => leaving.some(({ backend }) => backend === name) && !stays.includes(name) && !made.has(name))
        .filter(({ targets }) => !came.some((site) => sameTargets(site.targets, targets)))
      for (const { name } of needless) gone.add(name)
      return effective(
        needless.map(({ name }) => file(`Take ${name} out of nginx's configuration`, upstreamFile(name), null)),
        'nobody needs what it forgets',
      )
    },
    set(host, settings) {
      const { files, entries, usersAway, owner } = settingChanges(host, proxy.settings, settings)
      for (const limit of [proxy.settings[host]?.limit, settings.limit]) if (limit !== undefined) limits.add(limit)
      const changes = [
        ...files.filter(({ content }) => content !== null).map(({ title, name, content }) => file(title, name, content)),
        ...entries.map(({ map, key, value }) =>
          entry(value === null ? `Take ${map} of ${key} away` : `Set ${map} of ${key}`, map, key, value),
        ),
        ...files.filter(({ content }) => content === null).map(({ title, name, content }) => file(title, name, content)),
      ]
      const claim: Step[] =
        owner === undefined
          ? []
          : [{ title: owner.title, action: { kind: 'map-entry', path: nginxOwnersFile(layout), key: host, value: owner.word } }]
      return [
        ...effective(changes, `it knows no other way to learn what ${host} is like`),
        ...usersAway.map((user) => noNginxPassword(layout, host, user)),
        ...claim,
      ]
    },
    user: (host, name) => [
      ...prepareUsers(layout, proxy),
      // closed first: until the password stands nobody comes in
      ...(proxy.settings[host]?.users === undefined
        ? effective([entry(`Set auth-on of ${host}`, 'auth-on', host, '1')], `it shall ask for a password at ${host}`)
        : []),
      nginxPassword(layout, host, name),
    ],
    weigh(route, targets) {
      for (const target of targets) weights.set(shareOf(route.backend, target), target.weight)
      const known = proxy.backends.find(({ name }) => name === route.backend)
      const servers = known === undefined ? [] : serversNow(known)
      return effective(
        [upstream(`Share the requests of ${siteText(route)} anew`, route.backend, servers)],
        'it knows no other way to learn of a weight',
      )
    },
    drain(jail, seconds) {
      if (!willRun) return []
      drained.add(jail)
      const changes = openTo(jail).map((backend) =>
        upstream(`Send no new requests for ${backend.name} to ${jail}`, backend.name, serversNow(backend)),
      )
      return [...effective(changes, `it shall leave ${jail} out`), ...(ofJail(jail).length > 0 ? [awaitOldRequests(seconds)] : [])]
    },
    ready(jail) {
      const backends = openTo(jail)
      const alive = backends.flatMap(({ targets }) =>
        targets.filter((target) => target.jail === jail).map((target) => server(target).place),
      )
      drained.delete(jail)
      const changes = backends.map((backend) =>
        upstream(`Let requests for ${backend.name} reach ${jail} again`, backend.name, serversNow(backend)),
      )
      return [
        ...alive.map(({ address, port }): Step => ({
          title: `Wait until ${jail} answers at ${address}:${port}; nginx itself checks nobody`,
          action: { kind: 'await', timeoutSeconds: 30 },
          done: { kind: 'http', address, port, path: '/', hostHeader: address, statusFrom: 200, statusTo: 499 },
        })),
        ...effective(changes, `it shall send requests to ${jail} again`),
      ]
    },
    alive: () => [], // it asks nobody beforehand: whoever answers does
    together: oneReload,
    reload: () => [reloadStep('somebody asked for it')],
    reserves: () => [],
    resources: () => [touchesAll ? 'proxy' : 'shared:proxy', ...[...limits].map((limit) => `limit:${limit}`)],
  }
}

function shareOf(backend: string, target: Target): string {
  return `${backend} ${targetText(target)}`
}

/** The same jails with the same shares. */
function isAsWished({ targets }: Backend, wished: readonly Target[]): boolean {
  return (
    sameTargets(targets, wished) &&
    wished.every((one) => targets.some((target) => targetText(target) === targetText(one) && target.weight === one.weight))
  )
}

/** 421: not routed; 503: routed, and closed for work. What nginx says by itself where nobody is there is above. */
function throughTheFront({ haproxy }: Layout, { host, path = '/' }: SiteAddress): Probe {
  return {
    kind: 'http',
    address: haproxy.bindAddress,
    port: haproxy.bindPort,
    path,
    // a wildcard is asked for by one of the names it stands for
    hostHeader: host.replace(/^\*\./, 'jailops-check.'),
    statusFrom: 100,
    statusTo: 499,
    notStatus: [421],
  }
}
