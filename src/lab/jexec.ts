import { findJail, type Host } from './host.ts'
import { hasUser } from './jail/commands.ts'
import { toReal } from './paths.ts'
import { inJail } from './places.ts'
import { refuseOption } from './refuse.ts'
import { subCall, type Call } from './call.ts'

/** jexec(8). -l (a clean environment) changes nothing here: the jail's programs never see the caller's. */
export async function jexec(host: Host, call: Call): Promise<number> {
  const { args } = call
  let user: { name: string; onHost: boolean } | undefined
  let at = 0
  for (; at < args.length && (args[at] ?? '').startsWith('-'); at++) {
    const flag = args[at] ?? ''
    if (flag === '-U' || flag === '-u') user = { name: args[++at] ?? '', onHost: flag === '-u' }
    else if (flag !== '-l') return refuseOption('jexec', flag)
  }
  const [wanted = '', ...argv] = args.slice(at)
  const jail = findJail(host, wanted)
  if (jail === undefined) return fail(call, `jail ${/^[0-9]+$/.test(wanted) ? wanted : `"${wanted}"`} not found`)
  if (user !== undefined && !hasUser(user.onHost ? host.paths.host : toReal(host.paths, jail.path), user.name)) {
    return fail(call, `${user.name}: no such user`)
  }
  if (user !== undefined && user.name !== 'root') return refuseOption('jexec', `-U ${user.name}`)
  if (argv.length === 0) return refuseOption('jexec', 'without a command (an interactive shell)')
  const [program = '', ...rest] = argv
  const code = await inJail(host, jail).run(argv, subCall(call, program, rest))
  return code ?? fail(call, `execvp: ${program}: No such file or directory`)
}

function fail(call: Call, message: string): 1 {
  call.err(`jexec: ${message}\n`)
  return 1
}
