import { JailopsError } from '../../core/errors.ts'
import type { Layout } from '../../core/layout.ts'
import { backendOf, jailName } from '../../core/names.ts'

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

export function backendFile(jail: string): string {
  return `20-jail-${jail}.cfg`
}

export function jailOfBackendFile(file: string): string | undefined {
  return /^20-jail-(.+)\.cfg$/.exec(file)?.[1]
}

export function mapsFolder({ haproxy }: Layout): string {
  return `${haproxy.configFolder}/maps`
}

/** HAProxy must be told of its map by the very path that the configuration names. */
export function hostsMap(layout: Layout): string {
  return `${mapsFolder(layout)}/hosts.map`
}

export const emptyHostsMap = `${marker} keeps this file: host name, backend\n`

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

defaults jail
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
`
}

/** One way to read a host name, then exact match, then `*.parent`, then nobody. */
export function frontConfiguration(layout: Layout): string {
  const { bindAddress, bindPort } = layout.haproxy
  const nobody = 'http-request return status 421 content-type text/plain string "no such site"'
  const lookUp = `map_str(${hostsMap(layout)})`
  return `${marker} made this file and writes it anew as a whole
frontend web from jail
  bind ${bindAddress}:${bindPort}

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
  http-request set-header Host %[var(txn.host)]

  # whose site: the name itself, then *.parent; nobody's is never somebody else's
  http-request set-var(txn.backend) var(txn.host),${lookUp}
  http-request set-var(txn.parent) var(txn.host),regsub(^[^.]*,*)
  http-request set-var(txn.backend) var(txn.parent),${lookUp} unless { var(txn.backend) -m found }
  ${nobody} unless { var(txn.backend) -m found }
  use_backend %[var(txn.backend)]
  default_backend ${nobodysBackend}

backend ${nobodysBackend} from jail
  ${nobody}
`
}

/** 200 to 499 is alive: a site that asks for a password, or has no front page, is no dead one. */
export function backendConfiguration(jail: string, endpoint: { address: string; port: number }): string {
  if (!jailName.safeParse(jail).success || !/^[0-9.]+$/.test(endpoint.address)) {
    throw new JailopsError(
      'bad_argument',
      `${JSON.stringify(jail)} at ${JSON.stringify(endpoint.address)} cannot be written into HAProxy's configuration.`,
    )
  }
  return `${marker} made this file and writes it anew as a whole
backend ${backendOf(jail)} from jail
  option httpchk GET /
  http-check expect status 200-499
  server s ${endpoint.address}:${endpoint.port} check inter 5s fastinter 1s fall 3 rise 2
`
}

/** Where a backend file of ours sends its jail's requests. */
export function serverInFile(text: string): string | undefined {
  return /^\s*server s (\S+) /m.exec(text)?.[1]
}
