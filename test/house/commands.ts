import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { z } from 'zod'
import type { Command } from '../../src/core/command.ts'
import { problemOfCommand } from '../../src/core/command.ts'
import { root, sourcesIn } from './sources.ts'

const moduleSchema = z.looseObject({ default: z.custom<Command>((value) => problemOfCommand(value) === undefined, 'is no command') })

export interface CommandFile {
  file: string
  command: Command
}

/** Every command of the house; a test that cannot load one fails as a whole. */
export async function loadCommands(): Promise<CommandFile[]> {
  return Promise.all(
    sourcesIn('commands').map(async ({ file }) => {
      const loaded: unknown = await import(pathToFileURL(join(root, file)).href)
      const result = moduleSchema.safeParse(loaded)
      if (!result.success) throw new Error(`${file}: ${z.prettifyError(result.error)}`)
      return { file, command: result.data.default }
    }),
  )
}

const argumentSchema = z.looseObject({
  type: z.string().optional(),
  description: z.string().optional(),
  enum: z.array(z.union([z.string(), z.number()])).optional(),
})
const argumentsSchema = z.looseObject({
  properties: z.record(z.string(), argumentSchema).default({}),
  required: z.array(z.string()).default([]),
})

export interface Option {
  /** As platforms write it: dry-run. */
  name: string
  required: boolean
  description: string
  choices: string[]
}

/** The options that a platform shows for a command, those of every command included. */
export function optionsOf(command: Command): Option[] {
  const schema = z.toJSONSchema(command.args, { io: 'input', unrepresentable: 'any' })
  const { properties, required } = argumentsSchema.parse(schema)
  const own = Object.entries(properties).map(([name, { description = '', enum: choices = [] }]) => ({
    name: kebab(name),
    required: required.includes(name),
    description,
    choices: choices.map(String),
  }))
  const common = ['host', 'dry-run'].map((name) => ({ name, required: false, description: '', choices: [] }))
  return [...own, ...common]
}

function kebab(name: string): string {
  return name.replaceAll(/([A-Z])/g, (letter) => `-${letter.toLowerCase()}`)
}
