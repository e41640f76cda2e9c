import { JailopsError } from '../../core/errors.ts'
import type { Layout } from '../../core/layout.ts'
import type { Step } from '../../core/step.ts'

/*
 * Everything about a site is data: lines of these files, which HAProxy reads at its start and is told of at run time. Their keys begin
 * with the site as it is routed: its host name, or `*.parent`.
 */
export const mapNames = [
  /** host → backend */
  'hosts',
  /** host/path/ → backend; the longest path that fits counts */
  'paths',
  /** host → 1 */
  'maintenance',
  /** host → also | only */
  'https',
  /** host → seconds */
  'hsts',
  /** host → where to, as https://www.example.com */
  'redirect',
  /** host → requests of one client in 10 s */
  'limit',
  /** host → 1: only who is in `allow` may come */
  'allow-on',
  /** host|address, host|network/24, host|network/16 → 1 */
  'allow',
  /** host → 1: only who is in `auth` may come */
  'auth-on',
  /** sha256 of `host|Authorization header`, in hexadecimal → host/user */
  'auth',
  /** token → thumbprint of our account's key: together they are what the certificate authority wants to read */
  'acme',
] as const
export type MapName = (typeof mapNames)[number]

export function mapsFolder({ haproxy }: Layout): string {
  return `${haproxy.configFolder}/maps`
}

/** HAProxy must be told of a map by the very path that its configuration names. */
export function mapFile(layout: Layout, name: MapName): string {
  return `${mapsFolder(layout)}/${name}.map`
}

/** host → who claimed it. HAProxy never reads it. */
export function ownersFile(layout: Layout): string {
  return `${mapsFolder(layout)}/owners`
}

export function emptyMap(name: MapName | 'owners'): string {
  return `# jailops keeps this file: ${name}\n`
}

/**
 * What may stand in a map file and in a command to HAProxy. `;` or a newline would run further commands (measured), a space shifts the
 * words, `#` hides a line, and `<<` begins a payload. A key is a host name, alone or with something behind it, or a certificate authority's
 * token.
 */
const keyPattern = /^((\*\.)?[a-z0-9][a-z0-9.-]{0,252}([|/][A-Za-z0-9._~/-]{0,500})?|[A-Za-z0-9_-]{20,200})$/
const valuePattern = /^(\*\.)?[A-Za-z0-9_-][A-Za-z0-9._~/:?=&+,%-]{0,1999}$/

/** @throws bad_argument unless the pair may stand in a map file and in a command */
export function checkMapWords(key: string, value: string | null): void {
  if (keyPattern.test(key) && (value === null || valuePattern.test(value))) return
  const word = keyPattern.test(key) ? value : key
  throw new JailopsError('bad_argument', `HAProxy is never told ${JSON.stringify(word)}: it has characters that could mean something else.`)
}

/** One `key value` a line; as in HAProxy, the first of several lines with one key counts. Of 10,000 lines no line is made to a text of its own. */
export function entriesOf(text: string): Map<string, string> {
  const entries = new Map<string, string>()
  for (let start = 0; start < text.length;) {
    const end = lineEnd(text, start)
    const key = wordStart(text, start, end)
    const gap = wordEnd(text, key, end)
    const value = wordStart(text, gap, end)
    if (key < gap && value < end && text[key] !== '#') {
      const word = text.slice(key, gap)
      if (!entries.has(word)) entries.set(word, text.slice(value, end).trimEnd())
    }
    start = end + 1
  }
  return entries
}

function lineEnd(text: string, start: number): number {
  const end = text.indexOf('\n', start)
  return end < 0 ? text.length : end
}

function wordStart(text: string, start: number, end: number): number {
  let at = start
  while (at < end && isSpace(text, at)) at += 1
  return at
}

function wordEnd(text: string, start: number, end: number): number {
  let at = start
  while (at < end && !isSpace(text, at)) at += 1
  return at
}

function isSpace(text: string, at: number): boolean {
  return text.charCodeAt(at) <= 32
}

/** One line, in the file and in the running HAProxy. */
export function mapStep(layout: Layout, title: string, map: MapName, key: string, value: string | null): Step {
  return { title, action: { kind: 'proxy-map', socket: layout.haproxy.socket, path: mapFile(layout, map), key, value } }
}
