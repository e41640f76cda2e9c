import { readdirSync } from 'node:fs'
import { resolveInJail, type InJail } from '../inside/inside.ts'

/** A daemon that is only a name with a number here: what its rc script says of it. */
export interface Daemon {
  name: string
  command: string
  pidFile: string
  summary: string
  /** `reload` and what else the script knows beyond every script's commands. */
  more: string[]
  /** What it says before it starts. */
  before: string
  /** Ends before anybody waits for it. */
  isQuick: boolean
}

const base = '/etc/rc.d'
const local = '/usr/local/etc/rc.d'

const known: Daemon[] = [
  make('syslogd', '/usr/sbin/syslogd -ss', { summary: 'System log daemon', more: ['reload'], isQuick: true }),
  make('cron', '/usr/sbin/cron -s', { summary: 'Daemon to execute scheduled commands', isQuick: true }),
  make('sshd', 'sshd: /usr/sbin/sshd [listener] 0 of 10-100 startups (sshd)', {
    summary: 'Secure Shell Daemon',
    more: ['configtest', 'keygen', 'reload'],
    before: 'Performing sanity check on sshd configuration.\n',
  }),
  make('memcached', '/usr/local/bin/memcached -l localhost -m 64 -U 0 -d -u nobody -P /var/run/memcached/memcached.pid', {
    pidFile: '/var/run/memcached/memcached.pid',
  }),
  make('php_fpm', 'php-fpm: master process (/usr/local/etc/php-fpm.conf) (php-fpm)', {
    pidFile: '/var/run/php-fpm.pid',
    more: ['reload', 'configtest', 'logrotate'],
    before: 'Performing sanity check on php-fpm configuration:\n',
  }),
  make('redis', 'redis-server: /usr/local/bin/redis-server 127.0.0.1:6379 (redis-server)', { pidFile: '/var/run/redis/redis.pid' }),
  make('rsyncd', '/usr/local/bin/rsync --daemon', { pidFile: '/var/run/rsyncd.pid' }),
]

const namesOfBase = ['syslogd', 'cron', 'sshd']

function make(name: string, command: string, parts: Partial<Daemon> = {}): Daemon {
  return { name, command, pidFile: `/var/run/${name}.pid`, summary: '', more: [], before: '', isQuick: false, ...parts }
}

/** The path of its script in the jail; undefined: there is none. */
export function scriptOf(at: InJail, name: string): string | undefined {
  if (name === '' || name.includes('/')) return undefined
  return [`${base}/${name}`, `${local}/${name}`].find((path) => resolveInJail(at, path).kind === 'found')
}

/** The imitated daemons whose scripts lie in the jail, in the order in which rc starts them. */
export function daemonsOf(at: InJail): Daemon[] {
  return known.filter(({ name }) => scriptOf(at, name) === `${namesOfBase.includes(name) ? base : local}/${name}`)
}

/** Every rc script in the jail, as paths, in rc's order as far as the lab knows it. */
export function scriptsOf(at: InJail): string[] {
  const found = [base, local].flatMap((folder) => {
    const place = resolveInJail(at, folder)
    return place.kind === 'found' ? readdirSync(place.path).map((name) => `${folder}/${name}`) : []
  })
  const ordered = namesOfBase.map((name) => `${base}/${name}`).filter((path) => found.includes(path))
  return [...ordered, ...found.filter((path) => !ordered.includes(path)).toSorted()]
}

export function startDaemon(at: InJail, { name, command }: Daemon): void {
  at.jail.services.set(name, { pid: at.host.nextPid++, command })
}
