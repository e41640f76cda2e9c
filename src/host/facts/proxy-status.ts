import { passLostConnection } from '../../core/errors.ts'
import type { Layout } from '../../core/layout.ts'
import type { ProxyFacts } from '../../core/proxy.ts'
import type { About, BackendFigures, BackendStatus, ProxyStatus, ServerStatus } from '../../core/proxy-status.ts'
import { backendFile, type ServerLine, serversIn } from '../proxy/backend-file.ts'
import { entriesOf, mapFile } from '../proxy/maps.ts'
import { canBeAsked, lookAtServers, type ServerRow } from '../proxy/stat-servers.ts'
import { noFigures, readStatTable, statQuestion, type StatTable } from '../proxy/stat-table.ts'
import type { Shell } from '../shell.ts'
import { inBatches } from './batches.ts'
import { askNginx } from './site-status.ts'

const timeoutSeconds = 10
/** Of those with something wrong so many are looked at closely, and of those that failed, and of the busiest. */
const mostProblems = 20
const mostBusy = 10
/** So many percent of so many requests since its start: then it may be failing now, which whoever counts by the minute knows. */
const [errorPercent, errorRequests] = [5, 20]

type Asking = Pick<Shell, 'exchange' | 'readFile' | 'httpGet'>
type Figured = { name: string; figures: Readonly<BackendFigures> | undefined }

/**
 * HAProxy's own live figures, of what sites lead to; undefined while it does not answer. The table of 10,000 backends is 2.5 MB of text,
 * and with their servers three times the work for HAProxy: so of few backends the servers, their files and their nginx are asked for.
 */
export async function observeProxyStatus(
  shell: Asking,
  layout: Layout,
  about: About = {},
  proxy: Promise<ProxyFacts> | undefined = undefined,
): Promise<ProxyStatus | undefined> {
  const { socket } = layout.haproxy
  const [answer, routed, facts] = await Promise.all([
    shell.exchange(socket, statQuestion, timeoutSeconds).catch(passLostConnection),
    observeRouted(shell, layout),
    proxy,
  ])
  if (answer === undefined) return undefined
  const table = readStatTable(answer)
  const found = await sorted(shell, layout, table, routed.backends)
  const wanted = backendsAbout(about, routed, facts)
  const shown = wanted?.map((name) => ({ name, figures: table.figures(name) })) ?? [
    ...found.problems.slice(0, mostProblems),
    ...found.failing,
    ...found.busiest,
  ]
  const names = new Set(shown.map(({ name }) => name))
  const sites = sitesBy((backend) => names.has(backend), routed)
  const backends = await closely(shell, layout, shown, sites)
  const [site] = about.sites ?? []
  const limit = site === undefined ? undefined : facts?.settings[hostOf(site)]?.limit
  return {
    version: table.info('Version') ?? 'unknown',
    uptimeSeconds: Number(table.info('Uptime_sec') ?? 0),
    connections: Number(table.info('CurrConns') ?? 0),
    maxConnections: Number(table.info('Maxconn') ?? 0),
    requestsPerSecond: table.front.rate,
    requests: found.requests,
    errors5xx: found.errors5xx,
    count: routed.backends.size,
    otherProblems: wanted === undefined ? Math.max(0, found.problems.length - mostProblems) : 0,
    backends,
    figures: (name) => table.figures(name),
    ...(site !== undefined && limit !== undefined && { overLimit: await clientsOver(shell, socket, hostOf(site), limit) }),
  }
}

interface Routed {
  /** site → backend */
  sites: ReadonlyMap<string, string>
  /** Those that sites lead to. */
  backends: ReadonlySet<string>
}

async function observeRouted(shell: Asking, layout: Layout): Promise<Routed> {
  const [hosts, paths] = await Promise.all([shell.readFile(mapFile(layout, 'hosts')), shell.readFile(mapFile(layout, 'paths'))])
  const sites = entriesOf(hosts ?? '')
  for (const [key, backend] of entriesOf(paths ?? '')) sites.set(key.replace(/\/$/, ''), backend)
  return { sites, backends: new Set(sites.values()) }
}

/** The sites of each of these, as people write them. */
function sitesBy(wanted: (backend: string) => boolean, { sites }: Routed): Map<string, string[]> {
  const found = new Map<string, string[]>()
  // no pair is made of each of 10,000
  sites.forEach((backend, site) => {
    if (!wanted(backend)) return
    const known = found.get(backend)
    if (known === undefined) found.set(backend, [site])
    else known.push(site)
  })
  return found
}

/** One walk over the table. What is wrong is told by its servers later: a backend's row does not tell DOWN from DRAIN. */
async function sorted(shell: Asking, layout: Layout, table: StatTable, routed: ReadonlySet<string>) {
  const problems: Figured[] = []
  const failing: Figured[] = []
  const groups: Figured[] = []
  const busiest: Figured[] = []
  const lost = new Set(routed)
  let [requests, errors5xx] = [0, 0]
  table.each((name, figures) => {
    if (!lost.delete(name)) return
    requests += figures.requests
    errors5xx += figures.errors5xx
    if (!figures.isUp) problems.push({ name, figures: { ...figures } })
    else if (isGroup(name)) groups.push({ name, figures: { ...figures } })
    else keepMost(hasErrors(figures) ? failing : busiest, { name, figures })
  })
  const ofGroups = await inBatches(groups, async (group) =>
    (await targetsIn(shell, layout, group.name)) > (group.figures?.usable ?? 0) ? 'part' : 'whole',
  )
  for (const [at, group] of groups.entries()) {
    if (ofGroups[at] === 'part') problems.push(group)
    else keepMost(hasErrors(group.figures) ? failing : busiest, group)
  }
  return { problems: [...[...lost].map((name) => ({ name, figures: undefined })), ...problems], failing, busiest, requests, errors5xx }
}

/** Several jails behind one site: such a backend is up as long as one of them is. */
function isGroup(name: string): boolean {
  return name.startsWith('site_')
}

async function targetsIn(shell: Asking, layout: Layout, backend: string): Promise<number> {
  return (await serversOf(shell, layout, backend)).length
}

async function serversOf(shell: Asking, { haproxy }: Layout, backend: string): Promise<ServerLine[]> {
  return serversIn((await shell.readFile(`${haproxy.configFolder}/${backendFile(backend)}`)) ?? '') ?? []
}

function hasErrors({ requests, errors5xx }: BackendFigures = noFigures): boolean {
  return requests >= errorRequests && errors5xx * 100 >= requests * errorPercent
}

/** Busiest first. */
function keepMost(kept: Figured[], { name, figures }: Figured): void {
  const at = kept.findIndex((other) => isBusier(figures, other.figures))
  if (at < 0 && kept.length === mostBusy) return
  kept.splice(at < 0 ? kept.length : at, 0, { name, figures: figures && { ...figures } })
  if (kept.length > mostBusy) kept.pop()
}

function isBusier(a: Readonly<BackendFigures> = noFigures, b: Readonly<BackendFigures> = noFigures): boolean {
  return (a.rate - b.rate || a.sessions - b.sessions || a.requests - b.requests) > 0
}

/** undefined: it is about everything. */
function backendsAbout({ sites = [], jails = [] }: About, routed: Routed, facts?: ProxyFacts): string[] | undefined {
  if (sites.length === 0 && jails.length === 0) return undefined
  const all = new Set([...routed.sites.keys()].map(hostOf))
  // whoever asks of a name that only a wildcard answers asks of that
  const names = sites.map((site) => (all.has(hostOf(site)) ? site : hostOf(site).replace(/^[^.]*/, '*')))
  const ofSites = [...routed.sites].filter(([one]) => names.includes(one) || names.includes(hostOf(one))).map(([, name]) => name)
  const ofJails = facts?.backends.filter(({ targets }) => targets.some(({ jail }) => jails.includes(jail))).map(({ name }) => name) ?? []
  return [...new Set([...ofSites, ...ofJails])]
}

async function closely(
  shell: Asking,
  layout: Layout,
  shown: readonly Figured[],
  sites: ReadonlyMap<string, string[]>,
): Promise<BackendStatus[]> {
  const names = shown.filter(({ figures, name }) => figures !== undefined && canBeAsked(name)).map(({ name }) => name)
  const [rows, files] = await Promise.all([
    lookAtServers(shell, layout.haproxy.socket, names, timeoutSeconds),
    inBatches(names, async (name) => [name, await serversOf(shell, layout, name)] as const),
  ])
  const seen = Map.groupBy(rows, ({ backend }) => backend)
  const lines = new Map(files)
  return inBatches(shown, async ({ name, figures = noFigures }) => {
    const ours = lines.get(name) ?? []
    const servers = await inBatches(seen.get(name) ?? [], async (row): Promise<ServerStatus> => {
      const server = serverOf(row)
      const line = ours.find((one) => one.server === server.name)
      if (line === undefined) return server
      const { jail, appPort, place } = line
      const isAsked = jail !== undefined && appPort === undefined && !server.status.startsWith('DOWN')
      return {
        ...server,
        status: drainedStatus(server, line),
        address: place.port === 80 ? place.address : `${place.address}:${place.port}`,
        ...(jail !== undefined && { jail }),
        ...(isAsked && { nginx: await askNginx(shell, layout, jail, place) }),
      }
    })
    const isThere = names.includes(name)
    return { name, ...figures, sites: sites.get(name) ?? [], status: isThere ? statusOf(servers) : 'missing', servers }
  })
}

/** One that was drained before its HAProxy began is as good as UP to it. */
function drainedStatus({ status }: ServerStatus, { weight, isDrained }: ServerLine): string {
  if (weight > 0 && isDrained !== true) return status
  const word = /^(UP$|no check)/.test(status) ? 'DRAIN' : status
  return isDrained === true ? `${word} while a request works on it` : word
}

function serverOf({ name, address, status, since, ...check }: ServerRow): ServerStatus {
  return { name, address, status, check: checkText(check), since }
}

export function checkText({
  checkStatus,
  checkCode,
  checkMilliseconds,
}: Pick<ServerRow, 'checkStatus' | 'checkCode' | 'checkMilliseconds'>): string {
  if (checkStatus === '') return 'no check'
  const withCode = checkCode === '' || checkCode === '0' ? checkStatus : `${checkStatus}/${checkCode}`
  return checkMilliseconds === '' ? withCode : `${withCode} in ${checkMilliseconds} ms`
}

/** One word for all of its servers where they agree. */
function statusOf(servers: readonly ServerStatus[]): string {
  const words = servers.map(({ status }) => status.split(' ', 1)[0] ?? '')
  const well = words.filter((word) => word === 'UP' || word === 'no').length
  if (words.length === 0) return 'no server'
  if (well === words.length) return words.every((word) => word === 'no') ? 'no check' : 'UP'
  if (well > 0) return `${well} of ${words.length} UP`
  return words.find((word) => word === 'DOWN') ?? words[0] ?? ''
}

/** Keys of the table are `HOST|ADDRESS`. */
async function clientsOver(shell: Asking, socket: string, host: string, limit: number): Promise<number> {
  const text = await shell.exchange(socket, `show table clients data.http_req_rate gt ${Math.floor(limit)}\n`, timeoutSeconds)
  return text.split('\n').filter((line) => line.includes(` key=${host}|`) || line.includes(`: key=${host}|`)).length
}

function hostOf(site: string): string {
  return site.split('/', 1)[0] ?? site
}
