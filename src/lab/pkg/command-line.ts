import { statSync } from 'node:fs'
import type { Call } from '../call.ts'
import { findJail, type Host, type RunningJail } from '../host.ts'
import { toReal, toWritable } from '../paths.ts'
import { refuse } from '../refuse.ts'
import type { Root } from '../root-files.ts'

/** A call of pkg on one root, with what its commands need to know. */
export interface PkgCall {
  host: Host
  root: Root
  /** What stands before each line of work: a jail's host name. */
  prefix: string
  /** -y, or ASSUME_ALWAYS_YES. */
  yes: boolean
  repositoryFolder: string | undefined
  call: Call
}

interface Globals {
  values: Map<string, string>
  settings: Map<string, string>
  activation: boolean
  showsVersion: boolean
  rest: string[]
}

const taking: Record<string, string> = {
  '-j': 'jail',
  '--jail': 'jail',
  '-r': 'root',
  '--rootdir': 'root',
  '-R': 'repositories',
  '--repo-conf-dir': 'repositories',
  '-o': 'option',
  '--option': 'option',
  '-c': 'chroot',
  '--chroot': 'chroot',
}

/** What stands before the command. */
export function parseGlobals(args: string[]): Globals {
  const found: Globals = { values: new Map(), settings: new Map(), activation: false, showsVersion: false, rest: [] }
  for (let at = 0; at < args.length; at++) {
    const arg = args[at] ?? ''
    const [, head = arg, joined] = /^(--[a-z-]+)=(.*)$/.exec(arg) ?? /^(-[jrRoc])(.+)$/.exec(arg) ?? []
    const name = taking[head]
    if (name !== undefined) {
      const value = joined ?? args[++at] ?? ''
      if (name === 'option') found.settings.set(...keyValue(value))
      else found.values.set(name, value)
    } else if (arg === '-N') found.activation = true
    else if (arg === '-v' || arg === '--version') found.showsVersion = true
    else if (arg.startsWith('-')) refuse('pkg', `option ${arg} is not imitated here`)
    else {
      found.rest = args.slice(at)
      break
    }
  }
  return found
}

function keyValue(text: string): [string, string] {
  const at = text.indexOf('=')
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)]
}

/** The root that is meant; undefined: there is none, which has been said. */
export function openRoot(
  host: Host,
  { values, settings }: Globals,
  call: Call,
  inside?: { jail: RunningJail; root: Root },
): PkgCall | undefined {
  const base = { host, yes: settings.get('ASSUME_ALWAYS_YES')?.toLowerCase() === 'yes', repositoryFolder: values.get('repositories'), call }
  if (inside !== undefined) return { ...base, root: inside.root, prefix: prefixOf(inside.jail) }
  const name = values.get('jail')
  const folder = values.get('root') ?? values.get('chroot')
  if (name !== undefined && folder !== undefined) {
    call.err('pkg: -j, -c and/or -r cannot be used at the same time!\n')
    return undefined
  }
  if (name !== undefined) {
    const jail = findJail(host, name)
    if (jail !== undefined) return { ...base, root: { host, folder: toReal(host.paths, jail.path) }, prefix: prefixOf(jail) }
    call.err(`pkg: jail ${/^[0-9]+$/.test(name) ? name : `"${name}"`} not found\n`)
    return undefined
  }
  if (folder === undefined) return { ...base, root: { host, folder: host.paths.host }, prefix: '' }
  if (!isFolder(host, folder, call.cwd)) {
    call.err('pkg: Invalid rootdir: No such file or directory\n')
    return undefined
  }
  toWritable(host.paths, 'pkg', `${folder}/.`, call.cwd)
  return { ...base, root: { host, folder: toReal(host.paths, folder, call.cwd) }, prefix: '' }
}

/** 0 is no jail but a chroot. */
function prefixOf(jail: RunningJail): string {
  return jail.jid === 0 || jail.hostname === '' ? '' : `[${jail.hostname}] `
}

function isFolder(host: Host, path: string, cwd: string): boolean {
  return statSync(toReal(host.paths, path, cwd), { throwIfNoEntry: false })?.isDirectory() === true
}

export interface Words {
  flags: Set<string>
  values: Map<string, string>
  words: string[]
}

/** What stands after the command: letters alone or together, some with a value (`-r REPOSITORY`). */
export function parseWords(command: string, args: string[], letters: string, withValue = ''): Words {
  const parsed: Words = { flags: new Set(), values: new Map(), words: [] }
  for (let at = 0; at < args.length; at++) {
    const arg = args[at] ?? ''
    if (!/^-./.test(arg)) {
      parsed.words.push(...args.slice(at))
      break
    }
    if (arg.startsWith('--')) refuse('pkg', `${command} ${arg} is not imitated here`)
    for (let spot = 1; spot < arg.length; spot++) {
      const letter = arg.charAt(spot)
      if (withValue.includes(letter)) {
        parsed.values.set(letter, arg.slice(spot + 1) || (args[++at] ?? ''))
        break
      }
      if (!letters.includes(letter)) refuse('pkg', `${command} -${letter} is not imitated here`)
      parsed.flags.add(letter)
    }
  }
  return parsed
}
