import { PermissionFlagsBits } from 'discord-api-types/v10'
import type { Channel, World } from './world.ts'

/** What everybody may, as in a guild nobody has changed; the bot was also granted to mention everybody. */
export const defaultPermissions =
  PermissionFlagsBits.ViewChannel |
  PermissionFlagsBits.SendMessages |
  PermissionFlagsBits.SendMessagesInThreads |
  PermissionFlagsBits.EmbedLinks |
  PermissionFlagsBits.AttachFiles |
  PermissionFlagsBits.ReadMessageHistory |
  PermissionFlagsBits.MentionEveryone |
  PermissionFlagsBits.UseApplicationCommands

/** What the bot may in this channel. */
export function channelPermissions({ botMayView, botMaySend }: Channel): bigint {
  if (!botMayView) return 0n
  if (botMaySend) return defaultPermissions
  return defaultPermissions & ~(PermissionFlagsBits.SendMessages | PermissionFlagsBits.SendMessagesInThreads)
}

export function memberPermissions(world: World, user: string): bigint {
  if (user === world.guild.owner) return everything
  const granted = (world.members.get(user)?.roles ?? []).reduce(
    (sum, id) => sum | (world.roles.get(id)?.permissions ?? 0n),
    defaultPermissions,
  )
  return (granted & PermissionFlagsBits.Administrator) === 0n ? granted : everything
}

const everything = Object.values(PermissionFlagsBits).reduce((sum, bit) => sum | bit, 0n)
