import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Call } from '../call.ts'
import { refuse } from '../refuse.ts'
import { rcDefaults } from '../sysrc/defaults.ts'
import { readRcFiles, removeFromFile, setInFile } from '../sysrc/file.ts'
import { wordsOf } from '../words.ts'

/** What a service's rc script sees: its variables, and how it was called. */
export interface RcContext {
  values: Map<string, string>
  /** `start`, without `one`, `quiet`, … before it. */
  command: string
  /** `one…` and `force…` ask no rc.conf. */
  forced: boolean
  /** The path of the script, for messages. */
  script?: string
  /** rc.conf, for `enable` and `disable`: its real place, to be asked for only when it will be written. */
  rcConf?: () => string
  /** `stop` asks rc.conf only when nothing runs. */
  isRunning?: boolean
}

export function isYes(value: string | undefined): boolean {
  return /^(yes|true|on|1)$/i.test(value ?? '')
}

export interface RcFile {
  real: string
  shown: string
}

/** Reads rc.conf for one service; undefined: it has a syntax error, which has been said (exit code 2). */
export function readForService(files: RcFile[], call: Call): Map<string, string> | undefined {
  const read = readRcFiles(files, rcDefaults)
  if (read.kind === 'read') return read.values
  call.err(`${read.shown}: ${read.line}: Syntax error: ${read.message}\n`)
  return undefined
}

export function splitCommand(word: string): { command: string; forced: boolean } {
  const prefix = /^(one|force|quiet|fast)(?=.)/.exec(word)?.[1]
  return { command: prefix === undefined ? word : word.slice(prefix.length), forced: prefix === 'one' || prefix === 'force' }
}

/** Commands that ask no rc.conf. */
const free = new Set(['rcvar', 'delete', 'enable', 'describe', 'status'])

/** What rc.subr does before a script's own commands. A number: the call has ended with it. */
export function beforeCommand(name: string, summary: string, context: RcContext, call: Call): number | undefined {
  const { values, command, forced, isRunning = false } = context
  const variable = `${name}_enable`
  const isEnabled = isYes(values.get(variable))
  if (command === 'enabled') return isEnabled ? 0 : 1
  if (command === '') return usage(context, [], call)
  const asks = !free.has(command) && !(command === 'stop' && isRunning)
  if (asks && !forced && !isEnabled) {
    call.out(`Cannot '${command}' ${name}. Set ${variable} to YES in /etc/rc.conf or use 'one${command}' instead of '${command}'.\n`)
    return 0
  }
  if (command === 'rcvar') {
    call.out(`# ${name}${summary === '' ? '' : ` : ${summary}`}\n#\n${variable}="${values.get(variable) ?? 'NO'}"\n#   (default: "")\n\n`)
    return 0
  }
  if (command === 'describe') call.out(summary === '' ? '' : `${summary}\n`)
  else if (command === 'enable' || command === 'disable' || command === 'delete') return setEnabled(name, context, call)
  else return undefined
  return 0
}

function setEnabled(name: string, { command, rcConf, values }: RcContext, call: Call): number {
  const variable = `${name}_enable`
  const file = rcConf?.() ?? refuse('service', `${name} ${command} is not imitated here`)
  if (command !== 'delete') {
    setInFile(file, variable, command === 'enable' ? 'YES' : 'NO')
    call.out(`${name} ${command}d in /etc/rc.conf\n`)
    return 0
  }
  const wasThere = removeFromFile(file, variable)
  if (wasThere || values.has(variable)) call.out(`${variable} deleted in ${wasThere ? '/etc/rc.conf' : ''}\n`)
  else call.err(`sysrc: unknown variable '${variable}'\n`)
  return 0
}

const everyScript = wordsOf('start stop restart rcvar enable disable delete enabled describe extracommands')

export function unknownDirective(context: RcContext, more: string[], call: Call): number {
  call.err(`${context.script ?? ''}: unknown directive '${context.command}'.\n`)
  return usage(context, more, call)
}

function usage({ script = '' }: RcContext, more: string[], call: Call): number {
  call.err(`Usage: ${script} [fast|force|one|quiet](${[...everyScript, ...more, 'status', 'poll'].join('|')})\n`)
  return 1
}

export function noSuchService(name: string, call: Call): number {
  call.err(`${name} does not exist in /etc/rc.d or the local startup\ndirectories (/usr/local/etc/rc.d), or is not executable\n`)
  return 1
}

export function hasScript(root: string, name: string): boolean {
  return [`etc/rc.d/${name}`, `usr/local/etc/rc.d/${name}`].some((path) => existsSync(join(root, path)))
}
