import { z } from 'zod'
import {
  answeringRoute,
  checksText,
  defineCommand,
  isDrainedByRequest,
  endpointOf,
  isWell,
  placeOf,
  showSiteName,
  sitePlace,
  siteText,
  targetText,
  visible,
} from 'jailops'
import type { Facts, Look, Route, SiteAddress, Target } from 'jailops'

export default defineCommand({
  path: 'proxy test',
  summary: 'Walk the way to a site and say where it breaks',
  permission: 'proxy.test',
  risk: 'read',
  example: 'proxy test blog.example.com',
  needs: ['jails', 'proxy', 'proxyStatus'],
  args: z.object({ site: sitePlace.describe('which site, routed or not') }),
  about: ({ site }) => ({ sites: [placeOf(site).host] }),
  looks({ args, facts }) {
    const place = placeOf(args.site)
    const { bindAddress: address, bindPort: port } = facts.layout.haproxy
    const asked = { path: place.path ?? '/', hostHeader: askedName(place) }
    return {
      name: { argv: ['host', '-t', 'A', askedName(place)], timeoutSeconds: 10 },
      front: { http: { address, port, ...asked }, timeoutSeconds: 5 },
      ...Object.fromEntries(
        reachedTargets(facts, place).map(([target, at]): [string, Look] => [
          lookName(target),
          { http: { ...at, ...asked }, timeoutSeconds: 5 },
        ]),
      ),
    }
  },
  query({ args, facts }) {
    const place = placeOf(args.site)
    const stations = [...nameStations(facts, place), ...frontStations(facts, place), ...jailStations(facts, place)]
    const broken = stations.find(({ state }) => state === 'broken')
    return {
      title: broken === undefined ? `${showSiteName(place.host)}${place.path ?? ''} answers` : `${args.site} breaks at: ${broken.what}`,
      text: [
        ...(broken === undefined ? [] : [broken.says]),
        `To try it before its name leads here, in /etc/hosts of your own machine:\n${facts.layout.haproxy.bindAddress} ${askedName(place)}`,
      ].join('\n'),
      table: { columns: ['', 'station', 'says'], rows: stations.map(({ state, what, says }) => [marks[state], what, visible(says)]) },
    }
  },
})

interface Station {
  state: 'well' | 'broken' | 'notice'
  what: string
  says: string
}
const marks = { well: 'ok', broken: 'BROKEN', notice: 'look' }

/** A wildcard is asked for by one of the names it stands for. */
function askedName({ host }: SiteAddress): string {
  return host.replace(/^\*\./, 'jailops-check.')
}

function lookName(target: Target): string {
  return `jail ${targetText(target)}`
}

/** No more than five: of many jails behind one site the first ones tell. */
function reachedTargets(facts: Facts, place: SiteAddress): [Target, { address: string; port: number }][] {
  const targets = answeringRoute(facts, place)?.targets.slice(0, 5) ?? []
  return targets.flatMap((target): [Target, { address: string; port: number }][] => {
    const jail = facts.jails.find(({ name }) => name === target.jail)
    if (jail?.state !== 'running' || jail.address === undefined) return []
    const site = endpointOf(facts.layout, jail.address)
    return [[target, { address: site.address, port: target.port ?? site.port }]]
  })
}

/** What the host's own resolver says need not be what the world sees, so that alone breaks nothing. */
function nameStations(facts: Facts, place: SiteAddress): Station[] {
  const { exitCode, stdout } = facts.look('name')
  const { bindAddress } = facts.layout.haproxy
  const found = [...stdout.matchAll(/ has address ([0-9.]+)/g)].map(([, address = '']) => address)
  const what = `DNS of ${askedName(place)}`
  if (exitCode === undefined) return [{ state: 'notice', what, says: 'No resolver answered in time.' }]
  if (found.length === 0) return [{ state: 'notice', what, says: `It has no address yet. The proxy listens at ${bindAddress}.` }]
  if (found.includes(bindAddress)) return [{ state: 'well', what, says: `${found.join(', ')}, where the proxy listens` }]
  return [
    {
      state: 'notice',
      what,
      says: `It leads to ${found.join(', ')}; the proxy listens at ${bindAddress}. Right only if that address is passed on to here.`,
    },
  ]
}

function frontStations(facts: Facts, place: SiteAddress): Station[] {
  const route = answeringRoute(facts, place)
  const { bindAddress, bindPort } = facts.layout.haproxy
  const front = `front at ${bindAddress}:${bindPort}`
  if (!facts.proxy.running)
    return [
      {
        state: 'broken',
        what: front,
        says: 'The proxy does not run. /proxy reload needs it; see service haproxy status on the host, and /host check.',
      },
    ]
  const { exitCode: status, stderr } = facts.look('front')
  if (status === undefined) return [{ state: 'broken', what: front, says: `It did not answer: ${stderr}` }]
  const map: Station =
    route === undefined
      ? {
          state: 'broken',
          what: 'map',
          says: `${siteText(place)} is not routed. Let it reach a jail: /proxy add ${siteText(place)} jail:NAME`,
        }
      : { state: 'well', what: 'map', says: `${siteText(route)} → ${route.backend}` }
  if (route === undefined) return [{ state: 'well', what: front, says: `It answers ${status}` }, map]
  return [map, { what: front, ...judged(facts, route, status) }]
}

function judged(facts: Facts, route: Route, status: number): Pick<Station, 'state' | 'says'> {
  const settings = facts.proxy.settings[route.host] ?? {}
  if (status === 421) return { state: 'broken', says: 'It answers 421: the running proxy does not know what its files say. /proxy reload' }
  if (status === 503 && settings.maintenance === true)
    return { state: 'broken', says: `It shows the maintenance page. /proxy enable ${route.host}` }
  if (status === 401 && settings.users !== undefined) return { state: 'well', says: 'It asks for a password, as it shall.' }
  if (status === 403 && settings.allow !== undefined)
    return { state: 'well', says: 'It keeps this host out, which is not on the list of who may come.' }
  if ([301, 302, 307, 308].includes(status)) return { state: 'well', says: `It answers ${status}: it sends elsewhere` }
  if (status >= 500) return { state: 'broken', says: `It answers ${status}: nobody behind it answered well.` }
  return { state: 'well', says: `It answers ${status}` }
}

function jailStations(facts: Facts, place: SiteAddress): Station[] {
  const route = answeringRoute(facts, place)
  if (route === undefined) return []
  const backend = facts.proxyStatus?.backends.find(({ name }) => name === route.backend)
  const behind: Station[] =
    backend === undefined
      ? []
      : [
          {
            state: isWell(backend) ? 'well' : backend.isUp ? 'notice' : 'broken',
            what: `backend ${backend.name}`,
            says: `${backend.status}, check ${checksText(backend)}`,
          },
        ]
  if (route.targets.length === 0)
    return [...behind, { state: 'broken', what: 'jail', says: `${route.backend} leads to no jail of jailops.` }]
  return [...behind, ...route.targets.slice(0, 5).flatMap((target) => targetStations(facts, route, target))]
}

function targetStations(facts: Facts, route: Route, target: Target): Station[] {
  const jail = facts.jails.find(({ name }) => name === target.jail)
  const what = `jail ${targetText(target)}`
  if (jail === undefined) return [{ state: 'broken', what, says: 'There is no such jail any more.' }]
  if (jail.state !== 'running') return [{ state: 'broken', what, says: `It is ${jail.state}. Start it: /jail start ${jail.name}` }]
  const [reached] = reachedTargets(facts, route).filter(([one]) => one === target)
  if (reached === undefined) return [{ state: 'broken', what, says: 'It has no address.' }]
  const [, { address, port }] = reached
  const { exitCode: status, stderr } = facts.look(lookName(target))
  if (status === undefined) return [{ state: 'broken', what, says: `Nobody answers at ${address}:${port}: ${stderr}` }]
  const drained = target.weight === 0 ? '; it is drained, so nothing is sent there' : drainedMeanwhile(facts, route, target)
  return [{ state: status >= 500 ? 'broken' : 'well', what, says: `${address}:${port} answers ${status}${drained}` }]
}

function drainedMeanwhile(facts: Facts, route: Route, target: Target): string {
  if (!isDrainedByRequest(facts, route, target)) return ''
  return `; nothing is sent there while a request works on it, see /job list. Where none does any more: /proxy enable ${route.host}`
}
