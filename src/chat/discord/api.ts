import type {
  RESTPatchAPIChannelMessageJSONBody,
  RESTPostAPIChannelMessageJSONBody,
  RESTPostAPIInteractionCallbackJSONBody,
} from 'discord-api-types/v10'
import { REST, Routes, type RawFile, type RESTOptions } from 'discord.js'
import { z } from 'zod'
import { type ChatFile, contentOf } from '../chart/chart-file.ts'
import type { Address } from './payload.ts'

/** The calls of Discord's API that the chat needs. Each throws what discord.js throws. */
export interface Api {
  /** The first response to an interaction: it waits behind nothing. */
  respond(address: Address, body: RESTPostAPIInteractionCallbackJSONBody): Promise<void>
  editReply(address: Address, body: RESTPatchAPIChannelMessageJSONBody, files: readonly ChatFile[]): Promise<void>
  deleteReply(address: Address): Promise<void>
  followUp(address: Address, body: RESTPostAPIChannelMessageJSONBody, files: readonly ChatFile[]): Promise<void>
  /** Rate limits of these are thrown, for the outbox to wait. */
  createMessage(channel: string, body: RESTPostAPIChannelMessageJSONBody, files: readonly ChatFile[]): Promise<PostedMessage>
  editMessage(channel: string, message: string, body: RESTPatchAPIChannelMessageJSONBody, files: readonly ChatFile[]): Promise<void>
  /** @returns the id of the channel of the bot and this person alone */
  directChannel(user: string): Promise<string>
  stop(): void
}

const text = z.string().optional()
const embedSchema = z.looseObject({
  title: text,
  description: text,
  author: z.looseObject({ name: text }).optional(),
  footer: z.looseObject({ text }).optional(),
  fields: z.array(z.looseObject({ name: z.string(), value: z.string() })).default([]),
})
const postedSchema = z.looseObject({ id: z.string(), embeds: z.array(embedSchema), attachments: z.array(z.unknown()).default([]) })
/** A message as Discord says that it stands. */
export type PostedMessage = z.infer<typeof postedSchema>
const channelSchema = z.looseObject({ id: z.string() })

/** Every interaction has a rate limit of its own in here; they are forgotten soon. */
const sweeping = { handlerSweepInterval: 60_000 }

export function createRest(token: string, apiUrl: string, options: Partial<RESTOptions>): REST {
  return new REST({ api: apiUrl.replace(/\/+$/, ''), ...sweeping, ...options }).setToken(token)
}

export function createApi({ token, apiUrl }: { token: string; apiUrl: string }): Api {
  const interactive = createRest(token, apiUrl, { retries: 2, timeout: 5000 })
  // the outbox tries again, with what is newest by then
  const bulk = createRest(token, apiUrl, { retries: 0, rejectOnRateLimit: () => true })
  // after one 401 discord.js forgets its token; that it was refused once does not mean for ever
  const withToken = () => bulk.setToken(token)

  return {
    async respond({ id, token: own }, body) {
      await interactive.post(Routes.interactionCallback(id, own), { body, auth: false })
    },
    async editReply(address, body, files) {
      await interactive.patch(reply(address), { ...(await withFiles(body, files)), auth: false })
    },
    async deleteReply(address) {
      await interactive.delete(reply(address), { auth: false })
    },
    async followUp({ application_id, token: own }, body, files) {
      await interactive.post(Routes.webhook(application_id, own), { ...(await withFiles(body, files)), auth: false })
    },
    createMessage: async (channel, body, files) =>
      postedSchema.parse(await withToken().post(Routes.channelMessages(channel), await withFiles(body, files))),
    async editMessage(channel, message, body, files) {
      await withToken().patch(Routes.channelMessage(channel, message), await withFiles(body, files))
    },
    directChannel: async (user) => channelSchema.parse(await withToken().post(Routes.userChannels(), { body: { recipient_id: user } })).id,
    stop() {
      for (const rest of [interactive, bulk]) {
        rest.clearHandlerSweeper()
        rest.clearHashSweeper()
      }
    },
  }
}

function reply({ application_id, token }: Address) {
  return Routes.webhookMessage(application_id, token, '@original')
}

/** With files, the message has these and no others; without, it keeps what it has unless `attachments` says otherwise. */
async function withFiles<Body extends object>(body: Body, files: readonly ChatFile[]): Promise<{ body: object; files?: RawFile[] }> {
  if (files.length === 0) return { body }
  const contents = await Promise.all(files.map((file) => contentOf(file)))
  return {
    body: { ...body, attachments: contents.map(({ name, data }, id) => ({ id, filename: name, ...wordsFor(files[id], data) })) },
    files: contents.map(({ name, data, type }) => ({ name, data: typeof data === 'string' ? data : Buffer.from(data), contentType: type })),
  }
}

/** A picture has words for who cannot see it. */
function wordsFor(file: ChatFile | undefined, data: string | Uint8Array): { description?: string } {
  return file === undefined || typeof data === 'string' ? {} : { description: file.text.slice(0, longestDescription).toWellFormed() }
}
const longestDescription = 1024
