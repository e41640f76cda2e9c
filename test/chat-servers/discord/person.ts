import {
  type APIBaseInteraction,
  type APIInteraction,
  type APIMessageComponentInteraction,
  type APIMessageComponentInteractionData,
  type APIModalSubmitInteraction,
  ApplicationIntegrationType,
  ComponentType,
  InteractionContextType,
  InteractionResponseType,
  InteractionType,
  Locale,
} from 'discord-api-types/v10'
import { findButton, findMenu } from './component-search.ts'
import { commandData } from './command-input.ts'
import { type Choice, ClientRefusal, type Completions, type Delivered, type Person } from './interface.ts'
import type { Interactions } from './interactions.ts'
import { submission } from './modal-input.ts'
import { createMessage } from './messages.ts'
import { channelPayload, memberPayload, messagePayload, userById } from './payloads.ts'
import { channelPermissions, memberPermissions } from './permissions.ts'
import { maySee } from './seen.ts'
import type { Channel, Message, World } from './world.ts'

export interface PersonOptions {
  world: World
  interactions: Interactions
  announce(event: 'CREATE', message: Message): void
}

type Base = APIBaseInteraction<InteractionType, unknown>
type Common = Omit<Base, 'type' | 'data' | 'message' | 'channel' | 'channel_id'> & Required<Pick<Base, 'channel' | 'channel_id'>>

/** One person's Discord client. */
export function createPerson(user: string, { world, interactions, announce }: PersonOptions): Person {
  function channelOf(id: string): Channel {
    const channel = world.channels.get(id)
    if (!channel || !maySee(world, user, channel)) throw new ClientRefusal('There is no such channel for this person.')
    return channel
  }

  /** What all interactions of this person in this channel have in common. */
  function common(channel: Channel, id: string, token: string): Common {
    const member = channel.kind === 'direct' ? undefined : world.members.get(user)
    const place = member
      ? {
          guild_id: world.guild.id,
          guild: { id: world.guild.id, locale: Locale.EnglishUS, features: [] },
          guild_locale: Locale.EnglishUS,
          member: { ...memberPayload(world, member), permissions: memberPermissions(world, user).toString() },
          context: InteractionContextType.Guild,
        }
      : { user: userById(world, user), context: InteractionContextType.BotDM }
    return {
      id,
      token,
      application_id: world.applicationId,
      version: 1,
      channel_id: channel.id,
      channel: channelPayload(world, channel),
      app_permissions: channelPermissions(channel).toString(),
      locale: Locale.EnglishUS,
      entitlements: [],
      authorizing_integration_owners: { [ApplicationIntegrationType.GuildInstall]: world.guild.id },
      attachment_size_limit: 10 * 1024 * 1024,
      ...place,
    }
  }

  function component(message: Message, data: APIMessageComponentInteractionData, delivery: string | undefined): Promise<Delivered> {
    const channel = channelOf(message.channel)
    const payload = (id: string, token: string) =>
      ({
        ...common(channel, id, token),
        type: InteractionType.MessageComponent,
        message: messagePayload(world, message),
        data,
      }) satisfies APIMessageComponentInteraction
    return interactions.begin({ kind: 'component', user, channel: channel.id, message: message.id, delivery, payload })
  }

  return {
    async slash(path, options, where) {
      const channel = channelOf(where.channel)
      if (channel.kind === 'direct') throw new ClientRefusal("The guild's commands are not in direct messages.")
      const data = commandData(world, user, { path, options })
      const payload = (id: string, token: string) =>
        ({ ...common(channel, id, token), type: InteractionType.ApplicationCommand, data }) satisfies APIInteraction
      return interactions.begin({ kind: 'command', user, channel: channel.id, message: undefined, delivery: where.delivery, payload })
    },
    async autocomplete(path, options, focused, where) {
      const channel = channelOf(where.channel)
      const data = commandData(world, user, { path, options, focused })
      const payload = (id: string, token: string) =>
        ({
          ...common(channel, id, token),
          type: InteractionType.ApplicationCommandAutocomplete,
          data: { ...data, options: data.options ?? [] },
        }) satisfies APIInteraction
      const { delivery } = where
      return completionsOf(
        await interactions.begin({ kind: 'autocomplete', user, channel: channel.id, message: undefined, delivery, payload }),
      )
    },
    async press(button) {
      const { message, component: found } = findButton(world, user, channelOf(button.channel), button)
      return component(message, { custom_id: found.custom_id, component_type: ComponentType.Button }, button.delivery)
    },
    async choose(menu) {
      const { message, component: found } = findMenu(world, user, channelOf(menu.channel), menu)
      const component_type = ComponentType.StringSelect as const
      return component(message, { custom_id: found.custom_id, component_type, values: [...menu.values] }, menu.delivery)
    },
    async submit(customId, values, { delivery } = {}) {
      const modal = world.modals.find((open) => open.user === user && open.customId === customId)
      if (!modal) throw new ClientRefusal(`No form "${customId}" is open.`)
      const channel = channelOf(modal.channel)
      const components = submission(modal, values)
      const source = channel.messages.get(modal.message ?? '')
      world.modals = world.modals.filter((open) => open !== modal)
      world.changed()
      const payload = (id: string, token: string) =>
        ({
          ...common(channel, id, token),
          type: InteractionType.ModalSubmit,
          data: { custom_id: customId, components },
          ...(source && { message: messagePayload(world, source) }),
        }) satisfies APIModalSubmitInteraction
      return interactions.begin({ kind: 'modal', user, channel: channel.id, message: source?.id, delivery, payload })
    },
    dismiss(customId) {
      world.modals = world.modals.filter((open) => open.user !== user || open.customId !== customId)
      world.changed()
    },
    say(channel, content) {
      const message = createMessage(world, { channel: channelOf(channel), author: user, body: { content }, files: [] })
      announce('CREATE', message)
      return message.id
    },
  }
}

function completionsOf({ response, respondedInMs = 0 }: Delivered): Completions {
  if (response?.type !== InteractionResponseType.ApplicationCommandAutocompleteResult) return { nothing: 'Loading options failed' }
  return { choices: (response.data.choices ?? []).map(({ name, value }): Choice => ({ name, value })), inMs: respondedInMs }
}
