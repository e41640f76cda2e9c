import { JailopsError } from '../../core/errors.ts'
import type { Endpoint } from '../../core/layout.ts'
import { jailName } from '../../core/names.ts'

interface Site {
  name: string
  /** The jail's own address. */
  address: string
  endpoint: Endpoint
}

export const mainFile = '/usr/local/etc/nginx/nginx.conf'
export const sitesFolder = '/usr/local/etc/nginx/jailops'

/** nginx's main file in a new jail, for 1.22 and later: what is in it, its owner changes; sites are files of the folder. */
export const mainConfiguration = `# made by jailops; yours from now on
worker_processes 1;

events {
  worker_connections 1024;
}

http {
  include mime.types;
  default_type application/octet-stream;
  sendfile on;
  server_tokens off;

  include ${sitesFolder}/*.conf;
}
`

/** One file a concern, in the order in which they are read. Only the first and the last know an address. */
export function siteFiles({ name, address, endpoint }: Site): { path: string; content: string }[] {
  refuseUnsafe(name, [address, endpoint.address])
  const statusFrom = [...new Set(['127.0.0.1', address])]
  return [
    {
      path: `${sitesFolder}/listen.inc`,
      content: `# jailops: where every site of this jail listens\nlisten ${endpoint.address}:${endpoint.port};\n`,
    },
    {
      path: `${sitesFolder}/10-site.conf`,
      content: `# jailops: who asks for no site of its own gets this one
server {
  include ${sitesFolder}/listen.inc;
  server_name _;
  root /usr/local/www/nginx;
  index index.html;
  add_header X-Jail ${name} always;

  location / {
    try_files $uri $uri/ =404;
  }
}
`,
    },
    {
      path: `${sitesFolder}/20-status.conf`,
      content: `# jailops: nginx's own figures, for the host only: on a shared network stack the host comes with the jail's own address
server {
  listen ${endpoint.address}:${endpoint.statusPort};
  server_name _;
  access_log off;

  location = /status {
    stub_status;
${statusFrom.map((from) => `    allow ${from};\n`).join('')}    deny all;
  }

  location / {
    return 404;
  }
}
`,
    },
  ]
}

/** The first page names its jail, so that everybody sees at once whose site answers. */
export function firstPage(name: string, host = name): string {
  refuseUnsafe(name, [])
  refuseUnsafeHost(host)
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>${host}</title>
<h1>${host}</h1>
<p>served by jail ${name}</p>
</html>
`
}

export function folderOfHost(host: string): string {
  refuseUnsafeHost(host)
  return `/usr/local/www/${host}`
}

export function vhostFile(host: string): string {
  refuseUnsafeHost(host)
  return `${sitesFolder}/30-${host}.conf`
}

/** What only this site answers: a page of the default site would look the same from outside. */
export const vhostSign = '/.well-known/jailops-site'

/** Files of its own for one host name. */
export function vhostConfiguration(host: string): string {
  return `# jailops: files of their own for ${host}
server {
  include ${sitesFolder}/listen.inc;
  server_name ${host};
  root ${folderOfHost(host)};
  index index.html;

  location = ${vhostSign} {
    return 204;
  }

  location / {
    try_files $uri $uri/ =404;
  }
}
`
}

function refuseUnsafe(name: string, addresses: readonly string[]): void {
  if (jailName.safeParse(name).success && addresses.every((address) => /^[0-9]+(\.[0-9]+){3}$/.test(address))) return
  throw new JailopsError('bad_argument', `${JSON.stringify([name, ...addresses])} cannot be written into nginx's configuration.`)
}

function refuseUnsafeHost(host: string): void {
  if (/^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/.test(host) && host !== 'nginx' && host !== 'nginx-dist') return
  throw new JailopsError(
    'bad_argument',
    `${JSON.stringify(host)} cannot have files of its own: give one whole host name, such as blog.example.com.`,
  )
}
