import type { Call } from '../call.ts'
import type { Host, RunningJail } from '../host.ts'
import { resolveInJail, type InJail } from '../inside/inside.ts'
import { refuse } from '../refuse.ts'
import { runningNginx, startNginx, stopNginx, testNginx } from '../nginx/nginx.ts'
import { bringUpJail } from './netif.ts'
import { stop } from './daemon.ts'
import { daemonsOf, startDaemon } from './daemons.ts'
import { isYes, readForService } from './rc.ts'

export function jailRcFiles(at: InJail, service?: string): { real: string; shown: string }[] {
  const names = [
    '/etc/rc.conf',
    '/etc/rc.conf.local',
    ...(service === undefined ? [] : [`/etc/rc.conf.d/${service}`, `/usr/local/etc/rc.conf.d/${service}`]),
  ]
  return names.flatMap((shown) => {
    const found = resolveInJail(at, shown)
    return found.kind === 'found' ? [{ real: found.path, shown }] : []
  })
}

/** `/bin/sh /etc/rc` in a jail: what its rc.conf enables, in rc's words. */
export async function startServices(at: InJail, call: Call): Promise<number> {
  const values = readForService(jailRcFiles(at), call)
  if (values === undefined) return 2
  if (resolveInJail(at, '/etc/rc').kind !== 'found') {
    call.err('sh: cannot open /etc/rc: No such file or directory\n')
    return 2
  }
  bringUpJail(at, values, call)
  const steps = ['ELF ldconfig path: /lib /usr/lib /usr/lib/compat', '32-bit compatibility ldconfig path:', 'Clearing /tmp (X related).']
  const more = ['Updating /var/run/os-release done.', 'Creating and/or trimming log files.', 'Updating motd:.']
  call.out(`${[...steps, ...more].join('\n')}\n`)
  for (const daemon of daemonsOf(at)) {
    if (!isYes(values.get(`${daemon.name}_enable`))) continue
    startDaemon(at, daemon)
    call.out(`${daemon.before}Starting ${daemon.name}.\n`)
  }
  if (isYes(values.get('nginx_enable')) && hasNginx(at)) await bootNginx(at, call)
  call.out(`\n${dateLine(new Date())}\n`)
  return 0
}

export function hasNginx(at: InJail): boolean {
  return resolveInJail(at, '/usr/local/etc/rc.d/nginx').kind === 'found'
}

async function bootNginx(at: InJail, call: Call): Promise<void> {
  call.out('Performing sanity check on nginx configuration:\n')
  if ((await testNginx(at, call)) !== 0) return call.out('/etc/rc: WARNING: failed precmd routine for nginx\n')
  call.out('Starting nginx.\n')
  if ((await startNginx(at, call)) !== 0) call.out('/etc/rc: WARNING: failed to start nginx\n')
}

/** `/bin/sh /etc/rc.shutdown jail`. */
export async function stopServices(at: InJail, call: Call): Promise<number> {
  if (resolveInJail(at, '/etc/rc.shutdown').kind !== 'found') refuse('sh', 'the jail has no /etc/rc.shutdown')
  const nginx = runningNginx(at.jail)
  if (nginx !== undefined) {
    call.out(`Stopping nginx.\nWaiting for PIDS: ${nginx.pid}.\n`)
    await stopNginx(at, nginx, 'SIGTERM')
  }
  for (const daemon of daemonsOf(at).toReversed()) {
    // syslogd goes with the last breath of init, without a word.
    if (daemon.name === 'syslogd') at.jail.services.delete('syslogd')
    else if (at.jail.services.has(daemon.name)) stop(at, daemon, call)
  }
  call.out('Terminated\n.\n')
  return 0
}

/** What the kernel does when a jail is removed. */
export async function killServices(host: Host, jail: RunningJail): Promise<void> {
  const nginx = runningNginx(jail)
  if (nginx !== undefined) await stopNginx({ host, jail }, nginx, 'SIGTERM')
  jail.services.clear()
}

/** `Mon Nov 23 19:24:29 UTC 2026`, as date(1) writes it. */
function dateLine(now: Date): string {
  const [weekday, day, month, year, time] = now.toUTCString().replace(',', '').split(' ')
  return `${weekday} ${month} ${String(Number(day)).padStart(2)} ${time} UTC ${year}`
}
