import { passLostConnection } from '../../core/errors.ts'
import type { Jail } from '../../core/jail.ts'
import type { Layout } from '../../core/layout.ts'
import type { Backend, Certificate, ProxyFacts } from '../../core/proxy.ts'
import { endpointOf } from '../addresses.ts'
import { hasBlock } from '../proxy/nginx/block.ts'
import { nginxFront, nginxMaps } from '../proxy/nginx/configuration.ts'
import { nginxFrontServer } from '../proxy/nginx/front-server.ts'
import {
  frontFile,
  frontServerFile,
  nginxEntriesOf,
  nginxMapFile,
  nginxOwnersFile,
  siteOfTlsFile,
  tlsFile,
  usersFile,
  usersFolder,
} from '../proxy/nginx/places.ts'
import { usersIn } from '../proxy/nginx/users.ts'
import { nginxTls } from '../proxy/nginx/tls.ts'
import { upstreamIn, upstreamOfFile, type UpstreamServer } from '../proxy/nginx/upstream.ts'
import { entriesOf } from '../proxy/maps.ts'
import { certificateFile, siteOfFile } from '../proxy/certificates/places.ts'
import { settingsIn } from '../proxy/settings.ts'
import type { Shell } from '../shell.ts'
import { inBatches } from './batches.ts'
import { isYes, rcVariable } from './boot.ts'
import { certificateSeen } from './certificates.ts'
import { mapsOf, routesIn } from './proxy.ts'

/** nginx in front: what our files say, and whether it runs. */
export async function observeNginxFront(shell: Shell, layout: Layout, jails: Promise<Jail[]>): Promise<ProxyFacts> {
  const { configuration, folder } = layout.nginxFront
  const read = async (path: string) => (await shell.readFile(path)) ?? ''
  const [maps, owners, main, front, server, tls, enable, status, version, backends, certificates, users] = await Promise.all([
    Promise.all(nginxMaps.map(async (name) => [name, nginxEntriesOf(await read(nginxMapFile(layout, name)))] as const)),
    read(nginxOwnersFile(layout)).then(entriesOf),
    read(configuration),
    read(`${folder}/${frontFile}`),
    read(`${folder}/${frontServerFile}`),
    read(`${folder}/${tlsFile}`),
    rcVariable(shell, 'nginx_enable'),
    ask(shell, ['service', 'nginx', 'status']),
    ask(shell, ['nginx', '-V']),
    jails.then((all) => observeUpstreams(shell, layout, all)),
    observeShown(shell, layout),
    observeUsers(shell, layout),
  ])
  const entries = mapsOf([...maps, ['auth', users]])
  const group = groupOfWorkers(main, version?.stderr ?? '')
  const running = status?.exitCode === 0
  const number = /nginx\/(\S+)/.exec(version?.stderr ?? '')?.[1]
  return {
    kind: 'nginx',
    running,
    configured: front === nginxFront(layout) && server === nginxFrontServer(layout) && isIncluded(main, folder),
    ...(tls === nginxTls(layout) && { tls: true }),
    enabled: isYes(enable),
    ...(running && number !== undefined && { version: number }),
    ...(group !== undefined && { group }),
    routes: routesIn(entries, backends),
    backends,
    settings: settingsIn(entries, owners),
    certificates,
  }
}

/** A server of nginx names each. */
async function observeShown(shell: Shell, layout: Layout): Promise<Certificate[]> {
  const files = await shell.list(layout.nginxFront.folder)
  const sites = files.map(siteOfTlsFile).filter((site) => site !== undefined)
  return inBatches(sites, (site) => certificateSeen(shell, certificateFile(layout, site), site))
}

/** As lines of HAProxy's map of passwords name them: `HOST/USER`. */
async function observeUsers(shell: Shell, layout: Layout): Promise<Map<string, string>> {
  const files = await shell.list(usersFolder(layout))
  const sites = await inBatches(files, async (file) => {
    const site = siteOfFile(file)
    const text = (await shell.readFile(usersFile(layout, site))) ?? ''
    return [...usersIn(text).keys()].map((user) => `${site}/${user}`)
  })
  return new Map(sites.flat().map((word) => [word, word]))
}

/** By its main file, or as it was compiled. */
function groupOfWorkers(main: string, version: string): string | undefined {
  const [, user, group] = /^\s*user\s+([^\s;]+)(?:\s+([^\s;]+))?\s*;/m.exec(main) ?? []
  const compiled = /--group=(\S+)/.exec(version)?.[1] ?? /--user=(\S+)/.exec(version)?.[1]
  return group ?? user ?? compiled
}

/** A block that was changed by hand is told to whoever wants to change something, not to whoever only looks. */
function isIncluded(main: string, folder: string): boolean {
  try {
    return hasBlock(main, folder)
  } catch {
    return false
  }
}

function ask(shell: Shell, argv: string[]) {
  return shell.run({ argv, timeoutSeconds: 30 }).catch(passLostConnection)
}

async function observeUpstreams(shell: Shell, layout: Layout, jails: readonly Jail[]): Promise<Backend[]> {
  const { folder } = layout.nginxFront
  const ours = jails.filter((jail) => jail.ours)
  const found = await inBatches(await shell.list(folder), async (file) => {
    const name = upstreamOfFile(file)
    const servers = name === undefined ? undefined : upstreamIn((await shell.readFile(`${folder}/${file}`)) ?? '')
    return name === undefined || servers === undefined ? undefined : upstreamSeen(layout, ours, name, servers)
  })
  return found.filter((backend) => backend !== undefined)
}

function upstreamSeen(layout: Layout, jails: readonly Jail[], name: string, servers: readonly UpstreamServer[]): Backend {
  const targets = servers.map(({ jail, appPort, place, weight, isDrained }) => ({
    jail,
    weight,
    address: place.address,
    ...(isDrained && { isDrained }),
    ...(appPort !== undefined && { port: appPort }),
  }))
  const isStale = servers.some(({ jail, appPort, place }) => {
    const address = jails.find((one) => one.name === jail)?.address
    if (address === undefined) return false
    const endpoint = endpointOf(layout, address)
    return place.address !== endpoint.address || place.port !== (appPort ?? endpoint.port)
  })
  return { name, targets, isSpare: false, isStale }
}
