import type { ProxyDriver } from '../../core/drivers.ts'
import { JailopsError } from '../../core/errors.ts'
import type { Facts } from '../../core/host.ts'
import type { Layout } from '../../core/layout.ts'
import { type ReachableTarget, type SiteAddress, type SiteSettings, siteText } from '../../core/proxy.ts'
import { sameTargets } from '../../core/sites.ts'
import type { Probe, Step } from '../../core/step.ts'
import { endpointOf } from '../addresses.ts'
import { adoptTheirs } from './adopt/adopt.ts'
import { routeEach } from './adopt/route-each.ts'
import { backendFile, backendName, backendText, groupName, type Place, type ServerLine, serverLines } from './backend-file.ts'
import { mapFile, type MapName, ownersFile } from './maps.ts'
import { prepareHaproxy } from './prepare.ts'
import { changeAndReload, reloadIt } from './reload.ts'
import { entriesOfSettings, ownerWord } from './settings.ts'
import { userAway, userWithPassword } from './users.ts'

/** HAProxy in front: a host is a map entry (no reload), a jail is a backend file (one reload when its first host comes). */
export function createHaproxyDriver({ layout, proxy }: Pick<Facts, 'layout' | 'proxy'>): ProxyDriver {
  const entry = (title: string, map: MapName, key: string, value: string | null): Step => ({
    title,
    action: { kind: 'proxy-map', socket: layout.haproxy.socket, path: mapFile(layout, map), key, value },
  })
  const placeOf = ({ address, port }: ReachableTarget): Place => {
    const site = endpointOf(layout, address)
    return { address: site.address, port: port ?? site.port }
  }
  const standing = (name: string) => proxy.backends.find((one) => one.name === name && !one.isStale)

  function addRoute(site: SiteAddress, backend: string, shown: string): Step[] {
    const name = siteText(site)
    return [
      site.path === undefined
        ? entry(`Send ${name} to ${shown}`, 'hosts', site.host, backend)
        : entry(`Send ${name} to ${shown}`, 'paths', pathKey(site), backend),
      {
        title: `Wait until ${name} is answered through HAProxy`,
        action: { kind: 'await', timeoutSeconds: 30 },
        done: throughTheFront(layout, site),
      },
    ]
  }

  return {
    prepare: () => prepareHaproxy(layout, proxy),
    route(sites, targets) {
      if (sites.length === 0) return []
      const backend = backendFor(sites, targets)
      const shown = targets.map(({ jail }) => jail).join(', ')
      return [
        ...(standing(backend) === undefined ? addBackend(layout, backend, shown, serverLines(targets, placeOf)) : []),
        ...sites.flatMap((site) => addRoute(site, backend, shown)),
      ]
    },
    unroute: (route) => [
      route.path === undefined
        ? entry(`Send ${route.host} nowhere`, 'hosts', route.host, null)
        : entry(`Send ${siteText(route)} where the rest of ${route.host} goes`, 'paths', pathKey(route), null),
    ],
    forget: (jail) =>
      proxy.backends
        .filter(({ targets }) => targets.length > 0 && targets.every((target) => target.jail === jail))
        .flatMap(({ name }) => removeBackend(layout, name, jail, proxy.running)),
    tidy: (left, came) => {
      const stays = proxy.routes.filter((route) => !left.some((one) => siteText(one) === siteText(route))).map(({ backend }) => backend)
      return proxy.backends
        .filter(({ name }) => left.some(({ backend }) => backend === name) && !stays.includes(name))
        .filter(({ targets }) => !came.some((site) => sameTargets(site.targets, targets)))
        .flatMap(({ name, targets }) => removeBackend(layout, name, targets.map(({ jail }) => jail).join(', '), proxy.running))
    },
    set(host, settings) {
      const before = proxy.settings[host] ?? {}
      const after = merged(before, settings)
      const old = entriesOfSettings(host, before)
      const wanted = entriesOfSettings(host, after)
      const gone = old.filter((one) => !wanted.some(({ map, key }) => map === one.map && key === one.key))
      const fresh = wanted.filter((one) => !old.some(({ map, key, value }) => map === one.map && key === one.key && value === one.value))
      const owner: Step[] =
        before.owner === after.owner
          ? []
          : [
              {
                title: after.owner === undefined ? `${host} belongs to nobody` : `${host} belongs to ${after.owner}`,
                action: {
                  kind: 'map-entry',
                  path: ownersFile(layout),
                  key: host,
                  value: after.owner === undefined ? null : ownerWord(after.owner),
                },
              },
            ]
      return [
        ...fresh.map(({ map, key, value }) => entry(`Set ${map} of ${key}`, map, key, value)),
        // nobody is let in by the loss of a list before the list itself is off
        ...gone.toReversed().map(({ map, key }) => entry(`Take ${map} of ${key} away`, map, key, null)),
        ...(before.users ?? []).filter((user) => after.users?.includes(user) !== true).map((user) => userAway(layout, host, user)),
        ...owner,
      ]
    },
    user: (host, name) => [
      // closed first: whoever comes in between needs a password anyway
      ...(proxy.settings[host]?.users === undefined ? [entry(`Set auth-on of ${host}`, 'auth-on', host, '1')] : []),
      userWithPassword(layout, host, name),
    ],
    weigh: () => notYet(),
    drain: () => [],
    ready: () => [],
    reload: () => [reloadIt(layout)],
    adopt: (jails, strangers) =>
      proxy.theirs &&
      adoptTheirs(
        {
          layout,
          proxy,
          theirs: proxy.theirs,
          // by then it runs by our folder, whatever runs now
          route: (taken) => routeEach(createHaproxyDriver({ layout, proxy: { ...proxy, running: true, configured: true } }), taken),
        },
        jails,
        strangers,
      ),
  }
}

/** One jail has a backend of its own for all its sites; several have one for just these. */
function backendFor(sites: readonly SiteAddress[], targets: readonly ReachableTarget[]): string {
  const [only, ...others] = targets
  return only !== undefined && others.length === 0 ? backendName(only) : groupName(sites.map(siteText).join())
}

function notYet(): never {
  throw new JailopsError('not_supported_by_driver', 'HAProxy cannot do that here yet.')
}

function merged(before: SiteSettings, changes: object): SiteSettings {
  return Object.fromEntries(Object.entries({ ...before, ...changes }).filter(([, value]) => value !== undefined))
}

/** With a slash at its end, as HAProxy looks it up: /app is not the beginning of /apple. */
function pathKey({ host, path = '' }: SiteAddress): string {
  return `${host}${path.replace(/\/$/, '')}/`
}

function addBackend(layout: Layout, backend: string, shown: string, servers: readonly ServerLine[]): Step[] {
  const first = servers[0]?.place
  const change: Step = {
    title: `Tell HAProxy's configuration where ${shown} is`,
    action: {
      kind: 'haproxy-config',
      folder: layout.haproxy.configFolder,
      name: backendFile(backend),
      content: backendText(backend, servers),
    },
  }
  return changeAndReload(change, backendIs(layout, backend, first === undefined ? null : `${first.address}:${first.port}`))
}

function removeBackend(layout: Layout, backend: string, shown: string, running: boolean): Step[] {
  const change: Step = {
    title: `Take ${shown} out of HAProxy's configuration`,
    action: { kind: 'haproxy-config', folder: layout.haproxy.configFolder, name: backendFile(backend), content: null },
  }
  return running ? changeAndReload(change, backendIs(layout, backend, null)) : [change]
}

/** 421: not routed; 503: routed, and nobody is there. */
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
    notStatus: [421, 503],
  }
}

function backendIs(layout: Layout, backend: string, server: string | null): Probe {
  return { kind: 'haproxy-backend', socket: layout.haproxy.socket, backend, server }
}
