import { z } from 'zod'

const media = z.looseObject({ url: z.string().max(2048) })

const embedSchema = z.looseObject({
  title: z.string().max(256).optional(),
  description: z.string().max(4096).optional(),
  url: z.string().max(2048).optional(),
  timestamp: z.iso.datetime({ offset: true }).optional(),
  color: z.int().min(0).max(0xffffff).nullish(),
  footer: z.looseObject({ text: z.string().trim().min(1).max(2048), icon_url: z.string().optional() }).optional(),
  author: z.looseObject({ name: z.string().trim().min(1).max(256), url: z.string().optional() }).optional(),
  image: media.optional(),
  thumbnail: media.optional(),
  fields: z
    .array(
      z.looseObject({
        name: z.string().trim().min(1).max(256),
        value: z.string().trim().min(1).max(1024),
        inline: z.boolean().optional(),
      }),
    )
    .max(25)
    .optional(),
})
export type EmbedForm = z.infer<typeof embedSchema>

export const embedsSchema = z
  .array(embedSchema)
  .max(10)
  .check(({ value, issues }) => {
    for (const [index, embed] of value.entries()) {
      if (embed.title || embed.description || embed.fields?.length || embed.footer || embed.author || embed.image || embed.thumbnail)
        continue
      const params = { code: 'BASE_TYPE_REQUIRED' }
      issues.push({ code: 'custom', path: [index, 'description'], params, message: 'This field is required', input: value })
    }
    if (charactersOf(value) <= 6000) return
    const params = { code: 'MAX_EMBED_SIZE_EXCEEDED' }
    issues.push({ code: 'custom', path: [], params, message: 'Embed size exceeds maximum size of 6000', input: value })
  })

/** What Discord adds up over all embeds of a message. */
export function charactersOf(embeds: readonly EmbedForm[]): number {
  const texts = embeds.flatMap(({ title, description, footer, author, fields = [] }) => [
    title ?? '',
    description ?? '',
    footer?.text ?? '',
    author?.name ?? '',
    ...fields.flatMap(({ name, value }) => [name, value]),
  ])
  return texts.reduce((sum, text) => sum + text.length, 0)
}
