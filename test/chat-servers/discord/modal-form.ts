import { ComponentType, TextInputStyle } from 'discord-api-types/v10'
import { z } from 'zod'
import { stringSelectSchema, textDisplaySchema } from './component-form.ts'
import type { ModalField } from './interface.ts'
import { invalidForm, parseForm } from './problem.ts'
import type { OpenModal } from './world.ts'

const input = {
  id: z.int().optional(),
  type: z.literal(ComponentType.TextInput),
  custom_id: z.string().min(1).max(100),
  style: z.enum(TextInputStyle),
  min_length: z.int().min(0).max(4000).optional(),
  max_length: z.int().min(1).max(4000).optional(),
  required: z.boolean().optional(),
  value: z.string().max(4000).optional(),
  placeholder: z.string().max(100).optional(),
}
const label = z.string().min(1).max(45)

const modalSchema = z.looseObject({
  custom_id: z.string().min(1).max(100),
  title: z.string().min(1).max(45),
  components: z
    .array(
      z.discriminatedUnion('type', [
        z.looseObject({
          id: z.int().optional(),
          type: z.literal(ComponentType.ActionRow),
          components: z.array(z.looseObject({ ...input, label })).length(1),
        }),
        z.looseObject({
          id: z.int().optional(),
          type: z.literal(ComponentType.Label),
          label,
          description: z.string().max(100).optional(),
          component: z.discriminatedUnion('type', [z.looseObject({ ...input, label: z.undefined().optional() }), stringSelectSchema]),
        }),
        textDisplaySchema,
      ]),
    )
    .min(1)
    .max(5),
})
type Part = z.infer<typeof modalSchema>['components'][number]
type Input = Extract<Part, { type: ComponentType.Label }>['component']

/** @throws ApiProblem 50035 */
export function readModal(body: unknown): Pick<OpenModal, 'customId' | 'title' | 'fields' | 'layout'> {
  const form = parseForm(modalSchema, body ?? {})
  const fields = form.components.flatMap(fieldOf)
  if (new Set(fields.map(({ customId }) => customId)).size < fields.length) {
    const code = 'COMPONENT_CUSTOM_ID_DUPLICATED'
    throw invalidForm([{ path: ['components'], code, message: 'Component custom id cannot be duplicated' }])
  }
  return { customId: form.custom_id, title: form.title, fields, layout: form.components.map(layoutOf) }
}

function layoutOf(part: Part, index: number): OpenModal['layout'][number] {
  const id = part.id ?? index + 1
  if (part.type === ComponentType.TextDisplay) return { customId: '', kind: 'text', id }
  if (part.type === ComponentType.Label) return { customId: part.component.custom_id, kind: 'label', id }
  return { customId: part.components[0]?.custom_id ?? '', kind: 'row', id }
}

function fieldOf(part: Part): ModalField[] {
  if (part.type === ComponentType.TextDisplay) return []
  if (part.type === ComponentType.Label) return [field(part.label, part.component)]
  return part.components.map(({ label: itsLabel, ...one }) => field(itsLabel, { ...one, label: undefined } as Input))
}

function field(itsLabel: string, one: Input): ModalField {
  const shared = { customId: one.custom_id, label: itsLabel, required: one.required ?? true, placeholder: one.placeholder ?? '' }
  if (one.type === ComponentType.StringSelect) {
    const choices = one.options.map(({ label: text, value }) => ({ label: text, value }))
    const chosen = one.options.find((option) => option.default)?.value ?? ''
    return { ...shared, kind: 'select', minLength: one.min_values ?? 1, maxLength: one.max_values ?? 1, value: chosen, choices }
  }
  const kind = one.style === TextInputStyle.Short ? 'short' : 'paragraph'
  return { ...shared, kind, minLength: one.min_length ?? 0, maxLength: one.max_length ?? 4000, value: one.value ?? '', choices: [] }
}
