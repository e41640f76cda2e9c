import { slackManifest } from '../chat/slack/manifest.ts'
import { configOf } from './config-check.ts'
import { loadCommands } from './commands-folder.ts'

export interface ManifestOptions {
  requestUrl?: string
  name: string
  /** For one's own commands: they have slash commands too. */
  config?: string
}

/** `jailops slack manifest`. */
export async function printSlackManifest({ config, ...options }: ManifestOptions): Promise<void> {
  const commands = await loadCommands(config === undefined ? [] : configOf({ config }).commands)
  process.stdout.write(`${JSON.stringify(slackManifest({ commands, ...options }), undefined, 2)}\n`)
}
