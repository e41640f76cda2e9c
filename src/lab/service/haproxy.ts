import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { dirname } from 'node:path'
import type { Call } from '../call.ts'
import type { Host } from '../host.ts'
import { toReal } from '../paths.ts'
import { isAlive, runReal, signal, waitForEnd } from '../real.ts'
import { refuse } from '../refuse.ts'
import { beforeCommand, type RcContext } from './rc.ts'

interface Place {
  /** As rc.conf names it, for messages. */
  config: string
  real: string
  pidFile: string
  shownPidFile: string
}

/** FreeBSD's rc script for HAProxy (not master-worker: a reload is a new process with -sf), around the machine's real one. */
export async function haproxyService(host: Host, context: RcContext, call: Call): Promise<number> {
  const isRunning = runningPids(placeOf(host, context)).length > 0
  const ended = beforeCommand('haproxy', '', { ...context, isRunning }, call)
  if (ended !== undefined) return ended
  if (context.values.has('haproxy_flags') || (context.values.get('haproxy_profiles') ?? '') !== '') {
    return refuse('service', 'haproxy_flags and haproxy_profiles are not imitated here')
  }
  const at = placeOf(host, context)
  switch (context.command) {
    case 'start':
      return start(host, at, call)
    case 'stop':
      return stop(host, at, call, 'SIGUSR1')
    case 'hardstop':
      return stop(host, at, call, 'SIGTERM')
    case 'restart':
      await stop(host, at, call, 'SIGUSR1')
      return start(host, at, call)
    case 'reload':
      return reload(host, at, call, '-sf')
    case 'hardreload':
      return reload(host, at, call, '-st')
    case 'configtest':
      return check(at, call, [])
    case 'status':
      return status(at, call)
    default:
      return refuse('service', `haproxy ${context.command} is not imitated here`)
  }
}

function placeOf(host: Host, { values }: RcContext): Place {
  const config = values.get('haproxy_config') ?? '/usr/local/etc/haproxy.conf'
  const shownPidFile = values.get('haproxy_pidfile') ?? '/var/run/haproxy.pid'
  return { config, real: toReal(host.paths, config), pidFile: toReal(host.paths, shownPidFile), shownPidFile }
}

async function start(host: Host, at: Place, call: Call): Promise<number> {
  const [running] = runningPids(at)
  if (running !== undefined) {
    call.err(`haproxy already running?  (pid=${running}).\n`)
    return 1
  }
  if (!existsSync(at.real)) {
    call.err(`/usr/local/etc/rc.d/haproxy: WARNING: ${at.config} is not readable.\n`)
    return 1
  }
  if ((await check(at, call, ['-q'])) !== 0) {
    call.err('/usr/local/etc/rc.d/haproxy: WARNING: failed precmd routine for haproxy\n')
    return 1
  }
  call.out('Starting haproxy.\n')
  const code = await launch(host, at, call, [])
  if (code !== 0) call.err('/usr/local/etc/rc.d/haproxy: WARNING: failed to start haproxy\n')
  return code === 0 ? 0 : 1
}

async function stop(host: Host, at: Place, call: Call, name: NodeJS.Signals): Promise<number> {
  const pids = runningPids(at)
  if (pids.length === 0) return notRunning(at, call)
  for (const pid of pids) signal(pid, name)
  call.out(`Waiting for PIDS: ${pids.join(' ')}.\n`)
  // SIGUSR1 waits for open sessions; the real script waits for ever, the lab half a minute.
  for (const pid of pids) await waitForEnd(pid, 30_000)
  for (const pid of pids) host.guard.remove(`haproxy-${pid}`)
  rmSync(at.pidFile, { force: true })
  return 0
}

async function reload(host: Host, at: Place, call: Call, option: '-sf' | '-st'): Promise<number> {
  if ((await check(at, call, ['-q'])) !== 0) {
    call.err(`haproxy: ERROR: Error found in ${at.config} - not reloading current process!\n`)
    return 1
  }
  const pids = runningPids(at)
  if (pids.length === 0) return notRunning(at, call)
  return launch(host, at, call, [option, ...pids.map(String)])
}

async function check(at: Place, call: Call, flags: string[]): Promise<number> {
  const { code, text } = await runReal('haproxy', [...flags, '-c', '-f', at.real], { cwd: '/' })
  call.err(text)
  return code
}

/** -D as the port's default configuration has it (`daemon`): the call returns when the new process listens. */
async function launch(host: Host, at: Place, call: Call, more: string[]): Promise<number> {
  mkdirSync(dirname(at.pidFile), { recursive: true })
  const { code, text } = await runReal('haproxy', ['-q', '-D', '-f', at.real, '-p', at.pidFile, ...more], { cwd: '/' })
  call.err(text)
  for (const pid of runningPids(at)) host.guard.add(`haproxy-${pid}`, pid)
  return code
}

function status(at: Place, call: Call): number {
  const pids = runningPids(at)
  call.out(pids.length > 0 ? `haproxy is running as pid ${pids.join(' ')}.\n` : 'haproxy is not running.\n')
  return pids.length > 0 ? 0 : 1
}

function notRunning(at: Place, call: Call): number {
  call.err(`haproxy not running? (check ${at.shownPidFile}).\n`)
  return 1
}

function runningPids(at: Place): number[] {
  if (!existsSync(at.pidFile)) return []
  const pids = readFileSync(at.pidFile, 'utf8').split(/\s+/).map(Number)
  return pids.filter((pid) => pid > 1 && isAlive(pid))
}
