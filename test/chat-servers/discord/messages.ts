import { type APIEmbed, type APIMessageTopLevelComponent, MessageFlags } from 'discord-api-types/v10'
import type { UploadedFile } from './body.ts'
import { interactionDefault, ordinaryDefault, pingsOf, pingText, rememberPings } from './mentions.ts'
import { type MessageForm, messageFormSchema } from './message-form.ts'
import { invalidForm, parseForm, problems } from './problem.ts'
import { type Channel, findMessage, keepMessage, type Message, replaceFiles, type StoredFile, type World } from './world.ts'

const keptFlags = MessageFlags.SuppressEmbeds | MessageFlags.SuppressNotifications | MessageFlags.IsComponentsV2

export interface NewMessage {
  channel: Channel
  author: string
  body: unknown
  files: readonly UploadedFile[]
  /** Of an answer to an interaction. */
  interaction?: { id: string; user: string; isEphemeral: boolean }
}

/** @throws ApiProblem 50035, 50006 */
export function createMessage(world: World, { channel, author, body, files, interaction }: NewMessage): Message {
  const form = parseForm(messageFormSchema, body)
  const message: Message = {
    ...emptyMessage(world, channel, author),
    content: form.content ?? '',
    embeds: (form.embeds ?? []) as APIEmbed[],
    components: (form.components ?? []) as APIMessageTopLevelComponent[],
    files: storedFiles(world, form, files),
    flags: ((form.flags ?? 0) & keptFlags) | (interaction?.isEphemeral ? MessageFlags.Ephemeral : 0),
    nonce: form.nonce,
    to: interaction?.isEphemeral ? interaction.user : undefined,
    interaction: interaction?.id,
  }
  refuseEmpty(message)
  keepMessage(world, channel, message)
  if (message.to === undefined) {
    const allowed = form.allowed_mentions ?? (interaction ? interactionDefault : ordinaryDefault)
    const text = pingText(message.content, form.components ?? [])
    rememberPings(world, { channel: channel.id, message: message.id }, pingsOf(world, text, allowed))
  }
  return message
}

/** The "is thinking" of a deferred reply. */
export function createThinking(world: World, channel: Channel, interaction: { id: string; user: string; isEphemeral: boolean }): Message {
  const message: Message = {
    ...emptyMessage(world, channel, world.botUserId),
    flags: MessageFlags.Loading | (interaction.isEphemeral ? MessageFlags.Ephemeral : 0),
    to: interaction.isEphemeral ? interaction.user : undefined,
    interaction: interaction.id,
  }
  keepMessage(world, channel, message)
  return message
}

/** What the body leaves out stays. @throws ApiProblem 50035, 50006 */
export function editMessage(world: World, channel: Channel, message: Message, body: unknown, files: readonly UploadedFile[]): void {
  const form = parseForm(messageFormSchema, withLastingFlags(body, message))
  const isThinking = (message.flags & MessageFlags.Loading) !== 0
  const changed: Message = {
    ...message,
    ...(form.content !== undefined && { content: form.content ?? '' }),
    ...(form.embeds !== undefined && { embeds: (form.embeds ?? []) as APIEmbed[] }),
    ...(form.components !== undefined && { components: (form.components ?? []) as APIMessageTopLevelComponent[] }),
    flags: ((message.flags & ~MessageFlags.Loading) | ((form.flags ?? 0) & keptFlags)) >>> 0,
    files: editedFiles(world, message, form, files),
    editedAt: isThinking ? undefined : world.now(),
    edits: message.edits + 1,
  }
  refuseEmpty(changed)
  refuseLegacy(changed)
  replaceFiles(channel, message, changed.files)
  Object.assign(message, changed)
  world.changed()
}

/**
 * The message that the same author made here with the same nonce a moment ago.
 * Only where the request asks for that by `enforce_nonce`.
 */
export function createNonces(world: World): {
  find(channel: Channel, author: string, body: unknown): Message | undefined
  remember(message: Message): void
} {
  const made = new Map<string, { message: string; at: number }>()
  return {
    find(channel, author, body) {
      const form = messageFormSchema.safeParse(body).data
      if (!form?.enforce_nonce || form.nonce === undefined) return undefined
      const earlier = made.get(nonceKey(channel.id, author, form.nonce))
      if (!earlier || world.now() - earlier.at > world.limits.nonceMs) return undefined
      return findMessage(world, channel.id, earlier.message)
    },
    remember(message) {
      if (message.nonce === undefined) return
      made.set(nonceKey(message.channel, message.author, message.nonce), { message: message.id, at: message.at })
      for (const [oldest, { at }] of made) {
        if (made.size < 1000 && world.now() - at <= world.limits.nonceMs) break
        made.delete(oldest)
      }
    },
  }
}

function nonceKey(channel: string, author: string, nonce: string | number): string {
  return `${channel} ${author} ${nonce}`
}

function emptyMessage(world: World, channel: Channel, author: string): Message {
  return {
    id: world.newId(),
    channel: channel.id,
    author,
    content: '',
    embeds: [],
    components: [],
    files: [],
    flags: 0,
    nonce: undefined,
    at: world.now(),
    editedAt: undefined,
    edits: 0,
    to: undefined,
    interaction: undefined,
  }
}

function refuseEmpty({ content, embeds, components, files }: Message): void {
  if (!content && embeds.length === 0 && components.length === 0 && files.length === 0) throw problems.emptyMessage()
}

/** An edit may have turned a message with content into one of components only. */
function refuseLegacy({ flags, content, embeds }: Message): void {
  if ((flags & MessageFlags.IsComponentsV2) === 0) return
  const code = 'MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2'
  const message = 'The field cannot be used when using MessageFlags.IS_COMPONENTS_V2'
  const fields = [...(content ? ['content'] : []), ...(embeds.length > 0 ? ['embeds'] : [])]
  if (fields.length > 0) throw invalidForm(fields.map((field) => ({ path: [field], code, message })))
}

/** Components V2 cannot be left again. */
function withLastingFlags(body: unknown, message: Message): unknown {
  if (typeof body !== 'object' || body === null) return body
  const flags = 'flags' in body && typeof body.flags === 'number' ? body.flags : 0
  return { ...body, flags: flags | (message.flags & MessageFlags.IsComponentsV2) }
}

function storedFiles(world: World, form: MessageForm, files: readonly UploadedFile[]): StoredFile[] {
  return files.map(({ index, name, type, content }) => {
    const entry = form.attachments?.find(({ id }) => id === index)
    return { id: world.newId(), name: entry?.filename ?? name, description: entry?.description ?? undefined, type, content }
  })
}

/** Without a list of attachments all files stay; with one, those that it names. */
function editedFiles(world: World, message: Message, form: MessageForm, files: readonly UploadedFile[]): StoredFile[] {
  const named = form.attachments?.map(({ id }) => id)
  const kept = form.attachments === null ? [] : message.files.filter(({ id }) => named?.includes(id) ?? true)
  return [...kept, ...storedFiles(world, form, files)]
}
