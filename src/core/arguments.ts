import { z } from 'zod'
import { type Command, commonArguments } from './command.ts'
import { JailopsError } from './errors.ts'
import { oncePer } from './once-per.ts'
import { offeredOptions, optionsOf } from './options.ts'
import { typedWord } from './split-words.ts'
import { didYouMean } from './suggest.ts'

export interface ParsedArguments {
  args: Record<string, unknown>
  host?: string
  dryRun: boolean
  /** As it was typed; parseUntil makes a moment of it. */
  until?: string
}

/** The command that the first words name, and the words that are left. @throws unknown_command */
export function findCommand(commands: readonly Command[], words: readonly string[]): { command: Command; rest: string[] } {
  for (let length = 3; length > 0; length--) {
    const path = words.slice(0, length).join(' ').toLowerCase()
    const command = words.length >= length ? commands.find((candidate) => candidate.path === path) : undefined
    if (command !== undefined) return { command, rest: words.slice(length) }
  }
  const paths = commands.map((command) => command.path)
  const typed = words.slice(0, 2).join(' ')
  const hint = didYouMean(typed.toLowerCase(), paths) || behind(paths, words.slice(0, 2)) || behind(paths, words.slice(0, 1))
  throw new JailopsError('unknown_command', `I know no command ${shown(typed) || '(nothing)'}.${hint} /help lists them.`)
}

/** What may follow these words. */
function behind(paths: readonly string[], words: readonly string[]): string {
  const beginning = words.join(' ').toLowerCase()
  const next = paths.flatMap((path) => (path.startsWith(`${beginning} `) ? [path.slice(beginning.length + 1).split(' ')[0] ?? ''] : []))
  return next.length === 0 ? '' : ` After ${beginning} comes one of: ${[...new Set(next)].join(', ')}.`
}

/** `blog ip:10.0.0.5`, `--ip 10.0.0.5`, `ip=10.0.0.5` → the same record that typed options give. */
export function argumentsFromWords(command: Command, words: readonly string[]): Record<string, unknown> {
  const kinds = argumentKinds(command)
  const positional = Object.keys(command.args.shape)
  const given: Record<string, unknown> = {}
  const put = (key: string, value: unknown) => {
    if (key in given) throw new JailopsError('usage', `${key} is given twice.`)
    given[key] = value
  }
  const known = (word: string) => {
    const key = camelCase(word)
    if (kinds.has(key)) return key
    throw new JailopsError(
      'usage',
      `${command.path} has no option ${shown(word)}.${didYouMean(key, [...kinds.keys()])} It takes: ${offeredOptions(command)
        .map(({ label }) => label)
        .join(', ')}.`,
    )
  }
  const rest: string[] = []
  // of `nginx -t`, `env A=b` and `rsync --timeout 5` nothing is ours; who says dry-run, however it is written, means it
  const isOwn = (word: string) => {
    const key = camelCase(/^(?:--)?([A-Za-z][A-Za-z-]*)(?:[:=]|$)/.exec(word)?.[1] ?? '')
    return key === 'dryRun' ? word !== 'dryRun' && word !== 'dry-run' : /^[A-Za-z-]+:/.test(word) && kinds.has(key)
  }
  for (let index = 0; index < words.length; index++) {
    const word = words[index] ?? ''
    const long = /^--([A-Za-z][A-Za-z-]*)(?:=(.*))?$/s.exec(word)
    const pair = /^([A-Za-z][A-Za-z-]*)[:=](.*)$/s.exec(word)
    if (
      command.rest !== undefined &&
      !isOwn(word) &&
      (rest.length > 0 || (pair === null && takesNext(command.rest, positional, given, word)))
    ) {
      rest.push(word)
    } else if (long !== null) {
      const key = known(long[1] ?? '')
      if (long[2] !== undefined) put(key, long[2])
      else if (kinds.get(key) === 'boolean') put(key, true)
      else if (index + 1 < words.length) put(key, words[++index])
      else throw new JailopsError('usage', `--${long[1] ?? ''} needs a value.`)
    } else if (pair !== null) {
      put(known(pair[1] ?? ''), pair[2])
    } else {
      const key = positional.find((candidate) => !(candidate in given))
      if (key === undefined) throw new JailopsError('usage', `${shown(word)} is one word too many for ${command.path}.`)
      put(key, word)
    }
  }
  if (command.rest !== undefined && rest.length > 0) put(command.rest, rest.length === 1 ? rest[0] : rest.map(typedWord).join(' '))
  return given
}

/** Whether a plain word is the first of what takes all words that are left. */
function takesNext(rest: string, positional: readonly string[], given: Record<string, unknown>, word: string): boolean {
  return !word.startsWith('--') && positional.find((candidate) => !(candidate in given)) === rest
}

/** Checks raw arguments, from words or from typed options, by the command's schema. @throws missing_argument, bad_argument, usage */
export function parseArguments(command: Command, given: Record<string, unknown>): ParsedArguments {
  const kinds = argumentKinds(command)
  for (const key of Object.keys(given)) {
    if (!kinds.has(key))
      throw new JailopsError('usage', `${command.path} has no option ${shown(key)}.${didYouMean(key, [...kinds.keys()])}`)
  }
  const values = Object.fromEntries(Object.entries(given).map(([key, value]) => [key, coerce(kinds.get(key), value)]))
  const result = schemaOf(command).safeParse(values)
  if (!result.success) throw argumentError(command, values, result.error)
  const { host, dryRun, until, ...args } = result.data
  return { args, dryRun: dryRun === true, ...(typeof host === 'string' && { host }), ...(typeof until === 'string' && { until }) }
}

function argumentError(command: Command, values: Record<string, unknown>, error: z.ZodError): JailopsError {
  const issue = error.issues[0]
  const key = String(issue?.path[0] ?? '')
  // A rule about several arguments together belongs to none of them.
  if (key === '') return new JailopsError('bad_argument', `${issue?.message ?? 'The arguments are not valid'}.`)
  if (!(key in values)) {
    return new JailopsError(
      'missing_argument',
      `${command.path} needs ${key}. For example: /${command.example ?? `${command.path} ${key}:…`}`,
    )
  }
  const problem = issue?.code === 'invalid_type' ? mustBe(issue.expected) : (issue?.message ?? 'is not valid')
  return new JailopsError('bad_argument', `${key} ${shown(String(values[key])) || 'is empty'}: ${problem}.`)
}

function mustBe(expected: string): string {
  if (expected === 'boolean') return 'write yes or no'
  if (expected === 'int' || expected === 'number') return 'write a number'
  return expected === 'string' ? 'write a word or a text' : `must be a ${expected}`
}

/** Key → JSON type of every argument, the common ones included. */
const argumentKinds = oncePer((command: Command) => new Map(optionsOf(command).map(({ name, type }) => [name, type])))

const schemaOf = oncePer((command: Command) => command.args.extend(commonArguments.shape))

function coerce(kind: string | undefined, value: unknown): unknown {
  if (typeof value !== 'string') return value
  if (kind === 'boolean' && /^(yes|true|on|1)$/i.test(value)) return true
  if (kind === 'boolean' && /^(no|false|off|0)$/i.test(value)) return false
  if ((kind === 'integer' || kind === 'number') && /^-?[0-9]+(\.[0-9]+)?$/.test(value)) return Number(value)
  return value
}

function camelCase(word: string): string {
  return word.replace(/-+([A-Za-z])/g, (_, letter: string) => letter.toUpperCase())
}

/** A user's word in a sentence of ours: short, and with nothing invisible or direction-changing in it. */
export function shown(text: string): string {
  const plain = text.replace(/[\p{C}\p{Z}]+/gu, ' ').trim()
  // Cutting may leave half of a character that takes two units.
  return plain.length > 60 ? `${plain.slice(0, 57).replace(/[\uD800-\uDBFF]$/, '')}…` : plain
}
