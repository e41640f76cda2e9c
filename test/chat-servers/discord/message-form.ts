import { z } from 'zod'
import { MessageFlags } from 'discord-api-types/v10'
import { embedsSchema } from './embed-form.ts'
import { checkComponents, type ComponentForm, componentsSchema } from './component-form.ts'
import { filesAMessage } from './limits.ts'

const id = z.string().regex(/^\d+$/)

const allowedMentionsSchema = z
  .looseObject({
    parse: z.array(z.enum(['roles', 'users', 'everyone'])).optional(),
    roles: z.array(id).max(100).optional(),
    users: z.array(id).max(100).optional(),
    replied_user: z.boolean().optional(),
  })
  .check(({ value, issues }) => {
    for (const kind of ['roles', 'users'] as const) {
      if (!value.parse?.includes(kind) || !value[kind]?.length) continue
      const params = { code: 'MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE' }
      issues.push({
        code: 'custom',
        path: [],
        params,
        message: `parse:["${kind}"] and ${kind}: [ids...] are mutually exclusive.`,
        input: value,
      })
    }
  })
export type AllowedMentions = z.infer<typeof allowedMentionsSchema>

/** The body of every request that makes or changes a message. */
export const messageFormSchema = z
  .looseObject({
    content: z
      .string()
      .transform((text) => text.trim())
      .pipe(z.string().max(2000))
      .nullish(),
    embeds: embedsSchema.nullish(),
    components: componentsSchema.nullish(),
    flags: z.int().nonnegative().nullish(),
    allowed_mentions: allowedMentionsSchema.nullish(),
    attachments: z
      .array(
        z.looseObject({
          id: z.union([z.string(), z.int()]).transform(String),
          filename: z.string().optional(),
          description: z.string().max(1024).nullish(),
        }),
      )
      .max(filesAMessage)
      .nullish(),
    nonce: z.union([z.string().max(25), z.int()]).optional(),
    enforce_nonce: z.boolean().optional(),
    tts: z.boolean().optional(),
    message_reference: z.looseObject({ message_id: id, fail_if_not_exists: z.boolean().optional() }).optional(),
  })
  .check(({ value, issues }) => {
    const flaw = (path: string, code: string, message: string) =>
      issues.push({ code: 'custom', path: [path], params: { code }, message, input: value })
    const isV2 = ((value.flags ?? 0) & MessageFlags.IsComponentsV2) !== 0
    for (const legacy of isV2 ? (['content', 'embeds'] as const) : []) {
      if (!value[legacy]?.length) continue
      const code = 'MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2'
      flaw(legacy, code, `The '${legacy}' field cannot be used when using MessageFlags.IS_COMPONENTS_V2`)
    }
    checkComponents(value.components ?? [], isV2, (path, code, message) =>
      issues.push({ code: 'custom', path: ['components', ...path], params: { code }, message, input: value }),
    )
  })
export type MessageForm = z.infer<typeof messageFormSchema>
export type { ComponentForm }
