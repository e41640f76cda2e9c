import { z } from 'zod'
import { type Command, commonArguments } from './command.ts'
import { oncePer } from './once-per.ts'

/** One argument of a command as a form, a slash command or a completion offers it. */
export interface Option {
  /** As the schema calls it: `dryRun`. */
  name: string
  /** As people write it: `dry-run`. */
  label: string
  description: string
  required: boolean
  /** JSON's word: string, integer, number, boolean. */
  type: string
  /** Where nothing else may stand. */
  choices: string[]
}

const argumentSchema = z.looseObject({
  type: z.string().default('string'),
  description: z.string().default(''),
  enum: z.array(z.union([z.string(), z.number()])).default([]),
})
const schemaSchema = z.looseObject({
  properties: z.record(z.string(), argumentSchema).default({}),
  required: z.array(z.string()).default([]),
})

/** Those to offer: all that make sense for this command. */
export function offeredOptions(command: Command): Option[] {
  const senseless = { change: [], read: ['dryRun'], bot: ['dryRun', 'until', ...(takesHost(command) ? [] : ['host'])] }[command.risk]
  return optionsOf(command).filter(({ name }) => !(name in command.args.shape ? [] : senseless).some((one) => one === name))
}

/** Changes and questions are for a host; what the bot answers by itself seldom is. */
export function takesHost(command: Command): boolean {
  return command.risk !== 'bot' || command.takesHost === true
}

/** The command's own arguments in their order, then those that every command has. */
export const optionsOf = oncePer((command: Command): Option[] => {
  const schema = z.toJSONSchema(command.args.extend(commonArguments.shape), { io: 'input', unrepresentable: 'any' })
  const { properties, required } = schemaSchema.parse(schema)
  return Object.entries(properties).map(([name, { type, description, enum: choices }]) => ({
    name,
    label: kebabCase(name),
    description,
    required: required.includes(name),
    type,
    choices: choices.map(String),
  }))
})

export function kebabCase(key: string): string {
  return key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
}
