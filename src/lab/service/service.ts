import { existsSync } from 'node:fs'
import { basename } from 'node:path'
import type { Call } from '../call.ts'
import { ezjailService } from '../ezjail/rc.ts'
import { findJail, type Host } from '../host.ts'
import { place, type InJail } from '../inside/inside.ts'
import { toReal, toWritable } from '../paths.ts'
import { rctlService } from '../rctl/rctl.ts'
import { refuse } from '../refuse.ts'
import { haproxyService } from './haproxy.ts'
import { daemonService } from './daemon.ts'
import { daemonsOf, scriptOf, scriptsOf } from './daemons.ts'
import { hasNginx, jailRcFiles } from './jail-services.ts'
import { jailService } from './jail.ts'
import { nginxHandsIn } from '../nginx/nginx.ts'
import { nginxHandsOf } from '../nginx/on-host.ts'
import { netif } from './netif.ts'
import { nginxService } from './nginx.ts'
import { beforeCommand, hasScript, isYes, noSuchService, readForService, splitCommand, type RcContext } from './rc.ts'
import { wordsOf } from '../words.ts'

/** service(8) on the host. */
export async function service(host: Host, call: Call): Promise<number> {
  const [first = '', second = '', ...rest] = call.args
  const values = readForService(hostRcFiles(host, first.startsWith('-') ? undefined : first), call)
  if (values === undefined) return 2
  if (first === '-j') {
    const jail = findJail(host, second)
    if (jail !== undefined) return serviceInJail({ host, jail, root: toReal(host.paths, jail.path) }, { ...call, args: rest })
    call.err(`jexec: jail ${/^[0-9]+$/.test(second) ? second : `"${second}"`} not found\n`)
    return 1
  }
  if (first === '-e') return listEnabled(values, call)
  if (first.startsWith('-') || first === '') return refuse('service', `${call.args.join(' ')} is not imitated here`)
  if (!hasScript(host.paths.host, first)) return noSuchService(first, call)
  const script = [`/etc/rc.d/${first}`].find((path) => existsSync(toReal(host.paths, path))) ?? `/usr/local/etc/rc.d/${first}`
  const rcConf = () => toWritable(host.paths, 'service', '/etc/rc.conf', '/')
  const context: RcContext = { values, ...splitCommand(second), script, rcConf }
  if (first === 'jail') return jailService(host, context, rest, call)
  if (first === 'haproxy') return haproxyService(host, context, call)
  if (first === 'nginx') return nginxService(nginxHandsOf(host), context, call)
  if (first === 'rctl') return beforeCommand('rctl', '', context, call) ?? rctlService(host, context.command, call)
  if (first === 'ezjail') return ezjailService(host, context, rest, call)
  if (first === 'netif') return netif(host, context, rest, call)
  if (first === 'ipfw' && context.command === 'status') {
    call.out(isYes(values.get('firewall_enable')) ? 'ipfw is enabled\n' : 'ipfw is not enabled\n')
    return isYes(values.get('firewall_enable')) ? 0 : 1
  }
  return refuse('service', `${first} ${second} is not imitated here`)
}

function hostRcFiles(host: Host, name: string | undefined): { real: string; shown: string }[] {
  const own = name === undefined || /[^A-Za-z0-9_-]/.test(name) ? [] : [`/etc/rc.conf.d/${name}`, `/usr/local/etc/rc.conf.d/${name}`]
  return ['/etc/rc.conf', '/etc/rc.conf.local', ...own].map((shown) => ({ real: toReal(host.paths, shown), shown }))
}

const alwaysEnabled = wordsOf(`
  hostid ipfw hostid_save kldxref var_run cleanvar devmatch ip6addrctl rctl netif devd resolv motd
  os-release gptboot cleartmp newsyslog dmesg syslogd savecore utx cron sshd jail bgfsck
`)

function listEnabled(values: Map<string, string>, call: Call): number {
  const asked: Record<string, string> = { ipfw: 'firewall_enable', sshd: 'sshd_enable', jail: 'jail_enable' }
  const names = alwaysEnabled.filter((name) => asked[name] === undefined || isYes(values.get(asked[name])))
  call.out(names.map((name) => `/etc/rc.d/${name}\n`).join(''))
  if (isYes(values.get('haproxy_enable'))) call.out('/usr/local/etc/rc.d/haproxy\n')
  if (isYes(values.get('nginx_enable'))) call.out('/usr/local/etc/rc.d/nginx\n')
  if (isYes(values.get('ezjail_enable'))) call.out('/usr/local/etc/rc.d/ezjail\n')
  return 0
}

/** service(8) in a jail. */
export async function serviceInJail(at: InJail, call: Call): Promise<number> {
  const [name = '', word = ''] = call.args
  const values = readForService(jailRcFiles(at, name.startsWith('-') ? undefined : name), call)
  if (values === undefined) return 2
  if (name.startsWith('-')) return list(at, name, values, call)
  const script = scriptOf(at, name)
  if (script === undefined) return noSuchService(name, call)
  const rcConf = () => place(at, '/etc/rc.conf', { write: true })
  const context: RcContext = { values, ...splitCommand(word), script, rcConf }
  if (name === 'nginx' && hasNginx(at)) return nginxService(nginxHandsIn(at), context, call)
  const daemon = daemonsOf(at).find((each) => each.name === name)
  return daemon === undefined ? refuse('service', `${name} in a jail is not imitated here`) : daemonService(at, daemon, context, call)
}

/** -l names, -r all in rc's order, -e what rc.conf enables. */
function list(at: InJail, flag: string, values: Map<string, string>, call: Call): number {
  const scripts = scriptsOf(at)
  if (flag === '-l') call.out(scripts.map((path) => `${basename(path)}\n`).join(''))
  else if (flag === '-r') call.out(scripts.map((path) => `${path}\n`).join(''))
  else if (flag === '-e') {
    const enabled = scripts.filter((path) => isYes(values.get(`${basename(path)}_enable`)))
    call.out(enabled.map((path) => `${path}\n`).join(''))
  } else refuse('service', `${call.args.join(' ')} is not imitated here`)
  return 0
}
