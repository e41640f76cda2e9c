import { z } from 'zod'
import type { Actor } from '../../core/policy.ts'
import type { Place } from '../adapter.ts'
import { wordsOfName } from './definitions.ts'

/* What of Discord's gateway is used. All of it is checked: one malformed payload ends a process that believes it. */

export const platform = 'discord'

const id = z.string().regex(/^\d{1,20}$/)
const userSchema = z.object({
  id,
  username: z.string().default(''),
  global_name: z.string().nullish(),
  bot: z.boolean().default(false),
})
const memberSchema = z.object({ user: userSchema, nick: z.string().nullish(), roles: z.array(id) })

/** Enough to answer, however wrong the rest may be. */
export const addressSchema = z.object({ id, application_id: id, token: z.string().min(1).max(500), type: z.int() })
export type Address = z.infer<typeof addressSchema>

const valueSchema = z.object({
  name: z.string(),
  value: z.union([z.string(), z.number(), z.boolean()]).optional(),
  focused: z.boolean().default(false),
})
export type OptionValue = z.infer<typeof valueSchema>
const leafSchema = z.object({ name: z.string(), options: z.array(valueSchema).default([]) })
const isBranch = (option: { type?: unknown } | undefined) => option?.type === 1 || option?.type === 2

/** The words of a command and its options, whatever subcommands they stand in. */
export interface Invocation {
  path: string
  options: OptionValue[]
}

const nodeSchema = z.object({ name: z.string(), options: z.array(z.looseObject({ type: z.int() })).default([]) })

const invocationSchema = z.unknown().transform((data, context): Invocation => {
  const words: string[] = []
  for (let node: unknown = data; words.length < 3;) {
    const parsed = nodeSchema.safeParse(node)
    if (!parsed.success) break
    words.push(...(words.length === 0 ? wordsOfName(parsed.data.name) : [parsed.data.name]))
    const [first] = parsed.data.options
    if (isBranch(first)) {
      node = first
      continue
    }
    const leaf = leafSchema.safeParse(node)
    if (!leaf.success) break
    return { path: words.join(' '), options: leaf.data.options }
  }
  context.addIssue({ code: 'custom', message: 'no command with its options', input: data })
  return z.NEVER
})

const submittedSchema = z.object({ custom_id: z.string(), value: z.string().optional(), values: z.array(z.string()).optional() })
const modalSchema = z.object({
  custom_id: z.string(),
  components: z.array(z.object({ component: submittedSchema.optional(), components: z.array(submittedSchema).optional() })),
})

const who = { guild_id: id.optional(), channel_id: id, member: memberSchema.optional(), user: userSchema.optional() }
const shared = { ...addressSchema.shape, ...who }

/** An interaction as far as it is understood; kinds that the bot never offers do not match. */
export const interactionSchema = z
  .discriminatedUnion('type', [
    z.object({ ...shared, type: z.literal(2), data: invocationSchema }),
    z.object({ ...shared, type: z.literal(3), data: z.object({ custom_id: z.string() }) }),
    z.object({ ...shared, type: z.literal(4), data: invocationSchema }),
    z.object({ ...shared, type: z.literal(5), data: modalSchema }),
  ])
  .refine(({ member, user }) => member !== undefined || user !== undefined, 'says nobody as the one who spoke')
export type Interaction = z.infer<typeof interactionSchema>

export const kinds = { command: 2, press: 3, autocomplete: 4, modal: 5 } as const

export const packetSchema = z.object({ t: z.string().nullish(), d: z.unknown() })

/** What was filled in, by field. */
export function submitted({ components }: z.infer<typeof modalSchema>): Record<string, string> {
  const fields = components.flatMap(({ component, components: row = [] }) => (component === undefined ? row : [component]))
  return Object.fromEntries(fields.map(({ custom_id, value, values }) => [custom_id, value ?? values?.[0] ?? '']))
}

/** Who spoke, as the payload says it: its roles are those of this moment. */
export function actorOf({ guild_id, member, user }: Interaction, guild: string): Actor {
  const { id: person = '', username = '', global_name, bot = false } = member?.user ?? user ?? {}
  const isHere = guild_id === guild && member !== undefined
  return {
    platform,
    id: person,
    name: (member?.nick ?? global_name ?? username).slice(0, 200),
    groups: isHere ? member.roles : [],
    kind: bot ? 'bot' : isHere ? 'person' : 'stranger',
  }
}

export function placeOf({ channel_id }: Interaction): Place {
  return { platform, channel: channel_id }
}
