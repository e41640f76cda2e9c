import { refuse } from '../refuse.ts'
import { complain, fail, type Bastille } from './session.ts'

interface Given {
  flags: Set<string>
  values: Map<string, string>
  words: string[]
}

export interface Script {
  usage: string[]
  /** Letter → long name. */
  flags?: Record<string, string>
  /** Options that take the next word. */
  values?: Record<string, string>
}

/** As each of bastille's scripts reads its options: before the words, letters also in one. */
export async function withOptions(
  bastille: Bastille,
  args: string[],
  script: Script,
  work: (given: Given) => number | Promise<number>,
): Promise<number> {
  const { flags = {}, values = {} } = script
  const given: Given = { flags: new Set(), values: new Map(), words: [] }
  let at = 0
  for (; at < args.length; at++) {
    const word = args[at] ?? ''
    if (['-h', '--help', 'help'].includes(word)) return usage(bastille, script)
    if (!word.startsWith('-')) break
    if (word === '-x' || word === '--debug') return refuse('bastille', 'debug mode is not imitated here')
    const valued = longName(values, word)
    if (valued !== undefined) {
      given.values.set(valued, args[++at] ?? '')
      continue
    }
    const names =
      longName(flags, word) === undefined ? [...word.replaceAll('-', '')].map((letter) => flags[letter]) : [longName(flags, word)]
    for (const name of names) {
      if (name === undefined) return fail(bastille, `[ERROR]: Unknown Option: "${word}"`)
      given.flags.add(name)
    }
  }
  given.words = args.slice(at)
  return work(given)
}

export function usage(bastille: Bastille, { usage: lines }: Script): 1 {
  for (const line of lines) complain(bastille, line)
  return 1
}

function longName(known: Record<string, string>, word: string): string | undefined {
  return Object.entries(known).find(([letter, name]) => word === `-${letter}` || word === `--${name}`)?.[1]
}
