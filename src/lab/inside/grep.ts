import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { Refusal, refuse, refuseOption } from '../refuse.ts'
import { errorText, place, type InJail, type InsideProgram } from './inside.ts'
import { linesOf } from './text.ts'

interface Wish {
  flags: Set<string>
  pattern: string
  paths: string[]
}

/** grep(1): -n -i -F -E -c -v -q -l -h -H -w -o -r -s -e. 0 found, 1 not, 2 trouble. */
export const grep: InsideProgram = async (at, call) => {
  const { flags, pattern, paths } = parse(call.args)
  const matcher = compile(pattern, flags)
  let code = 1
  const files = flags.has('r') ? paths.flatMap((path) => filesBelow(at, path)) : paths
  const isNamed = flags.has('H') || ((files.length > 1 || flags.has('r')) && !flags.has('h'))
  const search = (text: string, path: string) => {
    const prefix = isNamed ? `${path}:` : ''
    const hits = linesOf(text).flatMap((line, index) =>
      matcher.test(line.replace(/\n$/, '')) === flags.has('v') ? [] : [{ line, number: index + 1 }],
    )
    if (hits.length > 0 && code === 1) code = 0
    if (flags.has('q')) return
    if (flags.has('c')) call.out(`${prefix}${hits.length}\n`)
    else if (flags.has('l')) call.out(hits.length > 0 ? `${path}\n` : '')
    else for (const { line, number } of hits) call.out(`${prefix}${flags.has('n') ? `${number}:` : ''}${shown(line, matcher, flags)}`)
  }
  if (files.length === 0) search((await call.input()).toString(), '(standard input)')
  for (const path of files) {
    try {
      search(readFileSync(place(at, path), 'utf8'), path)
    } catch (error) {
      if (error instanceof Refusal) throw error
      if (!flags.has('s')) call.err(`grep: ${path}: ${errorText(error)}\n`)
      code = 2
    }
  }
  return code
}

function parse(args: string[]): Wish {
  const flags = new Set<string>()
  let pattern: string | undefined
  let at = 0
  for (; at < args.length; at++) {
    const arg = args[at] ?? ''
    if (arg === '--') {
      at++
      break
    }
    if (arg === '-e') pattern = args[++at] ?? ''
    else if (!/^-./.test(arg)) break
    else
      for (const letter of arg.slice(1)) {
        if (!'niFEcvqlhHwors'.includes(letter)) refuseOption('grep', `-${letter}`)
        flags.add(letter)
      }
  }
  const rest = args.slice(at)
  return { flags, pattern: pattern ?? rest[0] ?? '', paths: pattern === undefined ? rest.slice(1) : rest }
}

/** Extended expressions are nearly JavaScript's; in basic ones the signs mean themselves unless escaped. */
function compile(pattern: string, flags: Set<string>): RegExp {
  if (/\\[dbBsSwW<>]|\[\[:/.test(pattern) && !flags.has('F')) refuse('grep', `the pattern ${pattern} is not imitated here`)
  const source = flags.has('F')
    ? pattern.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)
    : flags.has('E')
      ? pattern
      : pattern.replaceAll(/\\?[+?(){}|]/g, (sign) => (sign.length === 2 ? sign.charAt(1) : `\\${sign}`))
  return new RegExp(flags.has('w') ? `(?<!\\w)(?:${source})(?!\\w)` : source, flags.has('i') ? 'i' : '')
}

function shown(line: string, matcher: RegExp, flags: Set<string>): string {
  return flags.has('o') ? `${matcher.exec(line)?.[0] ?? ''}\n` : line.endsWith('\n') ? line : `${line}\n`
}

function filesBelow(at: InJail, path: string): string[] {
  const real = place(at, path, { mustExist: true })
  if (!statSync(real).isDirectory()) return [path]
  return readdirSync(real, { withFileTypes: true })
    .toSorted((one, other) => (one.name < other.name ? -1 : 1))
    .flatMap((entry) => (entry.isSymbolicLink() ? [] : filesBelow(at, join(path, entry.name))))
}
