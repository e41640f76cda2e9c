import { statSync } from 'node:fs'
import { subCall, type Call } from './call.ts'
import type { Host, RunningJail } from './host.ts'
import { toReal } from './paths.ts'
import { inJail } from './places.ts'
import { refuse } from './refuse.ts'

/** chroot(8): the programs of a jail with this root. A daemon that was started so would be the host's: refused. */
export async function chroot(host: Host, call: Call): Promise<number> {
  const words = [...call.args]
  while (words[0] === '-n' || words[0] === '-u') {
    const flag = words.shift()
    const user = flag === '-u' ? words.shift() : 'root'
    if (user !== 'root') return refuse('chroot', `as ${user ?? ''} is not imitated here`)
  }
  const [root = '', ...argv] = words
  if (root.startsWith('-') || root === '') return refuse('chroot', `${call.args.join(' ')} is not imitated here`)
  const found = statSync(toReal(host.paths, root, call.cwd), { throwIfNoEntry: false })
  if (!found?.isDirectory()) {
    call.err(`chroot: ${root}: ${found === undefined ? 'No such file or directory' : 'Not a directory'}\n`)
    return 1
  }
  const [program = '', ...rest] = argv
  if (argv.length === 0) return refuse('chroot', 'without a command (an interactive shell) is not imitated here')
  const name = program.split('/').at(-1) ?? ''
  if ((name === 'service' && /^(one|force|quiet)?(re)?start$/.test(rest[1] ?? '')) || (name === 'sh' && rest[0]?.startsWith('/etc/rc')))
    return refuse('chroot', `${argv.join(' ')} would start daemons on the host: not imitated here`)
  const code = await inJail(host, nobody(host, toReal(host.paths, root, call.cwd))).run(argv, subCall(call, program, rest))
  if (code !== undefined) return code
  call.err(`chroot: ${program}: No such file or directory\n`)
  return 127
}

/** No jail: what its programs ask of one is the host's. */
function nobody(host: Host, path: string): RunningJail {
  return {
    jid: 0,
    name: '0',
    path,
    hostname: host.sysctls.get('kern.hostname') ?? '',
    addresses: [],
    persist: true,
    cpuset: 0,
    values: new Map(),
    meta: '',
    env: '',
    services: new Map(),
    interfaces: [],
    starting: false,
  }
}
