import type { Call } from '../call.ts'
import type { InJail } from '../inside/inside.ts'
import { reloadNginx, runningNginx, startNginx, stopNginx, testNginx } from '../nginx/nginx.ts'
import { refuse } from '../refuse.ts'
import { beforeCommand, type RcContext } from './rc.ts'

const script = '/usr/local/etc/rc.d/nginx'

/** FreeBSD's rc script for nginx, around the machine's real nginx. */
export async function nginxService(at: InJail, context: RcContext, call: Call): Promise<number> {
  const ended = beforeCommand('nginx', '', { ...context, isRunning: runningNginx(at.jail) !== undefined }, call)
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

async function check(at: InJail, call: Call): Promise<number> {
  call.out('Performing sanity check on nginx configuration:\n')
  return testNginx(at, call)
}

function failedCheck(call: Call): number {
  call.err(`${script}: WARNING: failed precmd routine for nginx\n`)
  return 1
}

async function start(at: InJail, call: Call): Promise<number> {
  const running = runningNginx(at.jail)
  if (running !== undefined) {
    call.err(`nginx already running?  (pid=${running.pid}).\n`)
    return 1
  }
  if ((await check(at, call)) !== 0) return failedCheck(call)
  call.out('Starting nginx.\n')
  if ((await startNginx(at, call)) === 0) return 0
  call.err(`${script}: WARNING: failed to start nginx\n`)
  return 1
}

async function stop(at: InJail, call: Call): Promise<number> {
  const running = runningNginx(at.jail)
  if (running === undefined) return notRunning(call)
  call.out(`Stopping nginx.\nWaiting for PIDS: ${running.pid}.\n`)
  await stopNginx(at, running, 'SIGTERM')
  return 0
}

async function reload(at: InJail, call: Call): Promise<number> {
  const running = runningNginx(at.jail)
  if (running === undefined) return notRunning(call)
  if ((await check(at, call)) !== 0) return failedCheck(call)
  reloadNginx(at, running)
  return 0
}

function status(at: InJail, call: Call): number {
  const running = runningNginx(at.jail)
  call.out(running === undefined ? 'nginx is not running.\n' : `nginx is running as pid ${running.pid}.\n`)
  return running === undefined ? 1 : 0
}

function notRunning(call: Call): number {
  call.err('nginx not running? (check /var/run/nginx.pid).\n')
  return 1
}
