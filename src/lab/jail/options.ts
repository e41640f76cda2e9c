export interface JailOptions {
  create: boolean
  modify: boolean
  remove: boolean
  /** -R: remove without any of the configuration's commands. */
  removeOnly: boolean
  cleanup: boolean
  separator: string | undefined
  file: string | undefined
  quiet: boolean
  verbose: boolean
  printJid: boolean
  operands: string[]
}

export const jailUsage = `usage: jail [-dhilqv] [-J jid_file] [-u username] [-U username]
            -[cmr] param=value ... [command=command ...]
       jail [-dqv] [-f file] -[cmr] [jail]
       jail [-qv] [-f file] -[rR] ['*' | jail ...]
       jail [-dhilqv] [-J jid_file] [-u username] [-U username]
            [-n jailname] [-s securelevel]
            path hostname ip[,...] command ...
       jail [-f file] -e separator
`

/** Not imitated: -d (dying jails) -h (resolve names) -J -l -s -u -U, and the old way of path, hostname, address, command. */
const refused = new Set(['d', 'h', 'J', 'l', 's', 'u', 'U'])
const withValue = new Set(['e', 'f', 'J', 'n', 'p', 's', 'u', 'U'])
const flags = new Set(['c', 'C', 'd', 'h', 'i', 'l', 'm', 'q', 'r', 'R', 'v'])

export type ParsedOptions =
  | { kind: 'options'; options: JailOptions }
  | { kind: 'usage'; message: string }
  | { kind: 'refused'; option: string }

/** getopt(3) over jail(8)'s options. */
export function parseJailOptions(args: string[]): ParsedOptions {
  const seen = new Map<string, string>()
  let at = 0
  for (; at < args.length; at++) {
    const arg = args[at] ?? ''
    if (arg === '--') {
      at++
      break
    }
    if (!arg.startsWith('-') || arg === '-') break
    for (let place = 1; place < arg.length; place++) {
      const letter = arg.charAt(place)
      if (withValue.has(letter)) {
        const value = arg.slice(place + 1) || args[++at]
        if (value === undefined) return { kind: 'usage', message: `jail: option requires an argument -- ${letter}\n${jailUsage}` }
        seen.set(letter, value)
        break
      }
      if (!flags.has(letter)) return { kind: 'usage', message: `jail: illegal option -- ${letter}\n${jailUsage}` }
      seen.set(letter, '')
    }
  }
  return judge(seen, args.slice(at))
}

function judge(seen: Map<string, string>, operands: string[]): ParsedOptions {
  const option = [...seen.keys()].find((letter) => refused.has(letter))
  if (option !== undefined) return { kind: 'refused', option: `-${option}` }
  const options: JailOptions = {
    create: seen.has('c'),
    modify: seen.has('m'),
    remove: seen.has('r'),
    removeOnly: seen.has('R'),
    cleanup: seen.has('C'),
    separator: seen.get('e'),
    file: seen.get('f'),
    quiet: seen.has('q'),
    verbose: seen.has('v'),
    printJid: seen.has('i'),
    operands,
  }
  const doesSomething = ['c', 'm', 'r', 'R', 'C', 'e'].some((letter) => seen.has(letter))
  // -n belongs to the old way of calling jail(8); with any of today's it is a usage error.
  if (seen.has('n') || !doesSomething) return { kind: 'usage', message: jailUsage }
  return { kind: 'options', options }
}
