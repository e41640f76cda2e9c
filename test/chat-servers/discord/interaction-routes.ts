import { type APIInteractionResponse, InteractionResponseType as Response, MessageFlags } from 'discord-api-types/v10'
import { z } from 'zod'
import type { UploadedFile } from './body.ts'
import type { Interaction, Interactions } from './interactions.ts'
import { createMessage, createThinking, editMessage } from './messages.ts'
import { readModal } from './modal-form.ts'
import { messagePayload } from './payloads.ts'
import { invalidForm, parseForm, problems } from './problem.ts'
import type { ApiAnswer, ApiRequest, Handlers } from './rest.ts'
import { type Channel, dropMessage, findMessage, type Message, type World } from './world.ts'

type InteractionRoutes =
  | 'POST /interactions/:interaction/:token/callback'
  | 'POST /webhooks/:application/:token'
  | 'GET /webhooks/:application/:token/messages/:message'
  | 'PATCH /webhooks/:application/:token/messages/:message'
  | 'DELETE /webhooks/:application/:token/messages/:message'

const callbackSchema = z.looseObject({
  type: z.union([
    z.literal(Response.ChannelMessageWithSource),
    z.literal(Response.DeferredChannelMessageWithSource),
    z.literal(Response.DeferredMessageUpdate),
    z.literal(Response.UpdateMessage),
    z.literal(Response.ApplicationCommandAutocompleteResult),
    z.literal(Response.Modal),
  ]),
  data: z.record(z.string(), z.unknown()).optional(),
})
type Callback = z.infer<typeof callbackSchema>

const flagsSchema = z.looseObject({ flags: z.int().nullish() })
const choicesSchema = z.looseObject({
  choices: z
    .array(
      z.looseObject({
        name: z.string().min(1).max(100),
        value: z.union([z.string().max(100), z.number()], { error: 'Must be 100 or fewer in length.' }),
      }),
    )
    .max(25),
})

export function interactionRoutes(world: World, interactions: Interactions): Pick<Handlers, InteractionRoutes> {
  const place = ({ channel }: Interaction): Channel => {
    const found = world.channels.get(channel)
    if (!found) throw problems.unknownChannel()
    return found
  }
  const reply = (interaction: Interaction, body: unknown, files: readonly UploadedFile[], ephemeral: boolean) =>
    createMessage(world, {
      channel: place(interaction),
      author: world.botUserId,
      body,
      files,
      interaction: { id: interaction.id, user: interaction.user, isEphemeral: ephemeral },
    })

  function carryOut(interaction: Interaction, { type, data }: Callback, files: readonly UploadedFile[]): void {
    switch (type) {
      case Response.ChannelMessageWithSource:
        interaction.original = reply(interaction, data ?? {}, files, isEphemeral(data)).id
        return
      case Response.DeferredChannelMessageWithSource: {
        const { id, user } = interaction
        interaction.original = createThinking(world, place(interaction), { id, user, isEphemeral: isEphemeral(data) }).id
        return
      }
      case Response.DeferredMessageUpdate:
        interaction.original = interaction.message
        return
      case Response.UpdateMessage: {
        const message = findMessage(world, interaction.channel, interaction.message ?? '')
        if (!message) throw problems.unknownMessage()
        editMessage(world, place(interaction), message, data ?? {}, files)
        interaction.original = message.id
        return
      }
      case Response.ApplicationCommandAutocompleteResult:
        parseForm(choicesSchema, data ?? {})
        return
      case Response.Modal: {
        const { user, channel, message } = interaction
        const modal = { ...readModal(data), user, channel, message }
        // A person's client shows one modal at a time.
        world.modals = [...world.modals.filter((open) => open.user !== user), modal].slice(-100)
        world.changed()
      }
    }
  }

  function callback({ param, query, body, files }: ApiRequest): ApiAnswer {
    const interaction = interactions.byToken(param('token'))
    if (!interaction || interaction.id !== param('interaction')) throw problems.unknownInteraction()
    if (interaction.response) throw problems.alreadyAcknowledged()
    if (interaction.isLate()) throw problems.unknownInteraction()
    const form = parseForm(callbackSchema, body)
    if (!isAnswerTo(interaction, form.type)) {
      throw invalidForm([{ path: ['type'], code: 'BASE_TYPE_CHOICES', message: `Type ${form.type} does not answer this interaction` }])
    }
    carryOut(interaction, form, files)
    interaction.respond({ ...form } as APIInteractionResponse)
    if (query.get('with_response') !== 'true') return { status: 204 }
    const message = findMessage(world, interaction.channel, interaction.original ?? '')
    const made = message && {
      response_message_id: message.id,
      response_message_loading: (message.flags & MessageFlags.Loading) !== 0,
      response_message_ephemeral: message.to !== undefined,
    }
    const about = { id: interaction.id, type: interaction.payload.type, ...made }
    const resource = { type: form.type, ...(message && { message: messagePayload(world, message) }) }
    return { status: 200, body: { interaction: about, resource } }
  }

  /** @throws ApiProblem 50027, 10015 before there was a first response */
  function acknowledged({ param }: ApiRequest): Interaction {
    if (param('application') !== world.applicationId) throw problems.unknownWebhook()
    const interaction = interactions.byToken(param('token'))
    if (!interaction || world.now() - interaction.createdAt > world.limits.tokenMs) throw problems.invalidToken()
    if (!interaction.response) throw problems.unknownWebhook()
    return interaction
  }

  /** The reply itself, or a later message of the same interaction. */
  function answerOf(interaction: Interaction, id: string): Message {
    const message = findMessage(world, interaction.channel, id === '@original' ? (interaction.original ?? '') : id)
    const isItsOwn = message !== undefined && (message.interaction === interaction.id || message.id === interaction.original)
    if (!isItsOwn) throw problems.unknownMessage()
    return message
  }

  return {
    'POST /interactions/:interaction/:token/callback': callback,
    'POST /webhooks/:application/:token'(request) {
      const interaction = acknowledged(request)
      const original = findMessage(world, interaction.channel, interaction.original ?? '')
      const isDeferred = original !== undefined && (original.flags & MessageFlags.Loading) !== 0
      // The first follow-up after a deferral takes the place of "is thinking".
      if (isDeferred) editMessage(world, place(interaction), original, request.body, request.files)
      const message = isDeferred ? original : reply(interaction, request.body, request.files, isEphemeral(request.body))
      return { status: 200, body: messagePayload(world, message) }
    },
    'GET /webhooks/:application/:token/messages/:message'(request) {
      return { status: 200, body: messagePayload(world, answerOf(acknowledged(request), request.param('message'))) }
    },
    'PATCH /webhooks/:application/:token/messages/:message'(request) {
      const interaction = acknowledged(request)
      const message = answerOf(interaction, request.param('message'))
      editMessage(world, place(interaction), message, request.body, request.files)
      return { status: 200, body: messagePayload(world, message) }
    },
    'DELETE /webhooks/:application/:token/messages/:message'(request) {
      const interaction = acknowledged(request)
      dropMessage(world, place(interaction), answerOf(interaction, request.param('message')))
      return { status: 204 }
    },
  }
}

function isAnswerTo({ kind, message }: Interaction, type: Callback['type']): boolean {
  if (kind === 'autocomplete' || type === Response.ApplicationCommandAutocompleteResult) {
    return kind === 'autocomplete' && type === Response.ApplicationCommandAutocompleteResult
  }
  if (type === Response.Modal) return kind !== 'modal'
  if (type === Response.UpdateMessage || type === Response.DeferredMessageUpdate) return message !== undefined
  return true
}

function isEphemeral(body: unknown): boolean {
  return ((parseForm(flagsSchema, body ?? {}).flags ?? 0) & MessageFlags.Ephemeral) !== 0
}
