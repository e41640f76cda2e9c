import { existsSync } from 'node:fs'
import { checkConfig, loadConfig, readFileFromDisk } from '../config/load.ts'
import { narrowingRemarks } from '../config/narrowings.ts'
import type { Config } from '../config/schema.ts'
import { toJailopsError } from '../core/errors.ts'
import { loadCommands } from './commands-folder.ts'

const usualPlaces = ['jailops.yaml', '/usr/local/etc/jailops.yaml', '/etc/jailops.yaml']

/** The file that was named, or the first that stands in a usual place. */
export function configFile(named: string | undefined): string | undefined {
  return named ?? usualPlaces.find((path) => existsSync(path))
}

/** @throws config_error */
export function configOf(options: { config?: string }): Config {
  const file = configFile(options.config)
  const { config, warnings } = loadConfig({ ...(file !== undefined && { file }), environment: process.env, readFile: readFileFromDisk })
  for (const warning of warnings) process.stderr.write(`jailops: ${warning}\n`)
  return config
}

export async function configCheck(options: { config?: string }): Promise<void> {
  const file = configFile(options.config)
  const source = { ...(file !== undefined && { file }), environment: process.env, readFile: readFileFromDisk }
  const { problems, warnings } = checkConfig(source)
  if (problems.length === 0) {
    const { config } = loadConfig(source)
    const commands = await loadCommands(config.commands).catch((error: unknown) => void problems.push(toJailopsError(error).message))
    const remarks = narrowingRemarks(config, commands ?? [])
    if (commands !== undefined) warnings.push(...remarks.warnings)
    for (const note of remarks.notes) process.stdout.write(`${note}\n`)
  }
  for (const warning of warnings) process.stdout.write(`warning: ${warning}\n`)
  for (const problem of problems) process.stdout.write(`${problem}\n`)
  process.stdout.write(problems.length === 0 ? `${file ?? 'no file, defaults'}: good\n` : `${problems.length} to mend\n`)
  process.exitCode = problems.length === 0 ? 0 : 2
}
