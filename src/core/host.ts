import { z } from 'zod'
import { JailopsError } from './errors.ts'
import type { Finding } from './finding.ts'
import type { Endpoint, Layout } from './layout.ts'
import type { Step } from './step.ts'
import { didYouMean } from './suggest.ts'

/* What commands see of a host: facts that were observed once, and drivers that build steps. Nothing here runs anything. */

export interface Jail {
  name: string
  manager: 'jail.conf'
  /** Made by jailops: only these are ever changed. */
  ours: boolean
  state: 'running' | 'stopped' | 'broken'
  /** Why a broken one is broken. */
  problem?: string
  jid?: number
  address?: string
  hostname: string
  root: string
  startsAtBoot: boolean
}

/** What a destroyed jail left behind, as its manifest says. */
export const trashManifestSchema = z.strictObject({
  name: z.string(),
  address: z.string(),
  startsAtBoot: z.boolean(),
  wasRunning: z.boolean(),
  routes: z.array(z.string()),
})
export interface TrashEntry extends z.infer<typeof trashManifestSchema> {
  /** The id of the request that destroyed it; names its folder. */
  request: string
  /** Milliseconds since 1970. */
  destroyedAt: number
}

export interface Route {
  host: string
  backend: string
  /** Absent when the map names a backend that no jail of ours has. */
  jail?: string
}

export interface BackendStatus {
  name: string
  status: string
  sessions: number
  rate: number
  requests: number
  errors4xx: number
  errors5xx: number
  /** Such as `L7OK/200 in 3 ms`, or `no check`. */
  check: string
  /** Seconds since its last change of status. */
  since: number
}

export interface ProxyStatus {
  version: string
  uptimeSeconds: number
  connections: number
  maxConnections: number
  requestsPerSecond: number
  backends: BackendStatus[]
}

export interface SiteStatus {
  jail: string
  /** Absent: nginx did not answer, `problem` says why. */
  figures?: { active: number; accepted: number; requests: number; reading: number; writing: number; waiting: number }
  problem?: string
}

export interface HostStatus {
  version: string
  uptime: string
  /** Of the last minute; absent where uptime(1) does not say it. */
  load?: number
  securelevel: string
  freeMegabytes: number
  jailsRunning: number
}

export const factNames = ['jails', 'trash', 'addresses', 'proxy', 'proxyStatus', 'siteStatus', 'host', 'check'] as const
export type FactName = (typeof factNames)[number]

/** What was observed. A part that was not asked for is empty. */
export interface ObservedFacts {
  jails: Jail[]
  trash: TrashEntry[]
  /** Every address that some interface, jail, or configuration has, and those that the host itself lives on. */
  addresses: { taken: string[]; interfaces: string[] }
  /** Words of jail_list and the names in jail.conf; unset and empty both mean "all of jail.conf". */
  boot: {
    list: string[]
    configured: string[]
    jailEnable: boolean
    /** jail.conf includes every file of the folder where our jails' files are: `configured` grows by each jail that is made. */
    includesFolder: boolean
    /** Why jail(8) cannot read jail.conf; `configured` then lacks names, those of its includes for one. */
    unreadable?: string
  }
  freeMegabytes: number
  baseMegabytes: number
  /** The host's own resolv.conf; empty where there is none. */
  resolver: string
  proxy: { running: boolean; configured: boolean; enabled: boolean; routes: Route[]; backends: string[] }
  proxyStatus?: ProxyStatus
  siteStatus: SiteStatus[]
  host?: HostStatus
  /** What the host has and lacks for jailops. */
  check?: Finding[]
  /** What other open requests chose, and what this one chose when it was planned before. */
  reservedByOthers: string[]
  reservedHere: string[]
}

export interface Facts extends ObservedFacts {
  layout: Layout
  /** @throws unknown_jail, with the nearest name. */
  jail(name: string): Jail
  /** The same, refusing what jailops did not make. @throws not_ours */
  ownJail(name: string): Jail
  routesTo(jail: string): Route[]
  route(host: string): Route
  /** The newest trash entry of that name. @throws not_in_trash */
  trashed(name: string): TrashEntry
}

/** Puts look-ups beside what was observed. */
export function factsOf(layout: Layout, observed: ObservedFacts): Facts {
  const jail = (name: string): Jail => {
    const found = observed.jails.find((candidate) => candidate.name === name)
    if (found !== undefined) return found
    const names = observed.jails.map((candidate) => candidate.name)
    throw new JailopsError('unknown_jail', `There is no jail ${name} on this host.${didYouMean(name, names)} See /jail list.`)
  }
  return {
    ...observed,
    layout,
    jail,
    ownJail(name) {
      const found = jail(name)
      if (!found.ours) {
        throw new JailopsError(
          'not_ours',
          `${name} was not made by jailops, so jailops only shows it. Change it with the tool that made it.`,
        )
      }
      if (found.state === 'broken') {
        throw new JailopsError(
          'config_invalid',
          `${name} has a configuration that jail(8) cannot read: ${found.problem ?? 'no reason given'}. Mend the file first.`,
        )
      }
      return found
    },
    routesTo: (name) => observed.proxy.routes.filter((route) => route.jail === name),
    route(host) {
      const found = observed.proxy.routes.find((candidate) => candidate.host === host)
      if (found !== undefined) return found
      const hosts = observed.proxy.routes.map((candidate) => candidate.host)
      throw new JailopsError('unknown_route', `No site ${host} is routed on this host.${didYouMean(host, hosts)} See /proxy list.`)
    },
    trashed(name) {
      const found = observed.trash.filter((entry) => entry.name === name).toSorted((a, b) => b.destroyedAt - a.destroyedAt)[0]
      if (found !== undefined) return found
      const names = observed.trash.map((entry) => entry.name)
      throw new JailopsError('not_in_trash', `The trash of this host holds no jail ${name}.${didYouMean(name, names)}`)
    },
  }
}

export interface NewJail {
  name: string
  address: string
  startsAtBoot: boolean
}

/** Knows one jail manager. Every method only builds steps. */
export interface JailDriver {
  create(jail: NewJail, request: string): Step[]
  start(jail: Pick<Jail, 'name'>): Step[]
  stop(jail: Pick<Jail, 'name'>): Step[]
  /** Boot list entry on or off, so that no other jail's boot changes by it. */
  boot(name: string, on: boolean): Step[]
  toTrash(jail: Jail, routes: readonly string[], request: string): Step[]
  fromTrash(entry: TrashEntry, address: string): Step[]
}

/** Knows the proxy in front. */
export interface ProxyDriver {
  /** Steps that bring a host without it to where routes can be added; none where it is ready. */
  prepare(): Step[]
  add(hosts: readonly string[], jail: { name: string; address: string }): Step[]
  remove(route: Route): Step[]
  /** Takes the jail's backend away once no route needs it. */
  forget(jail: string): Step[]
}

/** Knows the web server inside a jail. */
export interface SiteDriver {
  install(jail: { name: string; address: string }): Step[]
  /** Waits until the jail's nginx answers. */
  awaitAnswer(address: string): Step[]
}

export interface Drivers {
  jails: JailDriver
  proxy: ProxyDriver
  site: SiteDriver
  /** The lowest free address of the pool, or the one already chosen for this request, or the wanted one. */
  chooseAddress(wanted?: string): string
  endpoint(address: string): Endpoint
}
