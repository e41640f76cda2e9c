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
