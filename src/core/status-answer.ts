import type { Answer } from './card.ts'
import type { Facts } from './host.ts'
import { proxyNames, siteText, type SiteSettings } from './proxy.ts'
import { type About, type BackendStatus, isWell, type ProxyStatus } from './proxy-status.ts'
import type { BackendTraffic, Traffic } from './samples.ts'
import { nginxSentence, serverText, spanText, statusColumns, statusRows, withoutQuiet } from './status-rows.ts'

/** How the proxy does, in one message: what is wrong first, then the busiest, then how many more there are. */
export function proxyStatusAnswer({ proxyStatus: status, traffic, layout }: Facts): Answer {
  if (status === undefined) return silent(layout.proxy)
  const wrong = status.backends.filter((one) => !isWell(one) || failsNow(one, traffic))
  const others = status.backends.filter((one) => !wrong.includes(one))
  const worst = wrong.toSorted((a, b) => rankOf(a) - rankOf(b) || b.rate - a.rate)
  const busiest = others
    .toSorted((a, b) => b.rate - a.rate || (b.sessions ?? 0) - (a.sessions ?? 0) || b.requests - a.requests)
    .slice(0, 10)
  const hidden = status.otherProblems
  const rest = status.count - worst.length - hidden - busiest.length
  // what is not there had nothing since then: its own counters are of all its time, and of a spare backend another jail's, too
  const rows = (backend: BackendStatus) =>
    statusRows(backend, traffic === undefined ? undefined : (traffic.backends[backend.name] ?? nothing))
  return {
    title: `${proxyNames[layout.proxy]} ${status.version}: ${headOf(status.count, worst.length + hidden)}`,
    text: [`${headLine(status, traffic)}.`, sinceText(traffic)].join('\n'),
    ...(status.count > 0 && {
      table: withoutQuiet({
        columns: statusColumns,
        rows: [
          ...worst.flatMap(rows),
          ...(hidden > 0 ? [wide(`… and ${hidden} more with something wrong`)] : []),
          ...busiest.flatMap(rows),
          ...(rest > 0 ? [wide(`… and ${rest} more, all UP`)] : []),
        ],
      }),
    }),
  }
}

/** All of one site, or of one jail. @throws unknown_route, unknown_jail */
export function oneStatusAnswer(facts: Facts, about: About): Answer {
  const { proxyStatus: status, traffic } = facts
  if (status === undefined) return silent(facts.layout.proxy)
  const [site] = about.sites ?? []
  const [jail] = about.jails ?? []
  backendsOf(facts, about)
  const { backends } = status
  const title = site ?? jail ?? ''
  if (backends.length === 0) return { title: `No site leads to ${title}`, text: `Lead one to it: /proxy add NAME jail:${title}` }
  const words = [...new Set(backends.map((one) => one.status))]
  const host = site?.split('/', 1)[0]
  return {
    title: `${title}: ${words.join(', ')}`,
    text: sinceText(traffic),
    fields: [
      ...backends.flatMap((one) => fieldsOf(one, traffic)),
      ...(host === undefined ? [] : settingsFields(facts.proxy.settings[host] ?? {}, status)),
      ...(host === undefined ? [] : certificateFields(facts, host)),
    ],
  }
}

function silent(kind: Facts['layout']['proxy']): Answer {
  const silence = kind === 'nginx' ? 'It does not tell its own figures.' : 'Its run-time socket does not answer.'
  return {
    title: `${proxyNames[kind]} is not running`,
    text: `${silence} Where there are sites already, start it on the host: service ${kind} start. Else the first /proxy add sets it up.`,
  }
}

function headOf(count: number, wrong: number): string {
  if (count === 0) return 'no sites yet'
  if (wrong > 0) return `${wrong} of ${count} ${wrong === 1 ? 'has' : 'have'} something wrong`
  return count === 1 ? 'the one backend is UP' : `all ${count} backends are UP`
}

function headLine(status: ProxyStatus, traffic: Traffic | undefined): string {
  const share = shareOf(status, traffic)
  return [
    status.maxConnections === undefined
      ? `${status.connections} connections`
      : `${status.connections} of ${status.maxConnections} connections`,
    `${status.requestsPerSecond} requests/s`,
    share === undefined ? 'no requests yet' : share,
    ...(status.uptimeSeconds === undefined ? [] : [`last start or reload ${spanText(status.uptimeSeconds)} ago`]),
  ].join(' · ')
}

function shareOf(status: ProxyStatus, traffic: Traffic | undefined): string | undefined {
  const counted = traffic === undefined ? [status] : Object.values(traffic.backends)
  const requests = counted.reduce((sum, one) => sum + one.requests, 0)
  const errors = counted.reduce((sum, one) => sum + one.errors5xx, 0)
  return requests === 0 ? undefined : `${((errors * 100) / requests).toFixed(errors === 0 ? 0 : 1)} % of ${requests} answered 5xx`
}

/** Since when is counted, and until when a time down is. */
function sinceText(traffic: Traffic | undefined): string {
  if (traffic === undefined) return 'Requests, 4xx, 5xx and time down are counted since the last start or reload.'
  const since = `${new Date(traffic.since).toISOString().slice(0, 16).replace('T', ' ')} UTC`
  const look = traffic.isSinceLook ? `you last looked, ${since}` : `this worker counts, ${since}`
  return `Requests, 4xx and 5xx are counted since ${look}; time down is today's.`
}

/** Within the last minute, where that is known. */
function failsNow({ name, requests, errors5xx }: BackendStatus, traffic: Traffic | undefined): boolean {
  const counted = traffic?.backends[name]
  const [all, failed] =
    traffic === undefined ? [requests, errors5xx] : [counted?.requestsLastMinute ?? 0, counted?.errors5xxLastMinute ?? 0]
  return all >= 20 && failed * 100 >= all * 5
}

const ranks = ['missing', 'DOWN', 'MAINT', 'DRAIN']

function rankOf({ status }: BackendStatus): number {
  const rank = ranks.indexOf(status)
  return rank < 0 ? ranks.length : rank
}

function wide(text: string): string[] {
  return statusColumns.map((_column, at) => (at === 0 ? text : ''))
}

function fieldsOf(backend: BackendStatus, traffic: Traffic | undefined): { name: string; value: string }[] {
  const counted = traffic?.backends[backend.name]
  const { requests, errors4xx, errors5xx } = counted ?? (traffic === undefined ? backend : nothing)
  return [
    { name: 'Sites', value: backend.sites.join('\n') || '-' },
    ...backend.servers.map((one) => ({
      name: serverText(one),
      value: `${one.status}${one.since === undefined ? '' : ` for ${spanText(one.since)}`}; ${one.check}${nginxSentence(one)}`,
    })),
    {
      name: 'Now',
      value: `${backend.sessions === undefined ? '' : `${backend.sessions} sessions, `}${backend.rate} requests/s, ${backend.queue} in the queue`,
    },
    { name: 'Counted', value: `${requests} requests, ${errors4xx} 4xx, ${errors5xx} 5xx` },
    { name: 'Time down', value: spanText(counted?.downToday ?? (traffic === undefined ? backend.downSeconds : 0)) },
  ]
}

const nothing: BackendTraffic = {
  requests: 0,
  errors4xx: 0,
  errors5xx: 0,
  requestsLastMinute: 0,
  errors5xxLastMinute: 0,
  downToday: 0,
}

function settingsFields(settings: SiteSettings, { overLimit }: ProxyStatus): { name: string; value: string }[] {
  const { owner, maintenance, https, hsts, redirect, limit, allow, users } = settings
  const over = overLimit === undefined ? '' : `; ${overLimit} ${overLimit === 1 ? 'client is' : 'clients are'} beyond it now`
  const said: [string, string | undefined][] = [
    ['Owner', owner],
    ['Maintenance', maintenance === undefined ? undefined : 'on: it answers 503'],
    ['https', https],
    ['HSTS', hsts === undefined ? undefined : spanText(hsts)],
    ['Redirect', redirect],
    ['Limit', limit === undefined ? undefined : `${limit} requests of one client in 10 s${over}`],
    ['Only for', allow?.join(', ')],
    ['Users', users?.join(', ')],
  ]
  return said.flatMap(([name, value]) => (value === undefined ? [] : [{ name, value }]))
}

function certificateFields({ proxy }: Facts, host: string): { name: string; value: string }[] {
  const parent = host.replace(/^[^.]*/, '*')
  return proxy.certificates
    .filter(({ names }) => names.includes(host) || names.includes(parent))
    .map(({ expiresAt, issuer, isRenewed }) => ({
      name: 'Certificate',
      value: `until ${new Date(expiresAt).toISOString().slice(0, 10)}, by ${issuer}${isRenewed ? ', renewed by jailops' : ''}`,
    }))
}

/** Backends that it is about. @throws unknown_route, unknown_jail */
export function backendsOf(facts: Facts, { sites: [site] = [], jails: [jail] = [] }: About): string[] {
  const { routes } = facts.proxy
  if (jail !== undefined) return [...new Set(facts.routesTo(facts.jail(jail).name).map(({ backend }) => backend))]
  const found = routes.filter((route) => site !== undefined && [siteText(route), route.host].includes(site))
  if (site !== undefined && found.length === 0) facts.route(site)
  return [...new Set(found.map(({ backend }) => backend))]
}

/** A name with a dot is a site's. */
export function aboutOf(name: string | undefined): About {
  if (name === undefined) return {}
  if (!name.includes('.')) return { jails: [name] }
  return { sites: [name] }
}
