import type { Layout } from '../../../core/layout.ts'
import { fileOfSite, siteOfFile } from '../certificates/places.ts'
import { entriesOf } from '../maps.ts'
import type { NginxMap } from './configuration.ts'

export const marker = '# jailops made this file and writes it anew as a whole'

/* What of our folder nginx reads by itself is called *.conf, in this order. */

export const frontFile = '00-front.conf'
/** Included by every server of the front. */
export const frontServerFile = 'front.inc'
/** Once some site has a certificate. */
export const tlsFile = '10-tls.conf'

/** One file a certificate. Wildcards come last: of patterns, which long names are, too, nginx takes the first that fits. */
export function siteTlsFile(site: string): string {
  return `${site.startsWith('*.') ? 50 : 40}-tls_${fileOfSite(site)}.conf`
}

export function siteOfTlsFile(name: string): string | undefined {
  const file = /^[45]0-tls_(.+)[.]conf$/.exec(name)?.[1]
  return file === undefined ? undefined : siteOfFile(file)
}

/** A file a token, which nginx' workers read: the only thing of an order that everybody may know. */
export function answersFolder({ nginxFront }: Layout): string {
  return `${nginxFront.folder}/acme-answers`
}

/** Who may come in by a password, a file a site. */
export function usersFolder({ nginxFront }: Layout): string {
  return `${nginxFront.folder}/users`
}

export function usersFile(layout: Layout, site: string): string {
  return `${usersFolder(layout)}/${fileOfSite(site)}`
}

/** One line a request. */
export function requestLog({ nginxFront }: Layout): string {
  return `${nginxFront.logFolder}/requests.log`
}

/** What stood there before it was emptied last. */
export function formerRequestLog(layout: Layout): string {
  return `${requestLog(layout)}.0`
}

export function nginxMapFile({ nginxFront }: Layout, name: NginxMap): string {
  return `${nginxFront.folder}/${name}.map`
}

/** host → who claimed it. nginx never reads it. */
export function nginxOwnersFile({ nginxFront }: Layout): string {
  return `${nginxFront.folder}/owners`
}

/** With a slash at its end, as it is looked up: /app is not the beginning of /apple. */
export function pathKey(host: string, path: string): string {
  return `${host}${path.replace(/\/*$/, '/')}`
}

/** `key value;` a line. */
export function nginxEntriesOf(text: string): Map<string, string> {
  return new Map([...entriesOf(text)].map(([key, value]) => [key, value.replace(/;$/, '')]))
}
