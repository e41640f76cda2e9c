import { appendFileSync, existsSync } from 'node:fs'
import type { Call } from '../call.ts'
import type { Host, RunningJail } from '../host.ts'
import { valueOf, valuesOf, type JailConfig } from '../jail-conf/jails.ts'
import { toReal, toWritable } from '../paths.ts'
import { inJail, onHost } from '../places.ts'
import { runShellLine, type Where } from '../shell-line.ts'
import { hasUser } from '../users.ts'

const needsShell = /[!"$&'()*;<>?[\\\]`{|}~]/

/** Runs the commands of one exec.* parameter, one after the other; false: one of them failed, and that has been said. */
export async function runCommands(
  host: Host,
  config: JailConfig,
  parameter: string,
  call: Call,
  verbose: boolean,
  jail?: RunningJail,
): Promise<boolean> {
  for (const text of valuesOf(config, parameter)) {
    if (text === '') continue
    const argv = needsShell.test(text) ? ['/bin/sh', '-c', text] : text.split(/[ \t\n]+/).filter((word) => word !== '')
    const shown = argv.join(' ')
    if (verbose) call.out(`${config.name}: run command${jail === undefined ? '' : ' in jail'}: ${shown}\n`)
    if (!(await runOne(host, config, argv, call, jail))) {
      return false
    }
  }
  return true
}

async function runOne(host: Host, config: JailConfig, argv: string[], call: Call, jail: RunningJail | undefined): Promise<boolean> {
  const shown = argv.join(' ')
  const problem = findProblem(host, config, jail)
  if (problem !== undefined) {
    call.err(`jail: ${config.name}: ${problem}\njail: ${config.name}: ${shown}: failed\n`)
    return false
  }
  const { streams, finish } = consoleLog(host, config, call, jail)
  const seconds = Number(valueOf(config, 'exec.timeout') ?? 0)
  const limit = seconds > 0 ? AbortSignal.timeout(seconds * 1000) : undefined
  const signal = limit === undefined ? call.signal : AbortSignal.any([call.signal, limit])
  const where = jail === undefined ? onHost(host) : inJail(host, jail)
  const code = await runArgv(where, argv, { ...streams, signal })
  finish()
  if (limit?.aborted) call.err(`jail: ${config.name}: ${shown}: timed out\n`)
  else if (code === undefined)
    call.err(`jail: ${config.name}: exec ${argv[0] ?? ''}: No such file or directory\njail: ${config.name}: ${shown}: failed\n`)
  else if (code !== 0) call.err(`jail: ${config.name}: ${shown}: failed\n`)
  return code === 0 && limit?.aborted !== true
}

function runArgv(where: Where, argv: string[], call: Call): Promise<number | undefined> {
  if (argv[0] === '/bin/sh' && argv[1] === '-c') return runShellLine(where, argv[2] ?? '', call)
  return where.run(argv, call)
}

function findProblem(host: Host, config: JailConfig, jail: RunningJail | undefined): string | undefined {
  if (jail === undefined) return undefined
  const root = toReal(host.paths, jail.path)
  if (!existsSync(root)) return `chdir ${jail.path}: No such file or directory`
  const jailUser = valueOf(config, 'exec.jail_user')
  if (jailUser !== undefined && !hasUser(root, jailUser)) return `${jailUser}: no such user`
  const hostUser = valueOf(config, 'exec.system_jail_user') === undefined ? undefined : valueOf(config, 'exec.system_user')
  if (hostUser !== undefined && !hasUser(host.paths.host, hostUser)) return `${hostUser}: no such user`
  return undefined
}

/** exec.consolelog takes what commands in the jail print. */
function consoleLog(host: Host, config: JailConfig, call: Call, jail: RunningJail | undefined): { streams: Call; finish: () => void } {
  const log = valueOf(config, 'exec.consolelog')
  if (log === undefined || jail === undefined) return { streams: call, finish: () => undefined }
  const chunks: Buffer[] = []
  const keep = (text: string | Uint8Array) => void chunks.push(Buffer.from(text))
  const place = () => toWritable(host.paths, 'jail', log, '/')
  place()
  return { streams: { ...call, out: keep, err: keep }, finish: () => appendFileSync(place(), Buffer.concat(chunks)) }
}
