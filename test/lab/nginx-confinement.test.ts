import { mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { mainConfiguration, siteFiles } from '../../src/host/site/nginx-configuration.ts'
import { nginxFiles } from '../../src/lab/nginx/package.ts'
import { translateConf, type Translated } from '../../src/lab/nginx/translate.ts'
import { temporaryFolder, temporaryLab } from './temporary-lab.ts'

let folder: string
let root: string
beforeAll(() => {
  folder = temporaryFolder()
  root = join(folder, 'jail')
  mkdirSync(join(root, 'usr/local/etc/nginx'), { recursive: true })
  mkdirSync(join(root, 'www/$r'), { recursive: true })
  symlinkSync('/www/$r', join(root, 'www/dollar'))
  symlinkSync('/etc/nowhere/else', join(root, 'www/dangling'))
  symlinkSync('/', join(root, 'www/top'))
  for (const [path, { text }] of nginxFiles) if (path.endsWith('mime.types')) writeFileSync(join(root, path), text)
})
afterAll(() => rmSync(folder, { recursive: true }))

const path = '/usr/local/etc/nginx/nginx.conf'

function translate(text: string): Translated & { text: string } {
  writeFileSync(join(root, path), text)
  const inHttp = { always: 'TEMPORARY;', withoutAccessLog: 'LOG;' }
  const translated = translateConf(path, { root, addresses: ['127.0.0.5'], conf: '/conf', inHttp })
  return { ...translated, text: translated.files.get(path) ?? '' }
}

const inServer = (text: string) => `events {}\nhttp {\nserver {\n${text}\n}\n}\n`

describe('of a jail’s nginx.conf', () => {
  it.each([
    'set $r "/"; root $r;',
    'root /www$r;',
    'root "/www/${r}";',
    'root /www/dollar;',
    'root /www/dangling/x;',
    'root "/www; proxy_store /etc/x";',
    '"root" /etc;',
    'alias /www/top;',
    'location ~ ^/a/(.*)$ { alias /www/$1; }',
    'access_log syslog:server=unix:/dev/log;',
    'access_log /var/log/$host.log;',
    'error_log memory:32m;',
    'proxy_store /etc/x;',
    'fastcgi_pass unix:/x;',
    'uwsgi_store on;',
    'client_body_temp_path /x;',
    'load_module /x.so;',
    'dav_methods PUT;',
    'include /x[12].conf;',
    'include /*/x.conf;',
    'map $a $b { include /etc/passwd; }',
    'listen unix:/x;',
    'listen "*:80; root /etc";',
    'index ../../etc/passwd;',
    'index $r;',
    'try_files /../../etc/passwd =404;',
    'try_files $r =404;',
    'try_files $uri$arg_x =404;',
    'try_files .$uri. =404;',
    'error_page 404 /../../etc/passwd;',
    'rewrite ^ /../../etc/passwd break;',
    'rewrite ^/a(.*)$ /$1;',
    'if (-f /etc/passwd) { return 204; }',
    'proxy_pass http://unix:/run/x.sock;',
    'proxy_pass http://10.0.0.1:80;',
    'proxy_pass http://127.0.0.1.example.com;',
    'proxy_pass http://127.0.0.1$x;',
    'proxy_pass http://localhost;',
    // What only nginx would take for a directive.
    'server_name a}#; root $r;',
    'server_name ${a; root $r; }',
    'server_name a\u00a0#; root $r;',
  ])('refused: %s', (text) => {
    expect(translate(inServer(text)).problems[0]).toMatch(/^\/usr\/local\/etc\/nginx\/nginx\.conf:4: .*imitated here|looked for here/)
  })

  it('every path that is let through lies in the jail', () => {
    const { text, problems } = translate(
      inServer(
        'root /none/../../../../etc;\naccess_log off;\nerror_log /../../x;\ninclude /../../../../etc/x.conf;\nssl_certificate a.pem;',
      ),
    )
    expect(problems).toEqual([])
    expect(text).toBe(
      'events {}\nhttp { TEMPORARY; LOG;\nserver {\n' +
        `root ${root}/etc;\naccess_log off;\nerror_log ${root}/x;\ninclude /conf/etc/x.conf;\nssl_certificate ${root}/usr/local/etc/nginx/a.pem;\n}\n}\n`,
    )
  })

  it('temporary folders and the log are the jail’s wherever http stands', () => {
    expect(translate('events {} http { log_format access_log "\n x"; }').text).toBe(
      'events {} http { TEMPORARY; LOG; log_format access_log "\n x"; }',
    )
  })

  it('ordinary sites pass', () => {
    const endpoint = { address: '127.0.0.5', port: 8080, statusPort: 8081 }
    const sites = siteFiles({ name: 'blog', address: '127.0.0.5', endpoint }).filter((file) => file.path.endsWith('.conf'))
    expect(sites).toHaveLength(2)
    for (const own of [mainConfiguration, ...sites.map(({ content }) => `events {}\nhttp {\n${content}}\n`)]) {
      expect(translate(own).problems).toEqual([])
    }
    const sample = nginxFiles.find(([at]) => at === path)?.[1].text ?? ''
    expect(translate(sample).problems).toEqual([])
    const proxy = `user www www; worker_processes auto; pid /var/run/nginx.pid;
      events { worker_connections 64; }
      http {
        include mime.types; map $http_upgrade $connection { default upgrade; '' close; "~^x{1,2}$" y; }
        log_format main '$remote_addr "$request"'; access_log /var/log/nginx/access.log main; gzip on; gzip_types text/css;
        server {
          listen 80 default_server; client_max_body_size 8m; rewrite ^/old/(.*)$ /new/$1 permanent; rewrite ^/x$ /y last;
          if (!-f $request_filename) { return 404; }
          location / { root /www; try_files $uri $uri/ /index.php?$args; error_page 404 =200 /50x.html; autoindex on; }
          location /api/ { proxy_pass http://127.0.0.7:8080/; proxy_set_header Host $host; proxy_read_timeout 5s; }
          location @x { proxy_pass http://127.0.0.7:8080; }
        }
      }`
    expect(translate(proxy).problems).toEqual([])
  })
})

it('the whole way: nothing of the machine is served, and nginx -t says why', async () => {
  const lab = await temporaryLab()
  try {
    await lab.sh(
      'cp -a /usr/jails/.base /usr/jails/evil; jail -c name=evil path=/usr/jails/evil ip4.addr="lo1|127.0.0.9/32" mount.devfs persist; pkg -j evil install -y nginx; sysrc -j evil nginx_enable=YES',
    )
    await lab.sh('jexec evil tee /usr/local/etc/nginx/nginx.conf', inServer('listen 8089; set $r "/"; root $r;'))
    const refused = 'lab: nginx: /usr/local/etc/nginx/nginx.conf:4: root $r: a variable in a path is not imitated here\n'
    expect(await lab.sh('jexec evil nginx -t')).toEqual({ code: 70, text: refused })
    const started = await lab.sh('service -j evil nginx start')
    expect(started.code).toBe(70)
    expect(started.text).toContain(refused)
    expect(readFileSync(join(lab.hostFolder, 'usr/jails/evil/usr/local/etc/nginx/nginx.conf'), 'utf8')).toContain('$r')
  } finally {
    await lab.remove()
  }
})

it('a link below the document root is not followed out of the jail', async () => {
  const lab = await temporaryLab()
  try {
    await lab.sh(
      'cp -a /usr/jails/.base /usr/jails/evil; jail -c name=evil path=/usr/jails/evil ip4.addr="lo1|127.0.0.10/32" mount.devfs persist; pkg -j evil install -y nginx; sysrc -j evil nginx_enable=YES',
    )
    await lab.sh('jexec evil tee /usr/local/etc/nginx/nginx.conf', inServer('listen 127.0.0.10:18089; root /usr/local/www/nginx;'))
    await lab.sh('jexec evil ln -s /etc/passwd /usr/local/www/nginx/planted')
    expect((await lab.sh('service -j evil nginx start')).code).toBe(0)

    const page = await fetch('http://127.0.0.10:18089/')
    const planted = await fetch('http://127.0.0.10:18089/planted')

    expect([page.status, planted.status]).toEqual([200, 403])
  } finally {
    await lab.remove()
  }
})
