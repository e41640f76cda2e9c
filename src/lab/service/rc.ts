import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Call } from '../call.ts'
import { rcDefaults } from '../sysrc/defaults.ts'
import { readRcFiles } from '../sysrc/file.ts'

/** What a service's rc script sees: its variables, and how it was called. */
export interface RcContext {
  values: Map<string, string>
  /** `start`, without `one`, `quiet`, … before it. */
  command: string
  /** `one…` and `force…` ask no rc.conf. */
  forced: boolean
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

/** What rc.subr does before a script's own commands. A number: the call has ended with it. */
export function beforeCommand(name: string, summary: string, context: RcContext, call: Call): number | undefined {
  const { values, command, forced } = context
  const variable = `${name}_enable`
  if (command === 'enabled') return isYes(values.get(variable)) ? 0 : 1
  if (command === 'rcvar') {
    call.out(`# ${name} : ${summary}\n#\n${variable}="${values.get(variable) ?? 'NO'}"\n#   (default: "")\n\n`)
    return 0
  }
  if (forced || isYes(values.get(variable))) return undefined
  call.out(`Cannot '${command}' ${name}. Set ${variable} to YES in /etc/rc.conf or use 'one${command}' instead of '${command}'.\n`)
  return 0
}

export function noSuchService(name: string, call: Call): number {
  call.err(`${name} does not exist in /etc/rc.d or the local startup\ndirectories (/usr/local/etc/rc.d), or is not executable\n`)
  return 1
}

export function hasScript(root: string, name: string): boolean {
  return [`etc/rc.d/${name}`, `usr/local/etc/rc.d/${name}`].some((path) => existsSync(join(root, path)))
}
