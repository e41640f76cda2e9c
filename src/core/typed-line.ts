import type { Command } from './command.ts'
import { kebabCase } from './options.ts'
import { typedWord } from './split-words.ts'

/** A command as it could have been typed: what its first argument is plain, the others by name, and nothing that nobody said. */
export function typedLine(command: Command, args: Record<string, unknown>, said: Record<string, unknown>): string {
  const [first] = Object.keys(command.args.shape)
  const words = Object.entries(args)
    .filter(([key]) => key in said)
    .map(([key, value]) => (key === first && typeof value === 'string' ? typedWord(value) : `${kebabCase(key)}:${wordOf(value)}`))
  return [command.path, ...words].join(' ')
}

function wordOf(value: unknown): string {
  return value === true ? 'yes' : value === false ? 'no' : typedWord(String(value))
}
