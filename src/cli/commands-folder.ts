import { readdir } from 'node:fs/promises'
import { registerHooks } from 'node:module'
import { join, relative } from 'node:path'
import { pathToFileURL } from 'node:url'
import { z } from 'zod'
import { type Command, problemOfCommand } from '../core/command.ts'
import { JailopsError } from '../core/errors.ts'
import { importable, ourCommands } from './program.ts'

/** All commands: ours, then those of the user's folders. Two of one path are an error, so that nobody replaces a command unnoticed. */
export async function loadCommands(ownFolders: readonly string[]): Promise<Command[]> {
  if (ownFolders.length > 0) letThemImportUs()
  const commands = new Map<string, { command: Command; file: string }>()
  for (const folder of [ourCommands, ...ownFolders]) {
    for (const file of await commandFiles(folder)) {
      const command = await loadCommand(file)
      const earlier = commands.get(command.path)
      if (earlier !== undefined)
        throw new JailopsError('config_error', `/${command.path} is defined twice: in ${earlier.file} and in ${file}. Rename one.`)
      commands.set(command.path, { command, file })
    }
  }
  return [...commands.values()].map(({ command }) => command).toSorted((a, b) => (a.path < b.path ? -1 : 1))
}

const moduleShape = z.looseObject({ default: z.custom<Command>((value) => problemOfCommand(value) === undefined) })

async function loadCommand(file: string): Promise<Command> {
  const module: unknown = await import(pathToFileURL(file).href).catch((cause: unknown) => {
    throw new JailopsError(
      'config_error',
      `The command file ${file} cannot be loaded: ${cause instanceof Error ? cause.message : String(cause)}`,
      { cause },
    )
  })
  const result = moduleShape.safeParse(module)
  if (result.success) return result.data.default
  const exported = z.looseObject({ default: z.unknown() }).safeParse(module).data?.default
  throw new JailopsError(
    'config_error',
    `${file} is no command: its default export must come from defineCommand. ${problemOfCommand(exported) ?? ''}`,
  )
}

async function commandFiles(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch((cause: unknown) => {
    throw new JailopsError('config_error', `The folder of commands ${folder} cannot be read.`, { cause })
  })
  return entries
    .filter((entry) => entry.isFile() && /\.(ts|js|mjs)$/.test(entry.name) && !entry.name.endsWith('.d.ts'))
    .map((entry) => join(entry.parentPath, entry.name))
    .filter(
      (file) =>
        !relative(folder, file)
          .split('/')
          .some((part) => part === 'node_modules' || part.startsWith('.')),
    )
    .toSorted()
}

let hooked = false

/** A command outside the tree says `import 'jailops'` and `import 'zod'`: it gets ours, the very same modules. */
function letThemImportUs(): void {
  if (hooked) return
  hooked = true
  registerHooks({
    resolve(specifier, context, next) {
      const url = importable.get(specifier)
      return url === undefined ? next(specifier, context) : { url, shortCircuit: true }
    },
  })
}
