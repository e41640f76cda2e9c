import { GatewayDispatchEvents, GatewayIntentBits } from 'discord-api-types/v10'
import type { ServerResponse } from 'node:http'
import { listenOnLoopback } from '../http.ts'
import { acceptWebSocket } from '../websocket.ts'
import { channelRoutes, findDirectChannel } from './channel-routes.ts'
import { createCommands } from './commands.ts'
import { createFaults } from './faults.ts'
import { createGateway, type Gateway } from './gateway.ts'
import { interactionRoutes } from './interaction-routes.ts'
import { createInteractions, type Interactions } from './interactions.ts'
import type { DiscordServer, DiscordServerOptions, SeenMessage } from './interface.ts'
import { defaultLimits } from './limits.ts'
import { otherRoutes } from './other-routes.ts'
import { messagePayload } from './payloads.ts'
import { createPeople } from './people.ts'
import { createPerson } from './person.ts'
import { createRestApi } from './rest.ts'
import { messagesSeenBy, seenMessage } from './seen.ts'
import { snapshotOf } from './snapshot.ts'
import { createWorld, dropMessage, findMessage, type Message, type World } from './world.ts'

export * from './interface.ts'

/** Starts a Discord on 127.0.0.1 that discord.js runs against unmodified. */
export async function startDiscordServer(options: DiscordServerOptions = {}): Promise<DiscordServer> {
  const listeners = new Set<() => void>()
  const world = createWorld({
    token: options.token ?? 'bG9vcGJhY2s.test.discord-bot-token',
    now: options.now ?? Date.now,
    limits: { ...defaultLimits, ...options.limits },
    ids: options.ids ?? {},
    guildName: options.guildName ?? 'Jail keepers',
    changed: () => listeners.forEach((listener) => listener()),
  })
  const faults = createFaults()
  const gateway = createGateway(world)
  const announce = announcer(world, gateway)
  const see = (channel: string, id: string): SeenMessage | undefined => {
    const message = findMessage(world, channel, id)
    return message && seenMessage(message)
  }
  const interactions: Interactions = createInteractions({ world, gateway, faults, see })
  const commands = createCommands(world)
  const handlers = {
    ...commands.handlers,
    ...interactionRoutes(world, interactions),
    ...channelRoutes(world, announce),
    ...otherRoutes(world, gateway.identifiesLeft),
  }
  const rest = createRestApi(world, handlers, faults, gateway.isTokenGood)
  const listening = await listenOnLoopback(options.port ?? 0, {
    onRequest(request, response) {
      const [, kind, channel = '', file = ''] = new URL(request.url ?? '/', 'http://discord').pathname.split('/')
      return kind === 'attachments' ? sendAttachment(world, channel, file, response) : rest.answer(request, response)
    },
    onUpgrade: (request, socket, head) =>
      gateway.accept(acceptWebSocket(request, socket, head), new URL(request.url ?? '/', 'ws://discord')),
  })
  world.origin = listening.origin

  return {
    apiUrl: `${listening.origin}/api`,
    origin: listening.origin,
    token: world.token,
    applicationId: world.applicationId,
    botUserId: world.botUserId,
    guildId: world.guild.id,
    ...createPeople(world, gateway),
    as: (user) => createPerson(user, { world, interactions, announce }),
    commands: () => [...world.commands.values()],
    registrations: commands.registrations,
    seenBy: (user, channel) => messagesSeenBy(world, user, channel).map(seenMessage),
    modals: (user) => world.modals.filter((modal) => modal.user === user),
    mentions: () => world.mentions.all(),
    directChannel: (user) => findDirectChannel(world, user)?.id,
    calls: rest.calls,
    invalidRequests: rest.invalidRequests,
    deleteMessage(channel, id) {
      const found = world.channels.get(channel)
      const message = found?.messages.get(id)
      if (!found || !message) throw new Error(`There is no message ${id} in ${channel}.`)
      dropMessage(world, found, message)
      announce('DELETE', message)
    },
    faults: { ...faults.forTests, malformed: (packet) => gateway.dispatch(packet) },
    gateway: { ...gateway.control, dispatch: (packet) => gateway.dispatch(packet, intentsOf[packet.t]) },
    snapshot: () => snapshotOf(world, gateway.control.connections() > 0),
    onChange(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    async stop() {
      interactions.stop()
      gateway.stop()
      await listening.stop()
    },
  }
}

/** Events of a kind that a bot may do without; all others need no intent here. */
const intentsOf: Record<string, number> = {
  [GatewayDispatchEvents.MessageCreate]: GatewayIntentBits.GuildMessages,
  [GatewayDispatchEvents.MessageUpdate]: GatewayIntentBits.GuildMessages,
  [GatewayDispatchEvents.MessageDelete]: GatewayIntentBits.GuildMessages,
  [GatewayDispatchEvents.GuildMemberAdd]: GatewayIntentBits.GuildMembers,
  [GatewayDispatchEvents.GuildMemberUpdate]: GatewayIntentBits.GuildMembers,
  [GatewayDispatchEvents.TypingStart]: GatewayIntentBits.GuildMessageTyping,
}

/** Tells those who asked for messages; without the intent for content, they read their own only. */
function announcer(world: World, gateway: Gateway): (event: 'CREATE' | 'UPDATE' | 'DELETE', message: Message) => void {
  return (event, message) => {
    const isDirect = world.channels.get(message.channel)?.kind === 'direct'
    const intents = isDirect ? GatewayIntentBits.DirectMessages : GatewayIntentBits.GuildMessages
    const place = { channel_id: message.channel, ...(!isDirect && { guild_id: world.guild.id }) }
    const mayRead =
      isDirect || message.author === world.botUserId || (world.limits.privilegedIntents & GatewayIntentBits.MessageContent) !== 0
    const hidden = mayRead ? {} : { content: '', embeds: [], components: [], attachments: [] }
    const d = event === 'DELETE' ? { id: message.id, ...place } : { ...messagePayload(world, message), ...hidden, ...place }
    gateway.dispatch({ t: `MESSAGE_${event}`, d }, intents)
  }
}

function sendAttachment(world: World, channel: string, id: string, response: ServerResponse): void {
  const messages = [...(world.channels.get(channel)?.messages.values() ?? [])]
  const file = messages.flatMap(({ files }) => files).find((one) => one.id === id)
  if (!file) response.writeHead(404).end()
  else response.writeHead(200, { 'content-type': file.type }).end(file.content)
}
