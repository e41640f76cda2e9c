import { type APIModalSubmissionComponent, ComponentType } from 'discord-api-types/v10'
import { ClientRefusal, type ModalField } from './interface.ts'
import type { OpenModal } from './world.ts'

/** What a submitted form sends; what is not filled in keeps its prefilled value. @throws ClientRefusal */
export function submission(
  { fields, layout }: OpenModal,
  values: Record<string, string | readonly string[]>,
): APIModalSubmissionComponent[] {
  const unknown = Object.keys(values).find((name) => fields.every(({ customId }) => customId !== name))
  if (unknown !== undefined) throw new ClientRefusal(`The form has no field "${unknown}".`)
  return layout.map(({ kind, customId, id }): APIModalSubmissionComponent => {
    if (kind === 'text') return { type: ComponentType.TextDisplay, id }
    const field = fields.find((one) => one.customId === customId)
    if (!field) throw new ClientRefusal(`The form has no field "${customId}".`)
    const inner = { id: id + 100, custom_id: customId }
    if (field.kind === 'select') {
      const chosen = chosenOf(field, values[customId])
      return { type: ComponentType.Label, id, component: { ...inner, type: ComponentType.StringSelect, values: chosen } }
    }
    const input = { ...inner, type: ComponentType.TextInput, value: textOf(field, values[customId]) } as const
    return kind === 'label'
      ? { type: ComponentType.Label, id, component: input }
      : { type: ComponentType.ActionRow, id, components: [input] }
  })
}

function textOf({ label, value, required, minLength, maxLength }: ModalField, typed: string | readonly string[] = value): string {
  if (typeof typed !== 'string') throw new ClientRefusal(`"${label}" is a text.`)
  if (required && typed.trim() === '') throw new ClientRefusal(`"${label}" is required.`)
  if (typed !== '' && typed.length < minLength) throw new ClientRefusal(`"${label}" needs ${minLength} characters.`)
  if (typed.length > maxLength) throw new ClientRefusal(`"${label}" takes ${maxLength} characters at most.`)
  return typed
}

function chosenOf({ label, value, choices, required, minLength, maxLength }: ModalField, given?: string | readonly string[]): string[] {
  const prefilled = value === '' ? [] : [value]
  const chosen = given === undefined ? prefilled : typeof given === 'string' ? [given] : [...given]
  if (chosen.some((one) => choices.every((choice) => choice.value !== one))) throw new ClientRefusal(`"${label}" has no such choice.`)
  if (!required && chosen.length === 0) return []
  if (chosen.length < minLength || chosen.length > maxLength)
    throw new ClientRefusal(`"${label}" takes ${minLength} to ${maxLength} choices.`)
  return chosen
}
