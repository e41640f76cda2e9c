import type { Snapshot } from './interface.ts'
import { seenMessage } from './seen.ts'
import { nameOf, type World } from './world.ts'

export function snapshotOf(world: World, online: boolean): Snapshot {
  const channels = [...world.channels.values()]
  return {
    guild: { id: world.guild.id, name: world.guild.name },
    bot: { id: world.botUserId, name: nameOf(world, world.botUserId), online },
    users: [...world.users.values()].map(({ id, isBot }) => ({
      id,
      name: nameOf(world, id),
      bot: isBot,
      roles: world.members.get(id)?.roles ?? [],
    })),
    roles: [...world.roles.values()].map(({ id, name }) => ({ id, name })),
    channels: channels.map(({ id, name, kind, parent, recipient }) => ({
      id,
      name,
      kind,
      ...(parent !== undefined && { parent }),
      ...(recipient !== undefined && { recipient }),
    })),
    messages: channels.flatMap(({ messages }) =>
      [...messages.values()].map((message) => ({ ...seenMessage(message), ...(message.to !== undefined && { to: message.to }) })),
    ),
    modals: world.modals.map(({ user, customId, title, channel, fields }) => ({ user, customId, title, channel, fields })),
    commands: [...world.commands.values()],
  }
}
