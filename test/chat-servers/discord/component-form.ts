import { ButtonStyle, ComponentType } from 'discord-api-types/v10'
import { z } from 'zod'

const customId = z.string().min(1).max(100)
const shared = { id: z.int().nonnegative().optional() }
const media = z.looseObject({ url: z.string().min(1).max(2048) })

const buttonSchema = z
  .looseObject({
    ...shared,
    type: z.literal(ComponentType.Button),
    style: z.enum(ButtonStyle),
    label: z.string().max(80).optional(),
    emoji: z.looseObject({ name: z.string().optional(), id: z.string().optional() }).optional(),
    custom_id: customId.optional(),
    url: z.string().max(512).optional(),
    disabled: z.boolean().optional(),
  })
  .check(({ value, issues }) => {
    const required = (name: string) => {
      const params = { code: 'BASE_TYPE_REQUIRED' }
      issues.push({ code: 'custom', path: [name], params, message: 'This field is required', input: value })
    }
    const isLink = value.style === ButtonStyle.Link
    if (isLink && value.url === undefined) required('url')
    if (!isLink && value.custom_id === undefined) required('custom_id')
    if (!value.label && !value.emoji) required('label')
  })

export const selectOptionSchema = z.looseObject({
  label: z.string().min(1).max(100),
  value: z.string().min(1).max(100),
  description: z.string().max(100).optional(),
  default: z.boolean().optional(),
})

export const stringSelectSchema = z.looseObject({
  ...shared,
  type: z.literal(ComponentType.StringSelect),
  custom_id: customId,
  options: z.array(selectOptionSchema).min(1).max(25),
  placeholder: z.string().max(150).optional(),
  min_values: z.int().min(0).max(25).optional(),
  max_values: z.int().min(1).max(25).optional(),
  disabled: z.boolean().optional(),
  required: z.boolean().optional(),
})

const otherSelect = <Type extends number>(type: z.ZodLiteral<Type>) =>
  z.looseObject({
    ...shared,
    type,
    custom_id: customId,
    placeholder: z.string().max(150).optional(),
    disabled: z.boolean().optional(),
  })

const rowSchema = z.looseObject({
  ...shared,
  type: z.literal(ComponentType.ActionRow),
  components: z
    .array(
      z.discriminatedUnion('type', [
        buttonSchema,
        stringSelectSchema,
        otherSelect(z.literal(ComponentType.UserSelect)),
        otherSelect(z.literal(ComponentType.RoleSelect)),
        otherSelect(z.literal(ComponentType.MentionableSelect)),
        otherSelect(z.literal(ComponentType.ChannelSelect)),
      ]),
    )
    .min(1)
    .max(5),
})

export const textDisplaySchema = z.looseObject({
  ...shared,
  type: z.literal(ComponentType.TextDisplay),
  content: z.string().min(1).max(4000),
})
const thumbnailSchema = z.looseObject({ ...shared, type: z.literal(ComponentType.Thumbnail), media })
const insideContainer = [
  rowSchema,
  textDisplaySchema,
  z.looseObject({
    ...shared,
    type: z.literal(ComponentType.Section),
    components: z.array(textDisplaySchema).min(1).max(3),
    accessory: z.discriminatedUnion('type', [buttonSchema, thumbnailSchema]),
  }),
  z.looseObject({
    ...shared,
    type: z.literal(ComponentType.MediaGallery),
    items: z.array(z.looseObject({ media })).min(1).max(10),
  }),
  z.looseObject({ ...shared, type: z.literal(ComponentType.File), file: media }),
  z.looseObject({ ...shared, type: z.literal(ComponentType.Separator) }),
] as const

export const componentsSchema = z.array(
  z.discriminatedUnion('type', [
    ...insideContainer,
    z.looseObject({
      ...shared,
      type: z.literal(ComponentType.Container),
      accent_color: z.int().min(0).max(0xffffff).nullish(),
      components: z.array(z.discriminatedUnion('type', insideContainer)).min(1),
    }),
  ]),
)
export type ComponentForm = z.infer<typeof componentsSchema>[number]
type Row = z.infer<typeof rowSchema>
export type AnyComponent = ComponentForm | Row['components'][number] | z.infer<typeof thumbnailSchema>

/** A component and all that stand in it. */
export function withInner(component: AnyComponent): AnyComponent[] {
  if (component.type === ComponentType.Section) return [component, ...component.components, component.accessory]
  if (component.type === ComponentType.ActionRow || component.type === ComponentType.Container) {
    const inner: readonly AnyComponent[] = component.components
    return [component, ...inner.flatMap(withInner)]
  }
  return [component]
}

type Flaw = (path: PropertyKey[], code: string, message: string) => void

/** What only shows over all components of a message. */
export function checkComponents(components: readonly ComponentForm[], isV2: boolean, flaw: Flaw): void {
  const all = components.flatMap(withInner)
  if (isV2) checkV2(all, flaw)
  else checkRows(components, flaw)
  for (const [index, component] of components.entries()) checkWidth(component, index, flaw)
  const ids = all.flatMap((component) => ('custom_id' in component && component.custom_id !== undefined ? [component.custom_id] : []))
  if (new Set(ids).size < ids.length) flaw([], 'COMPONENT_CUSTOM_ID_DUPLICATED', 'Component custom id cannot be duplicated')
  for (const component of all) {
    if (component.type !== ComponentType.StringSelect) continue
    if (new Set(component.options.map(({ value }) => value)).size === component.options.length) continue
    flaw([], 'SELECT_COMPONENT_OPTION_VALUE_DUPLICATED', 'The specified option value is already used')
  }
}

function checkRows(components: readonly ComponentForm[], flaw: Flaw): void {
  if (components.length > 5) flaw([], 'BASE_TYPE_BAD_LENGTH', 'Must be between 1 and 5 in length.')
  for (const [index, { type }] of components.entries()) {
    if (type !== ComponentType.ActionRow) flaw([index, 'type'], 'UNION_TYPE_CHOICES', 'Value of field "type" must be one of (1,).')
  }
}

function checkV2(all: readonly AnyComponent[], flaw: Flaw): void {
  if (all.length > 40) flaw([], 'COMPONENT_MAX_TOTAL_COMPONENTS_EXCEEDED', 'The maximum number of components is 40')
  const characters = all.reduce((sum, one) => sum + (one.type === ComponentType.TextDisplay ? one.content.length : 0), 0)
  if (characters > 4000) flaw([], 'COMPONENT_DISPLAYABLE_TEXT_SIZE_EXCEEDED', 'The maximum size of displayable text is 4000')
}

/** A select menu fills its row alone. */
function checkWidth(component: ComponentForm, index: number, flaw: Flaw): void {
  if (component.type !== ComponentType.ActionRow || component.components.length === 1) return
  if (component.components.every(({ type }) => type === ComponentType.Button)) return
  flaw([index], 'COMPONENT_LAYOUT_WIDTH_EXCEEDED', 'The specified component exceeds the maximum width')
}
