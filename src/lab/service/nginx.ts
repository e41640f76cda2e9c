import type { Call } from '../call.ts'
import type { Service } from '../host.ts'
import { refuse } from '../refuse.ts'
import { beforeCommand, type RcContext } from './rc.ts'

type Running = Pick<Service, 'pid'>

/** How one nginx is looked at and moved: a jail's, or the host's. */
export interface NginxHands {
  running(): Running | undefined
  test(call: Call): Promise<number>
  start(call: Call): Promise<number>
  stop(running: Running): Promise<void>
  reload(running: Running): void
}

const script = '/usr/local/etc/rc.d/nginx'

/** FreeBSD's rc script for nginx, around the machine's real nginx. */
export async function nginxService(at: NginxHands, context: RcContext, call: Call): Promise<number> {
  const ended = beforeCommand('nginx', '', { ...context, isRunning: at.running() !== undefined }, call)
  if (ended !== undefined) return ended
  switch (context.command) {
    case 'start':
      return start(at, call)
    case 'stop':
      return stop(at, call)
    case 'restart':
      if ((await check(at, call)) !== 0) return failedCheck(call)
      await stop(at, call)
      return start(at, call)
    case 'reload':
      return reload(at, call)
    case 'configtest':
      return check(at, call)
    case 'status':
      return status(at, call)
    default:
      return refuse('service', `nginx ${context.command} is not imitated here`)
  }
}

async function check(at: NginxHands, call: Call): Promise<number> {
  call.out('Performing sanity check on nginx configuration:\n')
  return at.test(call)
}

function failedCheck(call: Call): number {
  call.err(`${script}: WARNING: failed precmd routine for nginx\n`)
  return 1
}

async function start(at: NginxHands, call: Call): Promise<number> {
  const running = at.running()
  if (running !== undefined) {
    call.err(`nginx already running?  (pid=${running.pid}).\n`)
    return 1
  }
  if ((await check(at, call)) !== 0) return failedCheck(call)
  call.out('Starting nginx.\n')
  if ((await at.start(call)) === 0) return 0
  call.err(`${script}: WARNING: failed to start nginx\n`)
  return 1
}

async function stop(at: NginxHands, call: Call): Promise<number> {
  const running = at.running()
  if (running === undefined) return notRunning(call)
  call.out(`Stopping nginx.\nWaiting for PIDS: ${running.pid}.\n`)
  await at.stop(running)
  return 0
}

async function reload(at: NginxHands, call: Call): Promise<number> {
  const running = at.running()
  if (running === undefined) return notRunning(call)
  if ((await check(at, call)) !== 0) return failedCheck(call)
  at.reload(running)
  return 0
}

function status(at: NginxHands, call: Call): number {
  const running = at.running()
  call.out(running === undefined ? 'nginx is not running.\n' : `nginx is running as pid ${running.pid}.\n`)
  return running === undefined ? 1 : 0
}

function notRunning(call: Call): number {
  call.err('nginx not running? (check /var/run/nginx.pid).\n')
  return 1
}
