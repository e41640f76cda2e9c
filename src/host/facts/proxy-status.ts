import type { ProxyFacts } from '../../core/proxy.ts'
import type { About, BackendFigures, BackendStatus, ProxyStatus, ServerStatus } from '../../core/proxy-status.ts'
import { noFigures } from '../proxy/stat-table.ts'
import { inBatches } from './batches.ts'
import type { StatusSource } from './status-source.ts'

/** Of those with something wrong so many are looked at closely, and of those that failed, and of the busiest. */
const mostProblems = 20
const mostBusy = 10
/** So many percent of so many requests since its start: then it may be failing now, which whoever counts by the minute knows. */
const [errorPercent, errorRequests] = [5, 20]

type Figured = { name: string; figures: Readonly<BackendFigures> | undefined }

/**
 * The proxy's own live figures, of what sites lead to; undefined while it does not answer. The table of 10,000 backends is 2.5 MB of text,
 * and with their servers three times the work for HAProxy: so of few backends the servers, their files and their nginx are asked for.
 */
export async function observeProxyStatus(
  asked: Promise<StatusSource | undefined>,
  about: About = {},
  proxy: Promise<ProxyFacts> | undefined = undefined,
): Promise<ProxyStatus | undefined> {
  const [source, facts] = await Promise.all([asked, proxy])
  if (source === undefined) return undefined
  const { table, clientsOver } = source
  const routed = routedIn(source)
  const found = await sorted(source, routed.backends)
  const wanted = backendsAbout(about, routed, facts)
  const shown = wanted?.map((name) => ({ name, figures: table.figures(name) })) ?? [
    ...found.problems.slice(0, mostProblems),
    ...found.failing,
    ...found.busiest,
  ]
  const names = new Set(shown.map(({ name }) => name))
  const sites = sitesBy((backend) => names.has(backend), routed)
  const backends = await closely(source, shown, sites)
  const [site] = about.sites ?? []
  const limit = site === undefined ? undefined : facts?.settings[hostOf(site)]?.limit
  const [uptime, most] = [table.info('Uptime_sec'), table.info('Maxconn')]
  const isLimited = site !== undefined && limit !== undefined && clientsOver !== undefined
  return {
    version: table.info('Version') ?? 'unknown',
    ...(uptime !== undefined && { uptimeSeconds: Number(uptime) }),
    connections: Number(table.info('CurrConns') ?? 0),
    ...(most !== undefined && { maxConnections: Number(most) }),
    requestsPerSecond: table.front.rate,
    requests: found.requests,
    errors5xx: found.errors5xx,
    count: routed.backends.size,
    otherProblems: wanted === undefined ? Math.max(0, found.problems.length - mostProblems) : 0,
    backends,
    figures: (name) => table.figures(name),
    ...(isLimited && { overLimit: await clientsOver(hostOf(site), limit) }),
  }
}

interface Routed {
  /** site → backend */
  sites: ReadonlyMap<string, string>
  /** Those that sites lead to. */
  backends: ReadonlySet<string>
}

function routedIn({ hosts, paths }: StatusSource): Routed {
  const sites = new Map(hosts)
  for (const [key, backend] of paths) sites.set(key.replace(/\/$/, ''), backend)
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
async function sorted({ table, targetsIn }: StatusSource, routed: ReadonlySet<string>) {
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
    (await targetsIn(group.name)) > (group.figures?.usable ?? 0) ? 'part' : 'whole',
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
  return (a.rate - b.rate || (a.sessions ?? 0) - (b.sessions ?? 0) || a.requests - b.requests) > 0
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

async function closely(source: StatusSource, shown: readonly Figured[], sites: ReadonlyMap<string, string[]>): Promise<BackendStatus[]> {
  const found = await source.serversOf(shown.flatMap(({ name, figures }) => (figures === undefined ? [] : [name])))
  return shown.map(({ name, figures = noFigures }) => {
    const servers = found.get(name)
    const status = servers === undefined ? 'missing' : statusOf(servers)
    return { name, ...figures, sites: sites.get(name) ?? [], status, servers: servers ?? [] }
  })
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

function hostOf(site: string): string {
  return site.split('/', 1)[0] ?? site
}
