import { findJail, type Host } from './host.ts'
import { toReal } from './paths.ts'
import { inJail } from './places.ts'
import { refuse, refuseOption } from './refuse.ts'
import { subCall, type Call } from './call.ts'
import { findUser, hasUser, identity } from './users.ts'

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
  const root = toReal(host.paths, jail.path)
  const home = user?.onHost ? host.paths.host : root
  if (user !== undefined && !hasUser(home, user.name)) return fail(call, `${user.name}: no such user`)
  if (argv.length === 0) return refuseOption('jexec', 'without a command (an interactive shell)')
  if (user !== undefined && user.name !== 'root') return asOther(call, user.name, home, root, argv)
  const [program = '', ...rest] = argv
  const code = await inJail(host, jail).run(argv, subCall(call, program, rest))
  return code ?? fail(call, `execvp: ${program}: No such file or directory`)
}

/** Programs run with the lab's own rights: another user is imitated only where that makes no difference. */
function asOther(call: Call, name: string, home: string, root: string, argv: string[]): number {
  const user = findUser(home, name)
  const line = argv.join(' ')
  if (user !== undefined && line === 'id') call.out(`${identity(user, home, root)}\n`)
  else if (user !== undefined && line === 'id -u') call.out(`${user.uid}\n`)
  else if (line !== 'true') refuse('jexec', `${line} as ${name} is not imitated here`)
  return 0
}

function fail(call: Call, message: string): 1 {
  call.err(`jexec: ${message}\n`)
  return 1
}
