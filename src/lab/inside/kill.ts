import { runningNginx, stopNginx } from '../nginx/nginx.ts'
import { signal } from '../real.ts'
import { refuse } from '../refuse.ts'
import type { InsideProgram } from './inside.ts'

const ending = new Set(['TERM', '15', 'KILL', '9', 'INT', '2', 'QUIT', '3'])
const harmless = new Set(['HUP', '1', 'USR1', '30', 'USR2', '31', '0'])

/** `kill [-SIGNAL] PID…`: only nginx is a real process; the other daemons end by their name being struck out. */
export const kill: InsideProgram = async (at, call) => {
  const [first = '', ...more] = call.args
  const named = /^-(?:s)?(?:SIG)?([A-Z0-9]+)$/.exec(first)?.[1]
  const name = named ?? 'TERM'
  if (!ending.has(name) && !harmless.has(name)) return refuse('kill', `${first} is not imitated here`)
  let code = 0
  for (const text of named === undefined ? call.args : more) {
    const found = [...at.jail.services].find(([, { pid }]) => String(pid) === text)
    if (found === undefined) {
      call.err(`kill: ${text}: No such process\n`)
      code = 1
    } else if (found[0] !== 'nginx') {
      if (ending.has(name)) at.jail.services.delete(found[0])
    } else if (harmless.has(name)) signal(found[1].pid, name === 'HUP' || name === '1' ? 'SIGHUP' : 'SIGUSR1')
    else await end(at, name)
  }
  return code
}

async function end(at: Parameters<InsideProgram>[0], name: string): Promise<void> {
  const nginx = runningNginx(at.jail)
  if (nginx === undefined) return
  const how = name === 'KILL' || name === '9' ? 'SIGKILL' : name === 'QUIT' || name === '3' ? 'SIGQUIT' : 'SIGTERM'
  await stopNginx(at, nginx, how)
}
