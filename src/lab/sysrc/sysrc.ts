import type { Call } from '../call.ts'
import { findJail, type Host } from '../host.ts'
import { place, type InJail } from '../inside/inside.ts'
import { toReal, toWritable } from '../paths.ts'
import { refuse, refuseOption } from '../refuse.ts'
import { rcDefaults } from './defaults.ts'
import { readRcFiles, removeFromFile, setInFile } from './file.ts'

interface Options {
  flags: Set<string>
  file: string | undefined
  jail: string | undefined
  words: string[]
}

interface Target {
  real: string
  shown: string
}

/** sysrc(8) on the host. */
export function sysrc(host: Host, call: Call): number {
  const options = parse(call.args)
  if (options.jail !== undefined) {
    const jail = findJail(host, options.jail)
    if (jail !== undefined) return sysrcInJail({ host, jail, root: toReal(host.paths, jail.path) }, call)
    call.err(`jexec: jail ${/^[0-9]+$/.test(options.jail) ? options.jail : `"${options.jail}"`} not found\n`)
    return 1
  }
  const shown = options.file ?? '/etc/rc.conf'
  return run(options, { real: toWritable(host.paths, 'sysrc', shown, call.cwd), shown }, call)
}

/** Inside a jail: its own rc.conf, and no symlink in it leads out. */
export function sysrcInJail(at: InJail, call: Call): number {
  const options = parse(call.args)
  const shown = options.file ?? '/etc/rc.conf'
  const write = options.flags.has('x') || options.words.some((word) => word.includes('='))
  return run(options, { real: place(at, shown, { write }), shown }, call)
}

function parse(args: string[]): Options {
  const options: Options = { flags: new Set(), file: undefined, jail: undefined, words: [] }
  for (let at = 0; at < args.length; at++) {
    const arg = args[at] ?? ''
    if (options.words.length > 0 || !/^-./.test(arg)) {
      options.words.push(arg)
      continue
    }
    for (let spot = 1; spot < arg.length; spot++) {
      const letter = arg.charAt(spot)
      if (letter === 'f' || letter === 'j') {
        const value = arg.slice(spot + 1) || (args[++at] ?? '')
        if (letter === 'f') options.file = value
        else options.jail = value
        break
      }
      if (!'aceinqx'.includes(letter)) return refuseOption('sysrc', `-${letter}`)
      options.flags.add(letter)
    }
  }
  return options
}

function run(options: Options, target: Target, call: Call): number {
  const { flags, words } = options
  const read = () => readRcFiles([target], rcDefaults)
  const now = read()
  if (now.kind === 'syntax') {
    call.err(`${now.shown}: ${now.line}: Syntax error: ${now.message}\nsysrc: Exiting due to previous syntax errors\n`)
    return 1
  }
  // The real one would run them, as root; that is why nobody should call it on a jail's file from outside.
  if (now.commands.length > 0) return refuse('sysrc', `${target.shown} holds commands, which are not run here: ${now.commands[0] ?? ''}`)
  if (flags.has('a')) return showAll(target, flags, call)
  let code = 0
  for (const word of words) code = one(word, flags, target, call) || code
  return code
}

function one(word: string, flags: Set<string>, target: Target, call: Call): number {
  const values = valuesOf(target)
  const [, name = '', operator, right = ''] = /^([^=+-]*)(\+=|-=|=)?([^]*)$/.exec(word) ?? []
  const before = values.get(name)
  if (operator !== undefined && !/^[A-Za-z0-9_]+$/.test(name))
    return complain(call, `sysrc: ${name}: name contains characters not allowed in shell`)
  if (flags.has('x')) {
    if (removeFromFile(target.real, name) || rcDefaults.has(name)) return 0
    return unknown(call, name, flags)
  }
  if (operator === undefined) return before === undefined ? unknown(call, name, flags) : show(call, name, before, flags)
  const wanted = operator === '=' ? right : operator === '+=' ? added(before ?? '', right) : removed(before ?? '', right)
  if (flags.has('c')) return before === wanted ? 0 : 1
  setInFile(target.real, name, wanted)
  const after = valuesOf(target).get(name) ?? ''
  if (flags.has('n')) call.out(`${after}\n`)
  else call.out(flags.has('e') ? `${name}="${after}"\n` : `${name}: ${before ?? ''} -> ${after}\n`)
  return 0
}

/** Nothing when the file can no longer be read: then sysrc shows an empty value. */
function valuesOf(target: Target): Map<string, string> {
  const read = readRcFiles([target], rcDefaults)
  return read.kind === 'read' && read.commands.length === 0 ? read.values : new Map()
}

function show(call: Call, name: string, value: string, flags: Set<string>): number {
  call.out(flags.has('n') ? `${value}\n` : flags.has('e') ? `${name}="${value}"\n` : `${name}: ${value}\n`)
  return 0
}

function unknown(call: Call, name: string, flags: Set<string>): number {
  return flags.has('i') || flags.has('q') ? 1 : complain(call, `sysrc: unknown variable '${name}'`)
}

function showAll(target: Target, flags: Set<string>, call: Call): number {
  const set = readRcFiles([target])
  if (set.kind === 'read')
    for (const [name, value] of [...set.values].toSorted(([first], [second]) => (first < second ? -1 : 1))) show(call, name, value, flags)
  return 0
}

/** += leaves out what is there already. */
function added(before: string, right: string): string {
  let value = before
  for (const word of listOf(right)) if (!listOf(value).includes(word)) value = `${value} ${word}`.replace(/^ /, '')
  return value
}

function removed(before: string, right: string): string {
  return listOf(before)
    .filter((word) => !listOf(right).includes(word))
    .join(' ')
}

function listOf(text: string): string[] {
  return text.split(/\s+/).filter((word) => word !== '')
}

function complain(call: Call, message: string): 1 {
  call.err(`${message}\n`)
  return 1
}
