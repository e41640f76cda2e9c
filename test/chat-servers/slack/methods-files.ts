import { randomBytes } from 'node:crypto'
import { z } from 'zod'
import { bound } from './bound.ts'
import { json, method, type Method } from './method.ts'
import { refusal } from './refusal.ts'
import { bot } from './world.ts'

const scope = 'files:write'
const mostWaiting = 200
const filesSchema = z.array(z.looseObject({ id: z.string(), title: z.string().optional() })).min(1)

export const fileMethods: Record<string, Method> = {
  'files.getUploadURLExternal': method(
    { scope },
    { filename: z.string().min(1), length: z.coerce.number().int().positive() },
    (args, parts) => {
      const id = `F${randomBytes(5).toString('hex').toUpperCase()}`
      parts.uploads.set(id, { name: args.filename, content: undefined })
      bound(parts.uploads, mostWaiting)
      return { file_id: id, upload_url: `${parts.origin}/upload/v1/${id}` }
    },
  ),

  'files.completeUploadExternal': method(
    { scope },
    {
      files: json('invalid_arguments'),
      channel_id: z.string().optional(),
      thread_ts: z.string().optional(),
      initial_comment: z.string().optional(),
    },
    (args, { world, uploads }) => {
      const wanted = filesSchema.safeParse(args.files)
      if (!wanted.success) throw refusal('invalid_arguments')
      const files = wanted.data.map(({ id, title }) => {
        const upload = uploads.get(id)
        if (upload?.content === undefined) throw refusal('file_not_found')
        return { id, name: upload.name, title: title ?? upload.name, content: upload.content }
      })
      if (args.channel_id !== undefined) {
        if (world.users.has(args.channel_id)) throw refusal('channel_not_found')
        const channel = world.writable(args.channel_id)
        world.post({ channel, user: bot.userId, text: args.initial_comment ?? '', files, threadTs: args.thread_ts })
      }
      for (const { id } of files) uploads.delete(id)
      return { files: files.map(({ id, name, title }) => ({ id, name, title })) }
    },
  ),
}
