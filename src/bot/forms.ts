import { parseArguments } from '../core/arguments.ts'
import type { Command } from '../core/command.ts'
import { toJailopsError } from '../core/errors.ts'
import { offeredOptions, type Option } from '../core/options.ts'
import type { Form, FormField, Said } from '../chat/adapter.ts'
import { understand } from './judge.ts'

/** The form for words in which an argument is missing. What else is wrong with them is said when they are received. */
export function formFor(said: Said, commands: readonly Command[]): Form | undefined {
  if (said.kind === 'press') return undefined
  try {
    const { command, given } = understand(said, commands)
    const values = given()
    if (isComplete(command, values)) return undefined
    return { command: command.path, summary: command.summary, fields: offeredOptions(command).map((option) => fieldOf(option, values)) }
  } catch {
    return undefined
  }
}

function isComplete(command: Command, values: Record<string, unknown>): boolean {
  try {
    parseArguments(command, values)
    return true
  } catch (error) {
    return toJailopsError(error).code !== 'missing_argument'
  }
}

const kinds: Record<string, FormField['kind']> = { boolean: 'yes-no', integer: 'number', number: 'number' }

function fieldOf({ name, label, description, required, type, choices }: Option, values: Record<string, unknown>): FormField {
  const value = values[name]
  return {
    name,
    label,
    hint: description,
    required,
    kind: choices.length > 0 ? 'choice' : (kinds[type] ?? 'text'),
    choices,
    ...(value !== undefined && { value: value === true ? 'yes' : value === false ? 'no' : String(value) }),
  }
}
