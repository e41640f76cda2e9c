import { existsSync, readFileSync } from 'node:fs'
import type { Call } from '../call.ts'
import type { Host } from '../host.ts'
import { runReal } from '../real.ts'

/** haproxy(1): the machine's real one, on files that name their real places. What it leaves running ends with the lab. */
export async function haproxyOnHost(host: Host, { args, out, err }: Call): Promise<number> {
  const { code, text } = await runReal('haproxy', args, { cwd: '/' })
  const say = args.some((arg) => arg === '-v' || arg === '-vv') ? out : err
  say(text)
  const pidFile = args[args.indexOf('-p') + 1] ?? ''
  if (!args.includes('-D') || !args.includes('-p') || !existsSync(pidFile)) return code
  for (const pid of readFileSync(pidFile, 'utf8').split(/\s+/).map(Number)) if (pid > 1) host.guard.add(`haproxy-${pid}`, pid)
  return code
}
