import { JailopsError } from './errors.ts'
import type { Finding } from './finding.ts'
import type { Archive, Dataset, Jail, Manager, Release, Snapshot, Template, TrashEntry } from './jail.ts'
import type { Layout } from './layout.ts'
import type { LogLine } from './proxy-log.ts'
import { type PastChange, type ProxyFacts, type Route, siteText } from './proxy.ts'
import type { ProxyStatus } from './proxy-status.ts'
import type { Samples, Traffic } from './samples.ts'
import { usersOf } from './release-users.ts'
import { didYouMean } from './suggest.ts'

/* What commands see of a host: facts that were observed once. Nothing here runs anything. */

export interface HostStatus {
  version: string
  uptime: string
  /** Of the last minute; absent where uptime(1) does not say it. */
  load?: number
  securelevel: string
  freeMegabytes: number
  jailsRunning: number
}

export const factNames = [
  'jails',
  'trash',
  'addresses',
  'proxy',
  'proxyStatus',
  'host',
  'check',
  'snapshots',
  'releases',
  'archives',
  'templates',
  'resolver',
  'modes',
  'siteChanges',
  'proxyLog',
  'samples',
  'traffic',
] as const
export type FactName = (typeof factNames)[number]

export interface ManagerFact {
  manager: Manager
  version?: string
  /** Its own rc script starts jails at boot (ezjail_enable); absent where that was not asked. */
  startsJails?: boolean
  /** And only these (bastille_list). */
  startsOnly?: readonly string[]
}

/** What was observed. A part that was not asked for is empty. */
export interface ObservedFacts {
  /** Of all managers, running or configured. */
  jails: Jail[]
  /** Installed on the host. jail.conf, the base system's own, always is. */
  managers: ManagerFact[]
  /** ZFS filesystems; empty where the host has none. */
  datasets: Dataset[]
  snapshots: Snapshot[]
  releases: Release[]
  /** The host's kind, as the mirror's folders are called: `amd64`, or `arm64/aarch64`. */
  platform?: string
  archives: Archive[]
  templates: Template[]
  /** Whether the kernel keeps texts beside a jail (`meta`, FreeBSD 15). */
  hasMeta?: boolean
  /** Whether the kernel counts what jails use, so that limits can hold (kern.racct.enable). */
  canLimit: boolean
  /** The limits that rctl.conf sets, as its lines. */
  limits: string[]
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
  proxy: ProxyFacts
  /** Newest first, as far back as the host's journals go. */
  siteChanges: PastChange[]
  /** Requests that the proxy remembers, oldest first. */
  proxyLog: LogLine[]
  /** What the worker kept of the proxy's figures. Absent: it has none. */
  samples?: Samples
  /** The proxy's counts since whoever asks last looked. Absent: the worker has none. */
  traffic?: Traffic
  proxyStatus?: ProxyStatus
  host?: HostStatus
  /** What the host has and lacks for jailops. */
  check?: Finding[]
  /** Permission bits of the folders that hold the jails' roots, and of those above them. */
  modes: Readonly<Record<string, number>>
  /** What other open requests chose, and what this one chose when it was planned before. */
  reservedByOthers: string[]
  reservedHere: string[]
  /** Answers to what the command itself had the host asked (its `looks`), by the names it gave them. */
  looked: Readonly<Record<string, LookAnswer>>
}

/** A question to the host that changes nothing: by a program, by one request over HTTP from the host itself, or to a file. */
export type Look =
  | {
      argv: readonly string[]
      /** 30 if not given. */
      timeoutSeconds?: number
    }
  | { http: { address: string; port: number; path: string; hostHeader: string }; timeoutSeconds: number }
  | { file: string }

export interface LookAnswer {
  /** Of HTTP the status, of a file 0. undefined when it was ended by a signal, did not end in time, or there was no answer. */
  exitCode: number | undefined
  stdout: string
  stderr: string
}

export interface Facts extends ObservedFacts {
  layout: Layout
  /** @throws unknown_jail, with the nearest name; ambiguous_jail where two managers have one of that name */
  jail(name: string): Jail
  /** The same, refusing what jailops did not make. @throws not_ours */
  ownJail(name: string): Jail
  /** The same, and it runs. @throws jail_stopped */
  runningJail(name: string): Jail
  /** What the command asked for under that name. @throws internal when it did not */
  look(name: string): LookAnswer
  routesTo(jail: string): Route[]
  /** @throws unknown_route, with the nearest name */
  route(host: string, path?: string): Route
  /** The newest trash entry of that name. @throws not_in_trash */
  trashed(name: string): TrashEntry
  /** Of the manager that is named, or of the only one that has it. @throws unknown_release */
  release(name: string, manager?: Manager): Release
  /** Jails that would be broken without it. */
  jailsOn(release: Release): Jail[]
}

/** Puts look-ups beside what was observed. */
export function factsOf(layout: Layout, observed: ObservedFacts): Facts {
  const jail = (name: string): Jail => {
    const [found, another] = observed.jails.filter((candidate) => candidate.name === name)
    if (another !== undefined && found !== undefined) {
      throw new JailopsError(
        'ambiguous_jail',
        `Both ${found.manager} and ${another.manager} have a jail ${name} on this host. Rename one of them with its own tool first.`,
      )
    }
    if (found !== undefined) return found
    const names = observed.jails.map((candidate) => candidate.name)
    throw new JailopsError('unknown_jail', `There is no jail ${name} on this host.${didYouMean(name, names)} See /jail list.`)
  }
  const ownJail = (name: string): Jail => {
    const found = jail(name)
    if (!found.ours) {
      throw new JailopsError(
        'not_ours',
        `${name} was not made by jailops, so jailops only shows it. Change it with the tool that made it, or let jailops have it: /jail adopt ${name}`,
      )
    }
    if (found.state === 'broken') {
      throw new JailopsError(
        'config_invalid',
        `${name} has a configuration that cannot be read: ${found.problem ?? 'no reason given'}. Mend the file first.`,
      )
    }
    return found
  }
  return {
    ...observed,
    layout,
    jail,
    ownJail,
    runningJail(name) {
      const found = ownJail(name)
      if (found.state === 'running') return found
      throw new JailopsError('jail_stopped', `${name} is not running. Start it first: /jail start ${name}`)
    },
    look(name) {
      const answer = observed.looked[name]
      if (answer !== undefined) return answer
      throw new JailopsError('internal', `This command did not ask the host for ${name}; that is a mistake in the command.`)
    },
    routesTo: (name) => observed.proxy.routes.filter((route) => route.targets.some((target) => target.jail === name)),
    route(host, path) {
      const found = observed.proxy.routes.find((candidate) => candidate.host === host && candidate.path === path)
      if (found !== undefined) return found
      const wanted = siteText({ host, ...(path !== undefined && { path }) })
      const near = didYouMean(wanted, observed.proxy.routes.map(siteText))
      throw new JailopsError('unknown_route', `No site ${wanted} is routed on this host.${near} See /proxy list.`)
    },
    release(name, manager) {
      const all = observed.releases.filter((one) => manager === undefined || one.manager === manager)
      const [found, another] = all.filter((one) => one.name === name)
      if (found !== undefined && another === undefined) return found
      if (found !== undefined && another !== undefined) {
        throw new JailopsError(
          'missing_argument',
          `Both ${found.manager} and ${another.manager} have ${name}. Say which: manager:${found.manager}`,
        )
      }
      const names = all.map((one) => one.name)
      throw new JailopsError('unknown_release', `There is no release ${name} on this host.${didYouMean(name, names)} See /release list.`)
    },
    jailsOn: (release) => usersOf(release, observed),
    trashed(name) {
      const found = observed.trash.filter((entry) => entry.name === name).toSorted((a, b) => b.destroyedAt - a.destroyedAt)[0]
      if (found !== undefined) return found
      const names = observed.trash.map((entry) => entry.name)
      throw new JailopsError('not_in_trash', `The trash of this host holds no jail ${name}.${didYouMean(name, names)}`)
    },
  }
}
