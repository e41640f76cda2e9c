import { z } from 'zod'
import { createMessage, createNonces, editMessage } from './messages.ts'
import { channelPayload, messagePayload } from './payloads.ts'
import { parseForm, problems } from './problem.ts'
import type { ApiRequest, Handlers } from './rest.ts'
import { type Channel, dropMessage, type Message, type World } from './world.ts'

type ChannelRoutes = Extract<keyof Handlers, `${string} /channels/:channel${string}` | 'POST /users/@me/channels'>

const directSchema = z.looseObject({ recipient_id: z.string() })

/** What the bot does with its own token: ordinary messages. */
export function channelRoutes(
  world: World,
  announce: (event: 'CREATE' | 'UPDATE' | 'DELETE', message: Message) => void,
): Pick<Handlers, ChannelRoutes> {
  const nonces = createNonces(world)

  function visible({ param }: ApiRequest): Channel {
    const channel = world.channels.get(param('channel'))
    if (!channel) throw problems.unknownChannel()
    if (!channel.botMayView) throw problems.missingAccess()
    return channel
  }

  function writable(request: ApiRequest): Channel {
    const channel = visible(request)
    if (!channel.botMaySend) throw problems.missingPermissions()
    if (channel.kind === 'direct' && world.users.get(channel.recipient ?? '')?.directMessagesClosed) throw problems.cannotReach()
    return channel
  }

  function own(channel: Channel, request: ApiRequest): Message {
    const message = ordinary(channel, request)
    if (message.author !== world.botUserId) throw problems.notTheAuthor()
    return message
  }

  return {
    'GET /channels/:channel': (request) => ({ status: 200, body: channelPayload(world, visible(request)) }),
    'POST /channels/:channel/typing': (request) => {
      writable(request)
      return { status: 204 }
    },
    'GET /channels/:channel/messages'(request) {
      const all = [...visible(request).messages.values()].filter(({ to }) => to === undefined).toReversed()
      const limit = Number(request.query.get('limit') ?? 50)
      return { status: 200, body: all.slice(0, limit).map((message) => messagePayload(world, message)) }
    },
    'GET /channels/:channel/messages/:message': (request) => ({
      status: 200,
      body: messagePayload(world, ordinary(visible(request), request)),
    }),
    'POST /channels/:channel/messages'(request) {
      const channel = writable(request)
      const { body, files } = request
      const earlier = nonces.find(channel, world.botUserId, body)
      if (earlier) return { status: 200, body: messagePayload(world, earlier) }
      const message = createMessage(world, { channel, author: world.botUserId, body, files })
      nonces.remember(message)
      announce('CREATE', message)
      return { status: 200, body: messagePayload(world, message) }
    },
    'PATCH /channels/:channel/messages/:message'(request) {
      const channel = visible(request)
      const message = own(channel, request)
      editMessage(world, channel, message, request.body, request.files)
      announce('UPDATE', message)
      return { status: 200, body: messagePayload(world, message) }
    },
    'DELETE /channels/:channel/messages/:message'(request) {
      const channel = visible(request)
      const message = ordinary(channel, request)
      if (message.author !== world.botUserId) throw problems.missingPermissions()
      dropMessage(world, channel, message)
      announce('DELETE', message)
      return { status: 204 }
    },
    'POST /users/@me/channels'({ body }) {
      const { recipient_id: recipient } = parseForm(directSchema, body)
      const user = world.users.get(recipient)
      if (!user) throw problems.unknownUser()
      if (user.isBot) throw problems.cannotReach()
      return { status: 200, body: channelPayload(world, directChannel(world, recipient)) }
    },
  }
}

export function findDirectChannel(world: World, recipient: string): Channel | undefined {
  return [...world.channels.values()].find((channel) => channel.recipient === recipient)
}

function directChannel(world: World, recipient: string): Channel {
  const found = findDirectChannel(world, recipient)
  if (found) return found
  const channel: Channel = {
    id: world.newId(),
    name: '',
    kind: 'direct',
    parent: undefined,
    recipient,
    botMayView: true,
    botMaySend: true,
    messages: new Map(),
    fileBytes: 0,
  }
  world.channels.set(channel.id, channel)
  world.changed()
  return channel
}

function ordinary(channel: Channel, { param }: ApiRequest): Message {
  const message = channel.messages.get(param('message'))
  // Ephemeral messages are not the channel's.
  if (!message || message.to !== undefined) throw problems.unknownMessage()
  return message
}
