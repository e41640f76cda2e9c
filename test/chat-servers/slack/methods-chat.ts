import type { KnownBlock } from '@slack/types'
import { z } from 'zod'
import { checkBlocks, checkLength } from './blocks.ts'
import { json, method, type Method } from './method.ts'
import { messageOf } from './payloads.ts'
import { refusal } from './refusal.ts'
import { bot, type Channel, type Message, type World } from './world.ts'

const longestText = 40_000
/** An edit is refused where a new message would be cut. */
const longestEdit = 4000

const channel = z.string()
const ts = z.string()
const text = z.string().optional()
const blocks = json('invalid_blocks_format')
const thread_ts = z.string().optional()
const scope = 'chat:write'

export const chatMethods: Record<string, Method> = {
  'chat.postMessage': method({ scope }, { channel, text, blocks, thread_ts }, (args, { world }) => {
    const to = world.writable(args.channel)
    const message = world.post({ channel: to, user: bot.userId, ...contentOf(args), threadTs: args.thread_ts })
    return { channel: to.id, ts: message.ts, message: messageOf(message) }
  }),

  'chat.postEphemeral': method({ scope }, { channel, user: z.string(), text, blocks, thread_ts }, (args, { world }) => {
    const to = world.writable(args.channel)
    if (!to.members.has(args.user)) throw refusal('user_not_in_channel')
    const message = world.post({ channel: to, user: bot.userId, ...contentOf(args), threadTs: args.thread_ts, ephemeralTo: args.user })
    return { message_ts: message.ts }
  }),

  'chat.update': method({ scope }, { channel, ts, text, blocks }, (args, { world }) => {
    const { to, message } = ours(world, args, 'cant_update_message')
    if (to.isArchived) throw refusal('is_archived')
    if ((args.text?.length ?? 0) > longestEdit) throw refusal('msg_too_long')
    const content = contentOf(args)
    if (!message) return { channel: to.id, ts: args.ts, text: content.text }
    // A text alone takes the blocks away.
    world.edit(message, args.text ?? message.text, content.blocks)
    return { channel: to.id, ts: message.ts, text: message.text, message: messageOf(message) }
  }),

  'chat.delete': method({ scope }, { channel, ts }, (args, { world }) => {
    const { to } = ours(world, args, 'cant_delete_message')
    world.remove({ channel: to.id, ts: args.ts })
    return { channel: to.id, ts: args.ts }
  }),
}

/** @throws Refusal no_text, invalid_blocks, msg_blocks_too_long */
function contentOf(args: { text?: string | undefined; blocks?: unknown }): { text: string; blocks: KnownBlock[] } {
  const checked = args.blocks === undefined ? [] : checkBlocks(args.blocks)
  checkLength(args.blocks ?? [])
  if (!args.text && checked.length === 0) throw refusal('no_text')
  return { text: (args.text ?? '').slice(0, longestText), blocks: checked }
}

/** The bot's own message, undefined where this Slack has forgotten it; ephemeral ones cannot be reached again. */
function ours(world: World, at: { channel: string; ts: string }, error: string): { to: Channel; message: Message | undefined } {
  const to = world.channel(at.channel)
  const message = world.ofBot(to, at.ts)
  if (message === 'forgotten') return { to, message: undefined }
  if (!message || message.ephemeralTo !== undefined) throw refusal('message_not_found')
  if (message.user !== bot.userId) throw refusal(error)
  return { to, message }
}
