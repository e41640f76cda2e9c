import type { Layout } from '../../core/layout.ts'
import { certificateList } from './certificates/places.ts'
import { logFormat, ringName, ringSection } from './log-lines.ts'
import { mapFile, type MapName } from './maps.ts'

/*
 * HAProxy's configuration as jailops keeps it: one folder of files of ours, read in C order. A host name is data, one line of hosts.map;
 * a jail is one backend in one file. Only checked names and addresses get into these texts.
 */

const marker = '# jailops'

export function isOurProxyFile(text: string): boolean {
  return text.startsWith(`${marker} `)
}

export const baseFile = '00-base.cfg'
export const frontFile = '10-front.cfg'

/** The backend that answers for whoever is not routed: 421, never another tenant's site. */
export const nobodysBackend = 'none'

/**
 * `daemon`: the port's rc script starts HAProxy without -D and would wait for ever. Section `defaults` has a name, so that nothing of it
 * leaks into files that are not ours.
 */
export function baseConfiguration({ haproxy }: Layout): string {
  return `${marker} made this file and writes it anew as a whole
global
  stats socket ${haproxy.socket} mode 600 level admin expose-fd listeners
  daemon
  maxconn 2000
  hard-stop-after 10m

${ringSection}
${defaultsOfJails}`
}

/** Of whatever says `from jail`. */
export const defaultsOfJails = `defaults jail
  mode http
  timeout connect 3s
  timeout client 30s
  timeout server 60s
  timeout http-request 10s
  timeout http-keep-alive 10s
  timeout queue 10s
  timeout tunnel 1h
  # without it a reload loses requests of idle keep-alive clients
  option idle-close-on-response
  option http-restrict-req-hdr-names reject
  http-reuse safe
  retries 2
  option redispatch
  # 200 to 499 is alive: a site that asks for a password, or has no front page, is no dead one
  option httpchk GET /
  http-check expect status 200-499
`

/**
 * One way to read a host name; then whose site it is: the name itself, or `*.parent`; then what its maps say of it. The order is what
 * keeps promises: unknown hosts cost nothing and touch no table, a certificate authority is answered before anything else can refuse it.
 */
export function frontConfiguration(layout: Layout, { tls }: { tls: boolean } = { tls: false }): string {
  return `${openingOfFront(layout, tls)}
${whoseSite(layout)}
  ${nobody} unless { var(txn.backend) -m found }
  http-request set-log-level info

${rulesOfSites(layout)}
  use_backend %[var(txn.backend)]
  default_backend ${nobodysBackend}

${backendsBeside}`
}

const nobody = 'http-request return status 421 content-type text/plain string "no such site"'

function openingOfFront(layout: Layout, tls: boolean): string {
  const { bindAddress, bindPort } = layout.haproxy
  return `${marker} made this file and writes it anew as a whole
frontend web from jail
  bind ${bindAddress}:${bindPort}
${tls ? tlsBind(layout) : ''}
  # requests of sites that are routed, kept in memory; what strangers ask for must not push them out
  log ring@${ringName} format raw local0
  log-format "${logFormat}"
  http-request set-log-level silent

  # one host name, one way to read it
  http-request set-var(txn.host) req.fhdr(host),host_only,lower,rtrim(.)
  http-request deny deny_status 400 unless { var(txn.host) -m reg ^[a-z0-9]([a-z0-9-]*[a-z0-9])?([.][a-z0-9]([a-z0-9-]*[a-z0-9])?)*$ }

  # what a client may not say of itself
  http-request del-header X-Forwarded-For
  http-request del-header X-Forwarded-Host
  http-request del-header X-Forwarded-Proto
  http-request del-header X-Real-IP
  http-request del-header Forwarded
  http-request del-header Proxy
  http-request set-header X-Forwarded-For %[src]
  http-request set-header X-Forwarded-Proto http
  http-request set-header X-Forwarded-Proto https if { ssl_fc }
  http-request set-header Host %[var(txn.host)]
  # one certificate may be for several names: whoever came for one does not get another by the same connection
  http-request return status 421 content-type text/plain string "this connection is for another name" if { ssl_fc } !{ ssl_fc_sni,lower,strcmp(txn.host) eq 0 }
`
}

/** `txn.backend` is found where the site is routed, and `txn.site` is its name. */
export function whoseSite(layout: Layout): string {
  const look = lookIn(layout)
  return `  # whose site: the name itself, then *.parent; nobody's is never somebody else's
  http-request set-var(txn.site) var(txn.host)
  http-request set-var(txn.backend) var(txn.site),${look('hosts')}
  http-request set-var(txn.site) var(txn.host),regsub(^[^.]*,*) unless { var(txn.backend) -m found }
  http-request set-var(txn.backend) var(txn.site),${look('hosts')} unless { var(txn.backend) -m found }`
}

/** What holds for the site, by its maps; nothing of it touches one that no map names. */
export function rulesOfSites(layout: Layout): string {
  const look = lookIn(layout)
  const { tlsPort } = layout.haproxy
  const isIn = (map: MapName, key = 'var(txn.site)') => `${key},${look(map)} -m found`
  return `  # what a certificate authority asks for, before anything else can refuse it
  acl is_acme path_beg /.well-known/acme-challenge/
  http-request return status 200 content-type text/plain lf-string "%[path,field(4,/)].%[path,field(4,/),${look('acme')}]" if is_acme { path,field(4,/),${look('acme')} -m found }

  # nobody is asked for a password, or for anything else, where all can read it
  http-request redirect code 308 location https://%[var(txn.host)]${tlsPort === 443 ? '' : `:${tlsPort}`}%[capture.req.uri] if !{ ssl_fc } { var(txn.site),${look('https')} -m str only }

  # so many requests of one client
  http-request set-var(txn.limit) var(txn.site),${look('limit', 'map_str_int', ',0')}
  http-request set-var(txn.src) src
  http-request set-var(txn.client) var(txn.site),concat(|,txn.src)
  http-request track-sc1 var(txn.client) table clients if { var(txn.limit) -m int gt 0 }
  http-request deny deny_status 429 if { var(txn.limit) -m int gt 0 } { sc_http_req_rate(1),sub(txn.limit) gt 0 }

  # only these may come: an address, its /24, its /16
  http-request set-var(txn.src24) src,ipmask(24)
  http-request set-var(txn.src16) src,ipmask(16)
  acl is_allowed ${isIn('allow', 'var(txn.site),concat(|,txn.src)')}
  acl is_allowed ${isIn('allow', 'var(txn.site),concat(|,txn.src24,/24)')}
  acl is_allowed ${isIn('allow', 'var(txn.site),concat(|,txn.src16,/16)')}
  http-request deny deny_status 403 if { ${isIn('allow-on')} } !is_allowed

  # a password: no secret on disk, only sha256 of host|header
  http-request set-var(txn.authorization) req.fhdr(authorization)
  acl asks_password ${isIn('auth-on')}
  acl knows_password ${isIn('auth', 'var(txn.site),concat(|,txn.authorization),sha2(256),hex,lower')}
  http-request auth realm private if asks_password !knows_password
  http-request del-header Authorization if asks_password

  # closed for work, or elsewhere
  http-request return status 503 content-type text/html hdr Retry-After 300 hdr Cache-Control no-store string "<!doctype html><title>Back soon</title><h1>Back soon</h1><p>This site is being worked on.</p>" if { ${isIn('maintenance')} }
  http-request redirect code 301 location %[var(txn.site),${look('redirect')}]%[capture.req.uri] if { ${isIn('redirect')} }
  http-response set-header Strict-Transport-Security max-age=%[var(txn.site),${look('hsts')}] if { ssl_fc } { ${isIn('hsts')} }

  # below a path another backend may answer: the longest one counts
  http-request set-var(txn.path) path
  http-request set-var(txn.backend) var(txn.site),concat(,txn.path,/),${look('paths', 'map_beg')} if { var(txn.site),concat(,txn.path,/),${look('paths', 'map_beg')} -m found }`
}

/** Whom the rules name beside the jails' own. */
export const backendsBeside = `backend ${nobodysBackend} from jail
  ${nobody}

backend clients from jail
  stick-table type string len 130 size 50k expire 60s store http_req_rate(10s)
`

function lookIn(layout: Layout) {
  return (map: MapName, converter = 'map_str', otherwise = '') => `${converter}(${mapFile(layout, map)}${otherwise})`
}

/** Only who is asked for by name gets an answer: `strict-sni` shows strangers no certificate, so none of another site's either. */
function tlsBind(layout: Layout): string {
  const { bindAddress, tlsPort } = layout.haproxy
  return `  bind ${bindAddress}:${tlsPort} ${tlsMark} ${certificateList(layout)} strict-sni alpn h2,http/1.1 ssl-min-ver TLSv1.2 no-tls-tickets\n`
}

const tlsMark = 'ssl crt-list'

/** Whether this text of the front listens for https. */
export function listensForTls(front: string): boolean {
  return front.includes(` ${tlsMark} `)
}
