import { nginxFiles, type PackageFile } from '../nginx/package.ts'

export interface Package {
  name: string
  version: string
  origin: string
  comment: string
  dependencies: string[]
  files: [path: string, file: PackageFile][]
}

const marker = 'lab: the program behind this name is not imitated\n'
const script = '#!/bin/sh\n# lab: imitated, see src/lab/service/daemons.ts\n'

/** The repository: what there is to install. Only nginx has a program behind it, the machine's own. */
export const catalogue: Package[] = [
  make('pkg', '2.4.2', 'ports-mgmt/pkg', 'Package manager', { programs: ['sbin/pkg'] }),
  { ...make('nginx', '1.28.0', 'www/nginx', 'Robust and small WWW server'), files: nginxFiles },
  make('ca_root_nss', '3.117', 'security/ca_root_nss', 'Root certificate bundle from the Mozilla Project'),
  make('libnghttp2', '1.67.1', 'www/libnghttp2', 'HTTP/2.0 C Library'),
  make('curl', '8.16.0', 'ftp/curl', 'Command line tool and library for transferring data with URLs', {
    programs: ['bin/curl'],
    dependencies: ['ca_root_nss', 'libnghttp2'],
  }),
  make('expat', '2.7.3', 'textproc/expat2', 'XML 1.0 parser written in C'),
  make('git-lite', '2.51.0', 'devel/git@lite', 'Distributed source code management tool (lite flavor)', {
    programs: ['bin/git'],
    dependencies: ['curl', 'expat'],
  }),
  make('vim', '9.1.1744', 'editors/vim', 'Improved version of the vi editor (console flavor)', { programs: ['bin/vim'] }),
  make('libevent', '2.1.12', 'devel/libevent', 'API for executing callback functions on events or timeouts'),
  make('tmux', '3.5a', 'sysutils/tmux', 'Terminal Multiplexer', { programs: ['bin/tmux'], dependencies: ['libevent'] }),
  make('htop', '3.4.1', 'sysutils/htop', 'Better top(1) - interactive process viewer', { programs: ['bin/htop'] }),
  make('rsync', '3.4.1', 'net/rsync', 'Network file distribution/synchronization utility', { programs: ['bin/rsync'], daemon: 'rsyncd' }),
  make('readline', '8.3.1', 'devel/readline', 'Library for editing command lines as they are typed'),
  make('bash', '5.3.3', 'shells/bash', 'GNU Project Bourne Again SHell', { programs: ['bin/bash'], dependencies: ['readline'] }),
  make('redis', '8.2.1', 'databases/redis', 'Persistent key-value database with built-in net interface', {
    programs: ['bin/redis-server', 'bin/redis-cli'],
    configuration: ['redis.conf', 'bind 127.0.0.1 -::1\nport 6379\ndir /var/db/redis/\n'],
    daemon: 'redis',
  }),
  make('memcached', '1.6.39', 'databases/memcached', 'High-performance distributed memory object cache system', {
    programs: ['bin/memcached'],
    dependencies: ['libevent'],
    daemon: 'memcached',
  }),
  make('postgresql17-client', '17.6', 'databases/postgresql17-client', 'PostgreSQL database (client)', { programs: ['bin/psql'] }),
  make('postgresql17-server', '17.6', 'databases/postgresql17-server', 'PostgreSQL database (server)', {
    programs: ['bin/postgres'],
    dependencies: ['postgresql17-client'],
    daemon: 'postgresql',
  }),
  make('php84', '8.4.13', 'lang/php84', 'PHP Scripting Language (8.4.X branch)', {
    programs: ['bin/php', 'sbin/php-fpm'],
    configuration: ['php-fpm.conf', '[global]\npid = run/php-fpm.pid\n'],
    daemon: 'php_fpm',
  }),
  make('libuv', '1.51.0', 'devel/libuv', 'Multi-platform support library with a focus on asynchronous I/O'),
  make('node24', '24.9.0', 'www/node24', 'V8 JavaScript for client and server', { programs: ['bin/node'], dependencies: ['libuv'] }),
  make('libffi', '3.5.1', 'devel/libffi', 'Foreign Function Interface'),
  make('python311', '3.11.13', 'lang/python311', 'Interpreted object-oriented programming language', {
    programs: ['bin/python3.11'],
    dependencies: ['libffi', 'readline'],
  }),
]

/** By name or by origin, as people write them. */
export function findPackage(word: string): Package | undefined {
  return catalogue.find(({ name, origin }) => name === word || origin === word)
}

interface Parts {
  programs?: string[]
  dependencies?: string[]
  configuration?: [name: string, text: string]
  daemon?: string
}

function make(name: string, version: string, origin: string, comment: string, parts: Parts = {}): Package {
  const { programs = [], dependencies = [], configuration, daemon } = parts
  const files: Package['files'] = programs.map((path) => [`/usr/local/${path}`, { text: marker, mode: 0o755, keep: false }])
  files.push([`/usr/local/share/licenses/${name}-${version}/LICENSE`, { text: `${name}\n`, mode: 0o644, keep: false }])
  if (configuration !== undefined) {
    const [file, text] = configuration
    files.push([`/usr/local/etc/${file}.sample`, { text, mode: 0o644, keep: false }])
    files.push([`/usr/local/etc/${file}`, { text, mode: 0o644, keep: true }])
  }
  if (daemon !== undefined) files.push([`/usr/local/etc/rc.d/${daemon}`, { text: script, mode: 0o755, keep: false }])
  return { name, version, origin, comment, dependencies, files }
}
