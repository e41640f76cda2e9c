import { z } from 'zod'
import { jailName } from './names.ts'

/* Sites and who answers for them, as commands see them. A site is a host name, or what lies below a path of one. */

export const proxyKinds = ['haproxy', 'nginx'] as const
export type ProxyKind = (typeof proxyKinds)[number]
/** As people are told of them. */
export const proxyNames: Readonly<Record<ProxyKind, string>> = { haproxy: 'HAProxy', nginx: 'nginx' }

/** One jail behind a site. */
export const targetSchema = z.strictObject({
  jail: jailName,
  /** Of the app itself; absent: where a jail's own web server is expected. */
  port: z.int().min(1).max(65535).optional(),
  /** Its share of the requests, measured against the others'; 0: drained, it gets no new ones. */
  weight: z.int().min(0).max(256),
})
export type Target = z.infer<typeof targetSchema>

/** A target whose jail runs, or soon will, at this address. */
export interface ReachableTarget extends Target {
  address: string
  /** Its name in the backend; absent where it is in none yet. */
  server?: string
  /** A request works on its jail and keeps requests away meanwhile, whatever its weight. */
  isDrained?: true
}

export interface SiteAddress {
  /** As HAProxy sees it: lower case, ASCII; `*.parent` for all names one label below. */
  host: string
  /** Such as /app: only what lies below. */
  path?: string | undefined
}

export interface Route extends SiteAddress {
  backend: string
  /** Who answers. Empty where the map names a backend that is not ours. */
  targets: Target[]
  /** The first of them. */
  jail?: string
}

/** What a host name is like beside where it leads; holds for all of its paths. Every one is a line of a map, so none needs a reload. */
export const settingsSchema = z.strictObject({
  /** Who claimed it: a person, as policy names them. */
  owner: z.string().optional(),
  /** Answers 503 with a page that says so. */
  maintenance: z.literal(true).optional(),
  /** `only`: who comes by http is sent to https. */
  https: z.enum(['also', 'only']).optional(),
  /** How many seconds browsers shall come by https only. */
  hsts: z.int().min(0).optional(),
  /** Where all its requests are sent, as `https://www.example.com`; path and query stay. */
  redirect: z.string().optional(),
  /** Requests that one client may make in 10 seconds. */
  limit: z.int().min(1).optional(),
  /** Only these may come: an address, or a network of 24 or 16 bits. */
  allow: z.array(z.string()).optional(),
  /** Who may come in by a password. */
  users: z.array(z.string()).optional(),
})
export type SiteSettings = z.infer<typeof settingsSchema>

/** A site whole: what export writes, import reads, and history keeps. */
export const siteSchema = z.strictObject({
  host: z.string(),
  path: z.string().optional(),
  targets: z.array(targetSchema),
  settings: settingsSchema,
})
export type Site = z.infer<typeof siteSchema>

/** What one plan makes of a site. null: it is not there. */
export const siteChangeSchema = z.strictObject({ before: siteSchema.nullable(), after: siteSchema.nullable() })
export type SiteChange = z.infer<typeof siteChangeSchema>

/** A change that was carried out. */
export interface PastChange extends SiteChange {
  request: string
  person: string
  /** Milliseconds since 1970. */
  at: number
}

/** What one file of ours says of a backend. */
export interface Backend {
  name: string
  targets: ReachableTarget[]
  /** Declared in advance and given to nobody: a new one can be had without a reload. */
  isSpare: boolean
  /** It leads to an address that its jail no longer has: as good as none, for it could reach another tenant. */
  isStale: boolean
}

export interface Certificate {
  /** Whoever asks for this is shown it. */
  site: string
  /** Host names that it is for. */
  names: string[]
  path: string
  /** Milliseconds since 1970; both 0 where the file cannot be read as a certificate. */
  startsAt: number
  expiresAt: number
  issuer: string
  /** It was got by us and will be renewed by us. */
  isRenewed: boolean
}

/** A configuration that the host has of its own, by which its proxy starts. */
export interface TheirProxy {
  /** The file itself, with every link followed. */
  path: string
  /** Absent: it is no file that can be read, and `problem` says why. */
  text?: string
  /** As rc.conf names it in `haproxy_config`, if it does. */
  named?: string
  /** Our folder is what starts: their file through a link, and what is ours beside it. */
  isShared: boolean
  /** Why nothing can be changed there, with what to do. */
  problem?: string
}

export interface ProxyFacts {
  kind: ProxyKind
  running: boolean
  /** By files of ours. */
  configured: boolean
  /** Files of ours that are missing, or say something else than they would if they were written now; as they are called in the folder. */
  lacks?: readonly string[]
  /** Starts with the host. */
  enabled: boolean
  /** Of the one that runs, such as 2.6.12. */
  version?: string
  /** Who its workers are, where they are not root. */
  group?: string
  /** By its files it listens for https, too. */
  tls?: true
  routes: Route[]
  backends: Backend[]
  /** By host name. */
  settings: Readonly<Record<string, SiteSettings>>
  certificates: Certificate[]
  /** Absent: all of it is ours, or there is none yet. */
  theirs?: TheirProxy
}

export const noProxy: ProxyFacts = {
  kind: 'haproxy',
  running: false,
  configured: false,
  enabled: false,
  routes: [],
  backends: [],
  settings: {},
  certificates: [],
}

/** As people write it: `blog.example.com/app`. */
export function siteText({ host, path = '' }: SiteAddress): string {
  return `${host}${path}`
}
