import type { ObservedFacts } from '../../core/host.ts'
import type { Shell } from '../shell.ts'
import { ask, lastLine, notReady } from './ask.ts'
import type { Configuration } from './configured-jails.ts'

/** What rc.conf says of the jails at boot. */
export async function observeBoot(shell: Shell, configuration: Promise<Configuration>): Promise<ObservedFacts['boot']> {
  const [list, enable, { inJailConf }] = await Promise.all([
    rcVariable(shell, 'jail_list'),
    rcVariable(shell, 'jail_enable'),
    configuration,
  ])
  return { list: wordsOf(list), jailEnable: isYes(enable), ...inJailConf }
}

/** One empty word stands for a list of blanks: rc.d/jail then starts nobody, where an empty list starts all of jail.conf. */
function wordsOf(list: string): string[] {
  return list === '' ? [] : list.trim().split(/\s+/)
}

export function startsAtBoot(boot: ObservedFacts['boot'], name: string): boolean {
  return boot.jailEnable && (boot.list.length === 0 ? boot.configured : boot.list).includes(name)
}

/** A variable that nobody ever set is empty. @throws host_not_ready, for instance while rc.conf has a syntax error */
export async function rcVariable(shell: Shell, name: string): Promise<string> {
  const argv = ['sysrc', '-n', name]
  const { exitCode, stdout, stderr } = await ask(shell, argv)
  if (exitCode === 0) return stdout.replace(/\n$/, '')
  if (stderr.includes('unknown variable')) return ''
  throw notReady(argv, lastLine(stderr) || `it ended with ${exitCode}`)
}

/** As rc.subr's checkyesno. */
export function isYes(value: string): boolean {
  return /^(yes|true|on|1)$/i.test(value)
}
