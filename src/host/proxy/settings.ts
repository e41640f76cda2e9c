import type { SiteSettings } from '../../core/proxy.ts'
import type { MapName } from './maps.ts'

/* Settings of a site as lines of maps, and back. */

export interface MapEntry {
  map: MapName
  key: string
  value: string
}

/** All lines that these settings are. Each user's own is none of them: it comes of their password. Nor is the owner, whom HAProxy is not told. */
export function entriesOfSettings(host: string, settings: SiteSettings): MapEntry[] {
  const { maintenance, https, hsts, redirect, limit, allow, users } = settings
  const one = (map: MapName, value: string | number | undefined, key = host): MapEntry[] =>
    value === undefined ? [] : [{ map, key, value: String(value) }]
  return [
    ...one('maintenance', maintenance === true ? 1 : undefined),
    ...one('https', https),
    ...one('hsts', hsts),
    ...one('redirect', redirect),
    ...one('limit', limit),
    // who may come, before nobody else may
    ...(allow ?? []).flatMap((from) => one('allow', 1, `${host}|${from}`)),
    ...one('allow-on', allow === undefined ? undefined : 1),
    ...one('auth-on', users === undefined ? undefined : 1),
  ]
}

type Maps = Readonly<Record<MapName, ReadonlyMap<string, string>>>

/** What the lines of all maps say, by host. */
export function settingsIn(maps: Maps, owners: ReadonlyMap<string, string>): Record<string, SiteSettings> {
  const found = new Map<string, SiteSettings>()
  const of = (host: string): SiteSettings => {
    const known = found.get(host) ?? {}
    found.set(host, known)
    return known
  }
  for (const [host, owner] of owners) of(host).owner = ownerOf(owner)
  for (const host of maps.maintenance.keys()) of(host).maintenance = true
  for (const [host, how] of maps.https) of(host).https = how === 'only' ? 'only' : 'also'
  for (const [host, seconds] of maps.hsts) of(host).hsts = Number(seconds) || 0
  for (const [host, to] of maps.redirect) of(host).redirect = to
  for (const [host, requests] of maps.limit) of(host).limit = Number(requests) || 1
  for (const host of maps['allow-on'].keys()) of(host).allow = []
  for (const key of maps.allow.keys()) {
    const [host = '', from = ''] = key.split('|')
    const known = of(host)
    known.allow = [...(known.allow ?? []), from]
  }
  for (const host of maps['auth-on'].keys()) of(host).users = []
  for (const value of maps.auth.values()) {
    const [host = '', user = ''] = value.split('/')
    const known = of(host)
    known.users = [...(known.users ?? []), user]
  }
  return Object.fromEntries(found)
}

/** A person as one word of a line. */
export function ownerWord(person: string): string {
  return encodeURIComponent(person).replaceAll(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`)
}

function ownerOf(word: string): string {
  try {
    return decodeURIComponent(word)
  } catch {
    return word
  }
}
