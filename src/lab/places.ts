import { appendFileSync, writeFileSync } from 'node:fs'
import { setTimeout as wait } from 'node:timers/promises'
import type { Call } from './call.ts'
import type { Host, RunningJail } from './host.ts'
import { errorText, place, resolveInJail, type InJail, type InsideProgram } from './inside/inside.ts'
import { insideProgram } from './inside/programs.ts'
import { toReal, toWritable } from './paths.ts'
import { hostProgram } from './programs.ts'
import { Refusal, refuse } from './refuse.ts'
import { runShellLine, type Where } from './shell-line.ts'
import { findUser, identity } from './users.ts'

/** Programs that are the same on the host and in a jail. */
async function commonProgram(where: Where, argv: string[], call: Call): Promise<number | undefined> {
  const [path = '', ...args] = argv
  switch (path.split('/').at(-1)) {
    case 'sh':
      if (args[0] !== '-c' || args[1] === undefined) return refuse('sh', `sh ${args.join(' ')} is not imitated here`)
      return runShellLine(where, args[1], call)
    case 'true':
      return 0
    case 'false':
      return 1
    case 'echo':
      call.out(args[0] === '-n' ? args.slice(1).join(' ') : `${args.join(' ')}\n`)
      return 0
    case 'env': {
      // What it sets is nothing that a program here would look at.
      const start = args.findIndex((arg) => arg !== '-i' && !/^[A-Za-z_]\w*=/.test(arg))
      if (start < 0) return undefined
      const code = await where.run(args.slice(start), call)
      if (code === undefined) call.err(`env: ${args[start] ?? ''}: No such file or directory\n`)
      return code ?? 127
    }
    case 'sleep':
      await wait(Number(args[0] ?? 0) * 1000, undefined, { signal: call.signal }).catch(() => undefined)
      return 0
    default:
      return undefined
  }
}

export function onHost(host: Host): Where {
  const where: Where = {
    run: async (argv, call) => {
      const common = await commonProgram(where, argv, call)
      if (common !== undefined) return common
      const name = argv[0]?.split('/').at(-1) ?? ''
      const program = hostProgram(name)
      if (program !== undefined) return program(host, { ...call, program: name, args: argv.slice(1) })
      const root = findUser(host.paths.host, 'root')
      if (root !== undefined && argv.length === 1 && name === 'id') {
        call.out(`${identity(root, host.paths.host, host.paths.host)}\n`)
        return 0
      }
      return refuse(name, 'is not imitated on the host')
    },
    write: (path, bytes, append) => write(() => toWritable(host.paths, 'sh', path, '/'), bytes, append),
  }
  return where
}

export function inJail(host: Host, jail: RunningJail): Where {
  const at: InJail = { host, jail, root: toReal(host.paths, jail.path) }
  const where: Where = {
    run: async (argv, call) => {
      const [path = '', ...args] = argv
      if (path.includes('/') && !mayBe(at, path)) return undefined
      const name = path.split('/').at(-1) ?? ''
      if (name === 'sh' && args[0]?.startsWith('/etc/rc')) return insideProgram('rc')?.(at, { ...call, program: 'rc', args })
      const common = await commonProgram(where, argv, call)
      if (common !== undefined) return common
      return (insideProgram(name) ?? ofPackage(at, name))?.(at, { ...call, program: name, args })
    },
    write: (path, bytes, append) => write(() => place(at, path, { write: true }), bytes, append),
  }
  return where
}

/** Packages lay down names without programs: those are refused, while what is not installed does not exist. */
function ofPackage(at: InJail, name: string): InsideProgram | undefined {
  const isThere = ['bin', 'sbin'].some((folder) => resolveInJail(at, `/usr/local/${folder}/${name}`).kind === 'found')
  return isThere && name !== '' ? () => refuse(name, 'the program of a package is not imitated here') : undefined
}

/** A program of the base system is taken to be there; one of a package must have been installed. */
function mayBe(at: InJail, path: string): boolean {
  return /^\/(usr\/)?s?bin\/[^/]+$/.test(path) || resolveInJail(at, path).kind === 'found'
}

function write(find: () => string, bytes: Uint8Array, append: boolean): string | undefined {
  try {
    const put = append ? appendFileSync : writeFileSync
    put(find(), bytes)
    return undefined
  } catch (error) {
    if (error instanceof Refusal) throw error
    return errorText(error)
  }
}
