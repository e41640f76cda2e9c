import type { Layout } from '../../../core/layout.ts'
import type { MapName } from '../maps.ts'
import { logFormat } from './log-lines.ts'
import { answersFolder, frontServerFile, marker } from './places.ts'

/*
 * nginx in front, as jailops keeps it: a folder that the main file includes. As with HAProxy a host name is data, one line of a map, and a
 * jail is one upstream in one file; but nginx reads none of it again without a reload.
 */

/** Of nginx itself. */
export const statusName = 'jailops-status'

/** How many folders of a request's path are looked up. */
export const pathLevels = 6

export type NginxMap = Exclude<MapName, 'auth' | 'acme'>
export const nginxMaps: readonly NginxMap[] = [
  'hosts',
  'paths',
  'maintenance',
  'https',
  'hsts',
  'redirect',
  'limit',
  'allow-on',
  'allow',
  'auth-on',
]

/** The same questions as HAProxy's front: whom no map knows is told 421. A value is never a name to resolve: a backend that is not there is nobody. */
export function nginxFront(layout: Layout): string {
  const { bindAddress, bindPort } = layout.haproxy
  const { folder } = layout.nginxFront
  const levels = Array.from({ length: pathLevels }, (_, index) => index + 1)
  const include = (map: NginxMap) => `include ${folder}/${map}.map;`
  const look = (of: string, as: string, map: NginxMap) => `map ${of} $jailops_${as} { default ""; ${include(map)} }`
  return `${marker}
map_hash_bucket_size 1024;
map_hash_max_size 65536;

# one host name, one way to read it; then whose site: the name itself, then *.parent
map $host $jailops_host { default ""; "~^[a-z0-9]([a-z0-9-]*[a-z0-9])?([.][a-z0-9]([a-z0-9-]*[a-z0-9])?)*$" $host; }
map $jailops_host $jailops_parent { default ""; "~^[^.]*(?<jailops_rest>[.].+)$" "*$jailops_rest"; }
${look('$jailops_host', 'exact', 'hosts')}
${look('$jailops_parent', 'wild', 'hosts')}
map $jailops_exact $jailops_site { default $jailops_host; "" $jailops_parent; }
map $jailops_exact $jailops_b0 { default $jailops_exact; "" $jailops_wild; }

# below a path another backend may answer: the longest one counts
${levels.map((level) => pathLevel(level, include('paths'))).join('\n')}
map $jailops_b0 $jailops_backend { default $jailops_b${pathLevels}; "" ""; }

# what a site is like
${look('$jailops_site', 'maintenance', 'maintenance')}
${look('$jailops_site', 'redirect', 'redirect')}
${look('$jailops_site', 'limit', 'limit')}
map $jailops_maintenance $jailops_retry_after { default 300; "" ""; }
map $jailops_maintenance $jailops_cache_control { default no-store; "" ""; }

# only these may come: an address, its /24, its /16
map $remote_addr $jailops_24 { default none; "~^(?<jailops_three>[0-9]+[.][0-9]+[.][0-9]+)[.]" "$jailops_three.0/24"; }
map $remote_addr $jailops_16 { default none; "~^(?<jailops_two>[0-9]+[.][0-9]+)[.]" "$jailops_two.0.0/16"; }
${look('$jailops_site', 'allow_on', 'allow-on')}
${look('"$jailops_site|$remote_addr"', 'by_address', 'allow')}
${look('"$jailops_site|$jailops_24"', 'by_24', 'allow')}
${look('"$jailops_site|$jailops_16"', 'by_16', 'allow')}
map "$jailops_allow_on/$jailops_by_address$jailops_by_24$jailops_by_16" $jailops_refused { default ""; "1/" 1; }

# a password: nginx' own hashes in a file of the site; whose site it is does not hear it
${look('$jailops_site', 'auth_on', 'auth-on')}
map $jailops_auth_on $jailops_realm { default private; "" off; }
map $jailops_site $jailops_users { default $jailops_site; "~^[*](?<jailops_under>.*)$" "_$jailops_under"; }
map $jailops_auth_on $jailops_authorization { default ""; "" $http_authorization; }

map $http_upgrade $jailops_connection { default upgrade; "" close; }

# one host in its line, and another behind it
map "$http_host $request" $jailops_two_names { default ""; "~*^([^ ]+) [^ ]+ [a-z]+://\\1[/? ]" ""; "~*^[^ ]* [^ ]+ [a-z]+://" 1; }

# by https for another name than its certificate was chosen by
map "$scheme|$ssl_server_name|$jailops_host" $jailops_misdirected { default 1; "~^http[|]" ""; "~*^https[|]([^|]+)[|]\\1$" ""; }

# what a certificate authority wants to read stands in a file of that name, before anything else can refuse it
map $request_uri $jailops_answer { default ""; "~^/[.]well-known/acme-challenge/(?<jailops_token>[A-Za-z0-9_-]+)([?]|$)" "${answersFolder(layout)}/$jailops_token"; }

${look('$jailops_site', 'https', 'https')}
${look('$jailops_site', 'hsts', 'hsts')}
map "$scheme/$jailops_https" $jailops_to_https { default ""; "http/only" 1; }
map "$scheme/$jailops_hsts" $jailops_own_sts { default ""; "~^https/(?<jailops_age>[0-9]+)$" "max-age=$jailops_age"; }
map $jailops_own_sts $jailops_sts { default $jailops_own_sts; "" $upstream_http_strict_transport_security; }

# what is logged: no headers, no query
${logFormat}

server {
  listen ${bindAddress}:${bindPort} default_server;
  server_name _;
  include ${folder}/${frontServerFile};
}

# its own figures, for who asks from this very host, by a name that no site can have
server {
  listen ${bindAddress}:${bindPort};
  server_name ${statusName};
  access_log off;
  if ($remote_addr != $server_addr) { return 421 "no such site"; }
  location / { stub_status; }
}
`
}

/** What stands for so many folders of the path, or, where nothing does, for fewer. */
function pathLevel(level: number, include: string): string {
  const folders = '/[^/]+'.repeat(level)
  return [
    `map $uri $jailops_p${level} { default ""; "~^(?<jailops_u${level}>${folders})" $jailops_u${level}; }`,
    `map "$jailops_site$jailops_p${level}/" $jailops_m${level} { default ""; ${include} }`,
    `map $jailops_m${level} $jailops_b${level} { default $jailops_m${level}; "" $jailops_b${level - 1}; }`,
  ].join('\n')
}

/** A number of requests that some site allows a client in 10 seconds: nginx wants each number said in its configuration. */
export function limitFiles(requests: number): { name: string; content: string }[] {
  const zone = `jailops_limit_${requests}`
  return [
    {
      name: `30-limit_${requests}.conf`,
      content: `${marker}
map $jailops_limit $${zone} { default ""; "${requests}" "$jailops_site|$binary_remote_addr"; }
limit_req_zone $${zone} zone=${zone}:1m rate=${requests * 6}r/m;
`,
    },
    { name: `limit_${requests}.inc`, content: `${marker}\nlimit_req zone=${zone} burst=${requests - 1} nodelay;\n` },
  ]
}
