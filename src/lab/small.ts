import { appendFileSync } from 'node:fs'
import { loadavg } from 'node:os'
import { join } from 'node:path'
import type { Call } from './call.ts'
import { freebsdVersion, kernelRelease as release } from './freebsd-version.ts'
import type { Host } from './host.ts'
import { ps } from './processes.ts'
import { refuse, refuseOption } from './refuse.ts'

/** Programs of a few lines. */
type Small = (host: Host, call: Call) => number

const sysctl: Small = (host, call) => {
  const bare = call.args[0] === '-n'
  const names = bare ? call.args.slice(1) : call.args
  let code = 0
  for (const name of names) {
    if (name.startsWith('-') || name.includes('=')) return refuse('sysctl', `${name} is not imitated here`)
    const value = host.sysctls.get(name)
    if (value === undefined) {
      call.err(`sysctl: unknown oid '${name}'\n`)
      code = 1
    } else call.out(bare ? `${value}\n` : `${name}: ${value}\n`)
  }
  return code
}

const uname: Small = (host, call) => {
  const [flag = '-s'] = call.args
  const name = host.sysctls.get('kern.hostname') ?? ''
  const shown: Record<string, string> = {
    '-s': 'FreeBSD',
    '-r': release,
    '-n': name,
    '-m': 'amd64',
    '-p': 'amd64',
    '-v': `FreeBSD ${release} TINY`,
  }
  const all = `FreeBSD ${name} ${release} FreeBSD ${release} TINY amd64`
  call.out(`${flag === '-a' ? all : (shown[flag] ?? refuseOption('uname', flag))}\n`)
  return 0
}

const hostname: Small = (host, call) => {
  if (call.args.length > 0 && call.args[0] !== '-s') return refuse('hostname', 'setting it is not imitated here')
  const name = host.sysctls.get('kern.hostname') ?? ''
  call.out(`${call.args[0] === '-s' ? name.split('.')[0] : name}\n`)
  return 0
}

function modulesOf(host: Host): string[] {
  return ['kernel', 'ipfw', 'ipfw_nat', ...(host.hasZfs ? ['zfs', 'opensolaris'] : [])]
}

const kldstat: Small = (host, call) => {
  const args = call.args.join(' ')
  const asked = /^(?:-q )?-m (\S+)$/.exec(args)?.[1]
  if (asked !== undefined) {
    if (modulesOf(host).includes(asked)) return 0
    if (!args.startsWith('-q')) call.err(`kldstat: can't find module ${asked}: No such file or directory\n`)
    return 1
  }
  if (args !== '') return refuseOption('kldstat', args)
  call.out('Id Refs Address                Size Name\n 1    1 0xffffffff80000000 80000000 kernel\n')
  return 0
}

const kldload: Small = (host, call) => {
  const quiet = call.args[0] === '-n'
  for (const name of quiet ? call.args.slice(1) : call.args) {
    if (!modulesOf(host).includes(name)) return refuse('kldload', `module ${name} is not imitated here`)
    if (quiet) continue
    call.err(`kldload: can't load ${name}: module already loaded or in kernel\n`)
    return 1
  }
  return 0
}

const top: Small = (_host, call) => refuse('top', `${call.args.join(' ')} is not imitated here`)

/** Only that the rules were thrown away is known: each time is a line of FOLDER/control/ipfw-flushed. */
const ipfw: Small = (host, call) => {
  if (call.args.join(' ') !== '-q flush') return refuse('ipfw', `${call.args.join(' ')} is not imitated here`)
  appendFileSync(join(host.paths.folder, 'control/ipfw-flushed'), 'ipfw -q flush\n')
  return 0
}

/** The machine runs for as long as this process, under the load of the one that the lab is on. */
const uptime: Small = (_host, call) => {
  const minutes = Math.floor(process.uptime() / 60)
  const time = new Date().toLocaleTimeString('en-US', { hour: 'numeric', minute: '2-digit' }).replace(' ', '')
  const up = minutes < 60 ? `${minutes} mins` : `${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, '0')}`
  const averages = loadavg()
    .map((one) => one.toFixed(2))
    .join(', ')
  call.out(`${time.padStart(7)}  up ${up}, 0 users, load averages: ${averages}\n`)
  return 0
}

/** The lab's disks are this machine's, which looks after them itself. */
const sync: Small = () => 0

/** The lab has no resolver that knows any name. */
const nameLookUp: Small = (_host, call) => {
  const [flag, type, name, ...more] = call.args
  if (flag !== '-t' || type !== 'A' || name === undefined || more.length > 0)
    return refuse('host', `${call.args.join(' ')} is not imitated here`)
  call.out(`Host ${name} not found: 3(NXDOMAIN)\n`)
  return 1
}

export const smallPrograms: Record<string, Small> = {
  sysctl,
  sync,
  uptime,
  uname,
  'freebsd-version': freebsdVersion,
  hostname,
  host: nameLookUp,
  kldstat,
  kldload,
  ps,
  top,
  ipfw,
}
