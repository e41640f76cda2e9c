import type { Jail } from '../../core/jail.ts'
import type { Layout } from '../../core/layout.ts'
import type { Backend, ProxyFacts, Route, TheirProxy } from '../../core/proxy.ts'
import { endpointOf } from '../addresses.ts'
import { besideConfiguration } from '../proxy/adopt/beside.ts'
import { findBlock } from '../proxy/adopt/block.ts'
import { backendOfFile, type ServerLine, serversIn } from '../proxy/backend-file.ts'
import { baseConfiguration, baseFile, frontConfiguration, frontFile, isOurProxyFile, listensForTls } from '../proxy/configuration.ts'
import { entriesOf, mapFile, type MapName, mapNames, ownersFile } from '../proxy/maps.ts'
import { settingsIn } from '../proxy/settings.ts'
import { isSlot } from '../proxy/slots.ts'
import { createHaproxySocket } from '../proxy/socket.ts'
import type { Shell } from '../shell.ts'
import { inBatches } from './batches.ts'
import { isYes, rcVariable } from './boot.ts'
import { observeCertificates } from './certificates.ts'
import { observeTheirs } from './their-proxy.ts'

/** What the files say, which is what survives a restart, and whether HAProxy runs. */
export async function observeProxy(shell: Shell, layout: Layout, jails: Promise<Jail[]>): Promise<ProxyFacts> {
  const { configFolder, socket } = layout.haproxy
  const lacks: string[] = []
  const textOf = async (file: string) => (await shell.readFile(`${configFolder}/${file}`)) ?? ''
  const read = async (path: string) => {
    const text = await shell.readFile(path)
    if (text === undefined) lacks.push(path.slice(configFolder.length + 1))
    return entriesOf(text ?? '')
  }
  const [maps, owners, base, front, enable, config, info, backends, certificates] = await Promise.all([
    Promise.all(mapNames.map(async (name) => [name, await read(mapFile(layout, name))] as const)),
    read(ownersFile(layout)),
    textOf(baseFile),
    textOf(frontFile),
    rcVariable(shell, 'haproxy_enable'),
    rcVariable(shell, 'haproxy_config'),
    createHaproxySocket(shell, socket)
      .info()
      .catch(() => undefined),
    jails.then((all) => observeBackends(shell, layout, all)),
    observeCertificates(shell, layout),
  ])
  const tls = listensForTls(front)
  const theirs = isYes(enable) ? await observeTheirs(shell, layout, config) : undefined
  if (theirs === undefined && base !== baseConfiguration(layout)) lacks.push(baseFile)
  if (front !== (theirs === undefined ? frontConfiguration(layout, { tls }) : besideConfiguration(layout))) lacks.push(frontFile)
  const entries = mapsOf(maps)
  return {
    kind: 'haproxy',
    running: info !== undefined,
    configured: theirs === undefined ? isOurProxyFile(base) && isOurProxyFile(front) : isReady(theirs),
    ...(lacks.length > 0 && { lacks: lacks.toSorted() }),
    ...(tls && { tls }),
    enabled: isYes(enable),
    ...(info !== undefined && { version: info.get('Version') ?? 'unknown' }),
    routes: routesIn(entries, backends),
    backends,
    settings: settingsIn(entries, owners),
    certificates,
    ...(theirs !== undefined && { theirs }),
  }
}

function isReady({ isShared, text = '' }: TheirProxy): boolean {
  return isShared && findBlock(text).kind === 'whole'
}

export function mapsOf(read: readonly (readonly [MapName, Map<string, string>])[]): Record<MapName, Map<string, string>> {
  const of = (wanted: MapName) => read.find(([name]) => name === wanted)?.[1] ?? new Map<string, string>()
  return {
    hosts: of('hosts'),
    paths: of('paths'),
    maintenance: of('maintenance'),
    https: of('https'),
    hsts: of('hsts'),
    redirect: of('redirect'),
    limit: of('limit'),
    'allow-on': of('allow-on'),
    allow: of('allow'),
    'auth-on': of('auth-on'),
    auth: of('auth'),
    acme: of('acme'),
  }
}

export function routesIn(maps: Readonly<Record<'hosts' | 'paths', Map<string, string>>>, backends: readonly Backend[]): Route[] {
  const byName = new Map(backends.map((backend) => [backend.name, backend]))
  const route = (site: { host: string; path?: string }, backend: string): Route => {
    const targets = (byName.get(backend)?.targets ?? []).map(
      ({ address: _address, server: _server, isDrained: _drained, ...target }) => target,
    )
    return { ...site, backend, targets, ...(targets[0] !== undefined && { jail: targets[0].jail }) }
  }
  return [
    ...[...maps.hosts].map(([host, backend]) => route({ host }, backend)),
    ...[...maps.paths].map(([key, backend]) => {
      const slash = key.indexOf('/')
      return route({ host: key.slice(0, slash), path: key.slice(slash).replace(/\/$/, '') }, backend)
    }),
  ]
}

async function observeBackends(shell: Shell, layout: Layout, jails: readonly Jail[]): Promise<Backend[]> {
  const files = await shell.list(layout.haproxy.configFolder)
  const ours = jails.filter((jail) => jail.ours)
  const found = await inBatches(files, async (file) => {
    const name = backendOfFile(file)
    const servers = name === undefined ? undefined : serversIn((await shell.readFile(`${layout.haproxy.configFolder}/${file}`)) ?? '')
    return name === undefined || servers === undefined ? undefined : backendSeen(layout, ours, name, servers)
  })
  return found.filter((backend) => backend !== undefined)
}

function backendSeen(layout: Layout, jails: readonly Jail[], name: string, servers: readonly ServerLine[]): Backend {
  const targets = servers.flatMap(({ server, jail, appPort, place, weight, isDrained }) =>
    jail === undefined
      ? []
      : [
          {
            jail,
            weight,
            address: place.address,
            server,
            ...(appPort !== undefined && { port: appPort }),
            ...(isDrained === true && { isDrained }),
          },
        ],
  )
  const isStale = servers.some(({ jail, appPort, place }) => {
    const address = jails.find((one) => one.name === jail)?.address
    if (jail === undefined || address === undefined) return false
    const endpoint = endpointOf(layout, address)
    return place.address !== endpoint.address || place.port !== (appPort ?? endpoint.port)
  })
  return { name, targets, isSpare: isSlot(name) && targets.length === 0, isStale }
}
