/** A host's own haproxy.conf in the style of the seed (as far as that is legible), with one rule that asks for more than a host name. */
export function theirConfiguration({ port, test1, test2 = '10.0.0.9:80' }: { port: number; test1: string; test2?: string }): string {
  return `# ours since 2015
global
    maxconn 1024
    daemon

defaults
    mode http
    timeout connect 5000ms
    timeout client 50000ms
    timeout server 50000ms

frontend http
    bind *:${port}
    default_backend test1
    acl test1 hdr(host) -i one.example.com
    acl test2 hdr(host) -i two.example.com www.two.example.com
    acl api   path_beg /api
    use_backend test1 if test1
    use_backend test2 if test2
    use_backend api if api   # not by host

backend test1
    server test1 ${test1}

backend test2
    server test2 ${test2} check

backend api
    http-request return status 200 content-type text/plain string "the api"
`
}
