import { ApplicationCommandOptionType as Kind, ApplicationCommandType } from 'discord-api-types/v10'
import { z } from 'zod'

const name = z.string().regex(/^[-_'\p{L}\p{N}\p{sc=Deva}\p{sc=Thai}]{1,32}$/u)
const lowerName = name.refine((text) => text === text.toLowerCase(), { params: { code: 'STRING_TYPE_REGEX' }, error: 'Must be lower case' })
const described = { name: lowerName, description: z.string().min(1).max(100) }

const choices = <Value extends z.ZodType>(value: Value) =>
  z
    .array(z.looseObject({ name: z.string().min(1).max(100), value }))
    .max(25)
    .optional()
const base = { ...described, required: z.boolean().optional() }
const textLength = z.int().min(0).max(6000).optional()
const numeric = {
  ...base,
  choices: choices(z.number()),
  autocomplete: z.boolean().optional(),
  min_value: z.number().optional(),
  max_value: z.number().optional(),
}
const plainKinds = [Kind.Boolean, Kind.User, Kind.Role, Kind.Mentionable, Kind.Attachment] as const

const basicSchema = z
  .discriminatedUnion('type', [
    z.looseObject({
      ...base,
      type: z.literal(Kind.String),
      choices: choices(z.string().max(100)),
      autocomplete: z.boolean().optional(),
      min_length: textLength,
      max_length: textLength,
    }),
    z.looseObject({ ...numeric, type: z.literal(Kind.Integer) }),
    z.looseObject({ ...numeric, type: z.literal(Kind.Number) }),
    z.looseObject({ ...base, type: z.literal(Kind.Channel), channel_types: z.array(z.int()).optional() }),
    ...plainKinds.map((kind) => z.looseObject({ ...base, type: z.literal(kind) })),
  ])
  .check(({ value, issues }) => {
    if (!('autocomplete' in value) || value.autocomplete !== true || !Array.isArray(value['choices']) || value['choices'].length === 0)
      return
    const params = { code: 'APPLICATION_COMMAND_OPTIONS_CHOICES_AUTOCOMPLETE' }
    issues.push({ code: 'custom', path: ['choices'], params, message: 'Choices and autocomplete exclude each other', input: value })
  })
export type BasicOption = z.infer<typeof basicSchema>

const optionList = <Entry extends z.ZodType<{ name: string; required?: unknown }>>(option: Entry) =>
  z
    .array(option)
    .max(25)
    .check(({ value, issues }) => {
      const flaw = (index: number, code: string, message: string) =>
        issues.push({ code: 'custom', path: [index], params: { code }, message, input: value })
      for (const [index, { name: itsName, required }] of value.entries()) {
        const before = value.slice(0, index)
        if (before.some((one) => one.name === itsName))
          flaw(index, 'APPLICATION_COMMAND_OPTIONS_NAME_DUPLICATED', 'Option names must be unique')
        if (required !== true || before.every((one) => one.required === true)) continue
        flaw(index, 'APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID', 'Required options must be placed before non-required options')
      }
    })

const subcommandSchema = z.looseObject({ ...described, type: z.literal(Kind.Subcommand), options: optionList(basicSchema).optional() })
const groupSchema = z.looseObject({ ...described, type: z.literal(Kind.SubcommandGroup), options: optionList(subcommandSchema).optional() })
export type Subcommand = z.infer<typeof subcommandSchema>
export type Group = z.infer<typeof groupSchema>
export type Option = BasicOption | Subcommand | Group

const basicLevel = optionList(basicSchema)
const branchingLevel = optionList(z.discriminatedUnion('type', [subcommandSchema, groupSchema]))
/** Either what is filled in, or what is chosen from: a level with subcommands has nothing else. */
const levelSchema = z.array(z.looseObject({ type: z.int() })).transform((options, context): Option[] => {
  const isBranching = options.some(({ type }) => type === Kind.Subcommand || type === Kind.SubcommandGroup)
  const parsed = (isBranching ? branchingLevel : basicLevel).safeParse(options, { reportInput: true })
  if (parsed.success) return parsed.data
  context.issues.push(...parsed.error.issues.map((issue) => ({ ...issue, input: issue.input }) as z.core.$ZodRawIssue))
  return z.NEVER
})

/** A slash command as it is registered. */
export const commandFormSchema = z
  .looseObject({
    name: lowerName,
    description: z.string().min(1).max(100),
    type: z.literal(ApplicationCommandType.ChatInput).default(ApplicationCommandType.ChatInput),
    options: levelSchema.optional(),
    default_member_permissions: z.string().regex(/^\d+$/).nullish(),
    nsfw: z.boolean().optional(),
  })
  .check(({ value, issues }) => {
    const size = sizeOf(value)
    if (size <= 8000) return
    const params = { code: 'APPLICATION_COMMAND_TOO_LARGE' }
    issues.push({ code: 'custom', path: [], params, message: `Command exceeds maximum size (8000): ${size}`, input: value })
  })
export type CommandForm = z.infer<typeof commandFormSchema>

/** Names, descriptions and choice values together, over all options. */
function sizeOf(part: { name: string; description?: unknown; options?: unknown; choices?: unknown }): number {
  const inner = Array.isArray(part.options) ? (part.options as Option[]) : []
  const values = Array.isArray(part.choices) ? (part.choices as { name: string; value: string | number }[]) : []
  const own = part.name.length + (typeof part.description === 'string' ? part.description.length : 0)
  return [own, ...inner.map(sizeOf), ...values.map((one) => one.name.length + String(one.value).length)].reduce(
    (sum, size) => sum + size,
    0,
  )
}
