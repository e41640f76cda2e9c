import { JailopsError } from '../../core/errors.ts'
import type { Endpoint } from '../../core/layout.ts'
import { jailName } from '../../core/names.ts'

interface Site {
  name: string
  /** The jail's own address. */
  address: string
  endpoint: Endpoint
}

/** nginx's whole configuration in a new jail, for 1.22 and later. What is not said here is as FreeBSD's package compiled it in. */
export function nginxConfiguration({ name, address, endpoint }: Site): string {
  refuseUnsafe(name, [address, endpoint.address])
  const statusFrom = [...new Set(['127.0.0.1', address])]
  return `# made by jailops; yours from now on
worker_processes 1;

events {
  worker_connections 1024;
}

http {
  include mime.types;
  default_type application/octet-stream;
  sendfile on;
  server_tokens off;

  server {
    listen ${endpoint.address}:${endpoint.port};
    server_name _;
    root /usr/local/www/nginx;
    index index.html;
    add_header X-Jail ${name} always;

    location / {
      try_files $uri $uri/ =404;
    }
  }

  # nginx's own figures, for the host only: on a shared network stack the host comes with the jail's own address
  server {
    listen ${endpoint.address}:${endpoint.statusPort};
    server_name _;
    access_log off;

    location = /status {
      stub_status;
${statusFrom.map((from) => `      allow ${from};\n`).join('')}      deny all;
    }

    location / {
      return 404;
    }
  }
}
`
}

/** The first page names its jail, so that everybody sees at once whose site answers. */
export function firstPage(name: string): string {
  refuseUnsafe(name, [])
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>${name}</title>
<h1>${name}</h1>
<p>served by jail ${name}</p>
</html>
`
}

function refuseUnsafe(name: string, addresses: readonly string[]): void {
  if (jailName.safeParse(name).success && addresses.every((address) => /^[0-9]+(\.[0-9]+){3}$/.test(address))) return
  throw new JailopsError('bad_argument', `${JSON.stringify([name, ...addresses])} cannot be written into nginx's configuration.`)
}
