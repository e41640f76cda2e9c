const conf = `
#user  nobody;
worker_processes  1;

# This default error log path is compiled-in to make sure configuration parsing
# errors are logged somewhere, especially during unattended boot when stderr
# isn't normally logged anywhere.
#
error_log  /var/log/nginx/error.log;

#pid        logs/nginx.pid;


events {
    worker_connections  1024;
}


http {
    include       mime.types;
    default_type  application/octet-stream;

    #access_log  logs/access.log  main;

    sendfile        on;
    #tcp_nopush     on;

    keepalive_timeout  65;

    server {
        listen       80;
        server_name  localhost;

        location / {
            root   /usr/local/www/nginx;
            index  index.html index.htm;
        }

        error_page   500 502 503 504  /50x.html;
        location = /50x.html {
            root   /usr/local/www/nginx-dist;
        }
    }
}
`

const mime = `
types {
    text/html                                        html htm shtml;
    text/css                                         css;
    text/xml                                         xml;
    text/plain                                       txt;
    image/gif                                        gif;
    image/jpeg                                       jpeg jpg;
    image/png                                        png;
    image/svg+xml                                    svg svgz;
    image/webp                                       webp;
    image/x-icon                                     ico;
    application/javascript                           js;
    application/json                                 json;
    application/pdf                                  pdf;
    application/wasm                                 wasm;
    font/woff                                        woff;
    font/woff2                                       woff2;
}
`

const index = `<!DOCTYPE html>
<html>
<head>
<title>Welcome to nginx!</title>
</head>
<body>
<h1>Welcome to nginx!</h1>
<p>If you see this page, the nginx web server is successfully installed and
working. Further configuration is required.</p>
</body>
</html>
`

const marker = 'lab: the program behind this name is the nginx of the machine that the lab runs on\n'

export interface PackageFile {
  text: string
  mode: number
  /** A file of the user's: neither overwritten nor removed once it was changed. */
  keep: boolean
}

/** What the package lays down, in short: its samples are copied to the real names where those are free. */
export const nginxFiles: [path: string, file: PackageFile][] = [
  ['/usr/local/sbin/nginx', { text: marker, mode: 0o755, keep: false }],
  ['/usr/local/etc/rc.d/nginx', { text: '#!/bin/sh\n# lab: imitated, see src/lab/service/nginx.ts\n', mode: 0o755, keep: false }],
  ['/usr/local/etc/nginx/nginx.conf-dist', { text: conf, mode: 0o644, keep: false }],
  ['/usr/local/etc/nginx/nginx.conf', { text: conf, mode: 0o644, keep: true }],
  ['/usr/local/etc/nginx/mime.types-dist', { text: mime, mode: 0o644, keep: false }],
  ['/usr/local/etc/nginx/mime.types', { text: mime, mode: 0o644, keep: true }],
  ['/usr/local/www/nginx-dist/index.html', { text: index, mode: 0o644, keep: false }],
  ['/usr/local/www/nginx/index.html', { text: index, mode: 0o644, keep: true }],
]
