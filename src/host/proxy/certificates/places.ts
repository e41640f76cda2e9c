import { sha256 } from '../../../core/canonical.ts'
import type { Layout } from '../../../core/layout.ts'

/*
 * Files with a certificate, its chain and its key, mode 600, one a site. A key is made on the host or lies there already: it never travels
 * by chat, Redis, a plan or a journal.
 */

export function certificatesFolder(layout: Layout): string {
  return `${folderOf(layout)}/certs`
}

/** Which certificate HAProxy shows to whom: `FILE SITE` a line. */
export function certificateList(layout: Layout): string {
  return `${certificatesFolder(layout)}/list.txt`
}

export const emptyCertificateList = '# jailops keeps this file: certificates\n'

export function certificateFile(layout: Layout, site: string): string {
  return `${certificatesFolder(layout)}/${fileOfSite(site)}.pem`
}

/** The account's key at the authority, orders that are open, and what was got: the proxy reads nothing of it. */
export function acmeFolder(layout: Layout): string {
  return `${folderOf(layout)}/acme`
}

/** The newest certificate that we got for a site. */
export function gotFile(layout: Layout, site: string): string {
  return `${acmeFolder(layout)}/${fileOfSite(site)}.pem`
}

/** One account an authority. */
export function accountFile(folder: string, directory: string): string {
  return `${folder}/account-${sha256(directory).slice(0, 12)}.pem`
}

/** No host name has an underscore, so no two sites share a file. */
export function fileOfSite(site: string): string {
  return site.replace(/^\*\./, '_.')
}

export function siteOfFile(name: string): string {
  return name.replace(/^_\./, '*.')
}

/** Beside what else the proxy in front reads. */
function folderOf({ proxy, haproxy, nginxFront }: Layout): string {
  return proxy === 'nginx' ? nginxFront.folder : haproxy.configFolder
}
