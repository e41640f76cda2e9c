import { IocageError } from './speech.ts'

export interface Words {
  flags: Set<string>
  value(name: string): string | undefined
  operands: string[]
}

/**
 * The command line as Click reads it: options anywhere, `--` ends them. `flags` and `values` map what may be written to a name:
 * { '-f': 'force', '--force': 'force' }.
 */
export function readWords(
  command: string,
  args: string[],
  known: { flags?: Record<string, string>; values?: Record<string, string>; usage: string; unknownIsOperand?: boolean },
): Words {
  const { flags: flagNames = {}, values: valueNames = {} } = known
  const flags = new Set<string>()
  const values = new Map<string, string>()
  const operands: string[] = []
  for (let at = 0; at < args.length; at++) {
    const arg = args[at] ?? ''
    if (arg === '--') {
      operands.push(...args.slice(at + 1))
      break
    }
    const [word = '', attached] = arg.startsWith('--') && arg.includes('=') ? splitOnce(arg) : [arg]
    const flag = flagNames[word]
    const name = valueNames[word] ?? (/^-[A-Za-z]./.test(word) ? valueNames[word.slice(0, 2)] : undefined)
    if (flag !== undefined) flags.add(flag)
    else if (name !== undefined) {
      const value = attached ?? (valueNames[word] === undefined ? word.slice(2) : args[++at])
      if (value === undefined) throw usageError(command, known.usage, `Option '${word}' requires an argument.`)
      values.set(name, value)
    } else if (/^-[A-Za-z]{2,}$/.test(word) && areAllFlags(word.slice(1), flagNames))
      for (const letter of word.slice(1)) flags.add(flagNames[`-${letter}`] ?? '')
    else if (/^-./.test(word) && !known.unknownIsOperand) throw usageError(command, known.usage, `No such option: ${word}`)
    else operands.push(arg)
  }
  return { flags, value: (name) => values.get(name), operands }
}

function areAllFlags(letters: string, names: Record<string, string>): boolean {
  return Array.from(letters).every((letter) => names[`-${letter}`] !== undefined)
}

function splitOnce(text: string): [string, string] {
  const sign = text.indexOf('=')
  return [text.slice(0, sign), text.slice(sign + 1)]
}

export function usageError(command: string, usage: string, mistake: string): IocageError {
  return new IocageError(`Usage: iocage ${command} ${usage}\nTry 'iocage ${command} --help' for help.\n\nError: ${mistake}`, 2)
}

/** Exactly one operand, as @click.argument("jail") has it. */
export function oneOperand(command: string, usage: string, { operands }: Words, name: string): string {
  const [first, ...more] = operands
  if (first === undefined) throw usageError(command, usage, `Missing argument '${name}'.`)
  if (more.length > 0) throw usageError(command, usage, `Got unexpected extra argument${more.length > 1 ? 's' : ''} (${more.join(' ')})`)
  return first
}

export function needValue(command: string, usage: string, words: Words, name: string, option: string): string {
  const value = words.value(name)
  if (value === undefined) throw usageError(command, usage, `Missing option '${option}'.`)
  return value
}

/** click.confirm: without an answer it is an abortion. */
export async function confirm(call: { out(text: string): void; input(): Promise<Buffer> }, question: string): Promise<boolean> {
  call.out(`${question} [y/N]: `)
  const [answer = ''] = (await call.input()).toString().split('\n')
  if (answer.trim() === '' && (await call.input()).length === 0) throw new IocageError('Aborted!')
  return /^y(es)?$/i.test(answer.trim())
}
