import { z } from 'zod'
import { jailTypes } from '../../../core/jail.ts'

/* What jailops notes of a jail of its own, in one word: `tags=web,php&note=…`. It stands in the jail's file, and in its `meta` where the kernel has that. */

const words = z
  .string()
  .default('')
  .transform((text) => text.split(',').filter((word) => word !== ''))
const recordSchema = z.strictObject({
  type: z.enum(jailTypes).optional(),
  release: z.string().optional(),
  depends: words,
  tags: words,
  note: z.string().default(''),
})
export type JailRecord = z.infer<typeof recordSchema>

export const emptyRecord: JailRecord = { depends: [], tags: [], note: '' }

/** Empty where there is nothing to note. What is no letter, digit or `*-._` is encoded: nothing in it is syntax to anybody. */
export function recordText({ type, release, depends, tags, note }: JailRecord): string {
  return new URLSearchParams({
    ...(type !== undefined && { type }),
    ...(release !== undefined && { release }),
    ...(depends.length > 0 && { depends: depends.join(',') }),
    ...(tags.length > 0 && { tags: tags.join(',') }),
    ...(note !== '' && { note }),
  }).toString()
}

export function readRecord(text: string): JailRecord | undefined {
  return recordSchema.safeParse(Object.fromEntries(new URLSearchParams(text))).data
}
