import type { Layout } from '../../../core/layout.ts'
import { certificateFile } from '../certificates/places.ts'
import { frontServerFile, marker } from './places.ts'

/*
 * One server a certificate: so the master process, which is root, reads the key. By a variable in `ssl_certificate` one server would do for
 * all, but then the workers read the keys themselves.
 */

/**
 * Only who is asked for by name gets an answer: strangers are shown no certificate, so none of another site's either. Whoever came by one and
 * then asks for a name that has none is told 421 here.
 */
export function nginxTls(layout: Layout): string {
  return `${marker}
server {
  ${listen(layout)} default_server;
  server_name _;
  ssl_reject_handshake on;
${settings}
  include ${layout.nginxFront.folder}/${frontServerFile};
}
`
}

export function nginxSiteTls(layout: Layout, site: string): string {
  const path = certificateFile(layout, site)
  return `${marker}
server {
  ${listen(layout)};
  server_name ${serverName(site)};
  ssl_certificate ${path};
  ssl_certificate_key ${path};
${settings}
  include ${layout.nginxFront.folder}/${frontServerFile};
}
`
}

const settings = `  ssl_protocols TLSv1.2 TLSv1.3;
  ssl_session_tickets off;`

/** From 1.25.1 on nginx would rather have `http2 on`, and takes this, too. */
function listen({ haproxy }: Layout): string {
  return `listen ${haproxy.bindAddress}:${haproxy.tlsPort} ssl http2`
}

/** Longer ones do not fit into nginx' table of names as it is by default, and how large that is may be theirs to say. */
const longestPlainName = 40

/** nginx' own wildcard stands for any number of labels, ours for one. */
function serverName(site: string): string {
  if (!site.startsWith('*.') && site.length <= longestPlainName) return site
  return `"~^${site.replaceAll('.', '[.]').replace('*', '[^.]+')}$"`
}
