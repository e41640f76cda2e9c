import type { Endpoint } from '../../core/layout.ts'

/** The one file that jailops wrote into a jail before it wrote one a concern: jails that were made then still have it. */
export function formerConfiguration({ name, address, endpoint }: { name: string; address: string; endpoint: Endpoint }): string {
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
