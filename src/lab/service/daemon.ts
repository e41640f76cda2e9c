import type { Call } from '../call.ts'
import type { InJail } from '../inside/inside.ts'
import { refuse } from '../refuse.ts'
import { startDaemon, type Daemon } from './daemons.ts'
import { beforeCommand, unknownDirective, type RcContext } from './rc.ts'

/** What rc.subr makes of a script that only names a program: start, stop, restart, status, reload where the script has it. */
export function daemonService(at: InJail, daemon: Daemon, context: RcContext, call: Call): number {
  const { name, summary, more, pidFile, before } = daemon
  const running = at.jail.services.get(name)
  const ended = beforeCommand(name, summary, { ...context, isRunning: running !== undefined }, call)
  if (ended !== undefined) return ended
  switch (context.command) {
    case 'status':
      call.out(running === undefined ? `${name} is not running.\n` : `${name} is running as pid ${running.pid}.\n`)
      return running === undefined ? 1 : 0
    case 'start':
      return start(at, daemon, call)
    case 'stop':
      return stop(at, daemon, call)
    case 'restart':
      stop(at, daemon, call)
      return start(at, daemon, call)
    case 'reload':
      if (!more.includes('reload')) break
      if (running !== undefined) return 0
      call.err(`${name} not running? (check ${pidFile}).\n`)
      return 1
    case 'configtest':
      if (!more.includes('configtest')) break
      call.out(before)
      return 0
    case 'extracommands':
      call.out(`${more.join(' ')}\n`)
      return 0
  }
  if (more.includes(context.command) || context.command === 'poll')
    return refuse('service', `${name} ${context.command} is not imitated here`)
  return unknownDirective(context, more, call)
}

function start(at: InJail, daemon: Daemon, call: Call): number {
  const { name, before } = daemon
  const running = at.jail.services.get(name)
  if (running !== undefined) {
    call.err(`${name} already running?  (pid=${running.pid}).\n`)
    return 1
  }
  startDaemon(at, daemon)
  call.out(`${before}Starting ${name}.\n`)
  return 0
}

export function stop(at: InJail, { name, pidFile, isQuick }: Daemon, call: Call): number {
  const running = at.jail.services.get(name)
  if (running === undefined) {
    call.err(`${name} not running? (check ${pidFile}).\n`)
    return 1
  }
  at.jail.services.delete(name)
  call.out(`Stopping ${name}.\n${isQuick ? '' : `Waiting for PIDS: ${running.pid}.\n`}`)
  return 0
}
