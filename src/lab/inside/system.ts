import { freebsdVersionInJail } from '../freebsd-version.ts'
import { ifconfigInJail } from '../ifconfig.ts'
import { nginxInJail } from '../nginx/nginx.ts'
import { pkgInJail } from '../pkg/pkg.ts'
import { refuse, refuseOption } from '../refuse.ts'
import { serviceInJail } from '../service/service.ts'
import { startServices, stopServices } from '../service/jail-services.ts'
import { sysrcInJail } from '../sysrc/sysrc.ts'
import { pwInJail } from '../pw/pw.ts'
import { psInJail } from '../processes.ts'
import { date, tzsetupInJail } from './clock.ts'
import { grep } from './grep.ts'
import { kill } from './kill.ts'
import type { InJail, InsideProgram } from './inside.ts'
import { wordsOf } from '../words.ts'

export const loginEnvironment = wordsOf(`
  SHELL=/bin/sh HOME=/root USER=root BLOCKSIZE=K MAIL=/var/mail/root MM_CHARSET=UTF-8 LANG=C.UTF-8
  PATH=/sbin:/bin:/usr/sbin:/usr/bin:/usr/local/sbin:/usr/local/bin:/root/bin TERM=su
`)

const hostname: InsideProgram = (at, call) => {
  if (call.args.length > 0) return refuse('hostname', 'setting it inside a jail is not imitated here')
  call.out(`${at.jail.hostname}\n`)
  return 0
}

const id: InsideProgram = (_at, call) => {
  if (call.args[0] === '-u' && call.args.length === 1) call.out('0\n')
  else if (call.args.length > 0) refuseOption('id', call.args.join(' '))
  else call.out('uid=0(root) gid=0(wheel) groups=0(wheel),5(operator)\n')
  return 0
}

const env: InsideProgram = (_at, call) => {
  if (call.args.length > 0) return refuse('env', 'only env without arguments is imitated here')
  call.out(`${loginEnvironment.join('\n')}\n`)
  return 0
}

const sysctl: InsideProgram = (at, call) => {
  const bare = call.args[0] === '-n'
  const values = new Map([
    ...at.host.sysctls,
    ['security.jail.jailed', at.jail.jid === 0 ? '0' : '1'],
    ['security.jail.env', at.jail.env],
    ['kern.hostname', at.jail.hostname],
    ['kern.osrelease', releaseOf(at)],
  ])
  let code = 0
  for (const name of bare ? call.args.slice(1) : call.args) {
    const value = values.get(name)
    if (value === undefined) {
      call.err(`sysctl: unknown oid '${name}'\n`)
      code = 1
    } else call.out(bare ? `${value}\n` : `${name}: ${value}\n`)
  }
  return code
}

/** `/bin/sh /etc/rc` and `/bin/sh /etc/rc.shutdown jail`. */
const rc: InsideProgram = (at, call) => {
  const line = call.args.join(' ')
  if (line === '/etc/rc') return startServices(at, call)
  if (line === '/etc/rc.shutdown jail' || line === '/etc/rc.shutdown') return stopServices(at, call)
  return refuse('sh', `sh ${line} is not imitated here`)
}

/** A jail of an older release is told so by its parameter osrelease. */
function releaseOf({ jail, host }: InJail): string {
  return jail.values.get('osrelease') ?? host.sysctls.get('kern.osrelease') ?? ''
}

const uname: InsideProgram = (at, call) => {
  const [flag = '-s'] = call.args
  const shown: Record<string, string> = { '-s': 'FreeBSD', '-r': releaseOf(at), '-n': at.jail.hostname, '-m': 'amd64', '-p': 'amd64' }
  call.out(`${shown[flag] ?? refuseOption('uname', flag)}\n`)
  return 0
}

export const insideSystem: Record<string, InsideProgram> = {
  hostname,
  id,
  env,
  sysctl,
  rc,
  uname,
  ifconfig: ifconfigInJail,
  sysrc: sysrcInJail,
  service: serviceInJail,
  nginx: nginxInJail,
  pkg: pkgInJail,
  pw: pwInJail,
  ps: psInJail,
  kill,
  grep,
  date,
  tzsetup: tzsetupInJail,
  'freebsd-version': freebsdVersionInJail,
}
