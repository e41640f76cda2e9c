import { registerCommands } from '../chat/discord/register.ts'
import { JailopsError } from '../core/errors.ts'
import { registrationFileOf } from './adapters.ts'
import { loadCommands } from './commands-folder.ts'
import { configOf } from './config-check.ts'

/** `jailops discord register`. */
export async function registerWithDiscord({ force = false, ...options }: { config?: string; force?: boolean }): Promise<void> {
  const config = configOf(options)
  const { discord } = config.bot
  if (discord === undefined)
    throw new JailopsError(
      'config_error',
      'Say in jailops.yaml which Discord it is: bot: { discord: { token, guild } }; docs/discord.md shows how.',
    )
  const commands = await loadCommands(config.commands)
  const { changed, count } = await registerCommands({ ...discord, commands, registrationFile: registrationFileOf(config), force })
  process.stdout.write(
    changed ? `${count} commands registered with server ${discord.guild}\n` : 'nothing has changed since they were registered\n',
  )
}
