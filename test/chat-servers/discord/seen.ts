import { fileText } from '../file-text.ts'
import { MessageFlags } from 'discord-api-types/v10'
import type { SeenMessage } from './interface.ts'
import type { Channel, Message, World } from './world.ts'

export function seenMessage(message: Message): SeenMessage {
  const { id, channel, author, content, embeds, components, edits, at, interaction } = message
  return {
    channel,
    id,
    author,
    content,
    embeds,
    components,
    files: message.files.map(({ name, content: bytes }) => ({ name, content: fileText(bytes) })),
    ephemeral: message.to !== undefined,
    thinking: (message.flags & MessageFlags.Loading) !== 0,
    edited: message.editedAt !== undefined,
    edits,
    at,
    interaction,
  }
}

export function maySee(world: World, user: string, channel: Channel): boolean {
  return channel.kind === 'direct' ? channel.recipient === user : world.members.has(user)
}

/** Newest last; ephemeral ones only of this person. */
export function messagesSeenBy(world: World, user: string, channel?: string): Message[] {
  return [...world.channels.values()]
    .filter((one) => (channel === undefined || one.id === channel) && maySee(world, user, one))
    .flatMap(({ messages }) => [...messages.values()].filter(({ to }) => to === undefined || to === user))
}
