import type { Command } from '../../core/command.ts'
import { offeredOptions } from '../../core/options.ts'
import type { Door, Form, FormField, Said } from '../adapter.ts'
import { placeSelect } from './modals.ts'
import type { ViewState } from './payloads.ts'

/** The form for what was said so far; also where nothing is missing, since whoever asks for a form wants to see one. */
export function formOf(said: Said, door: Door, commands: readonly Command[]): Form | undefined {
  const asked = door.form(said)
  if (asked !== undefined) return asked
  const command = said.kind === 'options' ? commands.find(({ path }) => path === said.command) : undefined
  return command === undefined
    ? undefined
    : { command: command.path, summary: command.summary, fields: offeredOptions(command).map(fieldOf) }
}

const kinds: Record<string, FormField['kind']> = { boolean: 'yes-no', integer: 'number', number: 'number' }

function fieldOf({ name, label, description, required, type, choices }: ReturnType<typeof offeredOptions>[number]): FormField {
  return { name, label, hint: description, required, kind: choices.length > 0 ? 'choice' : (kinds[type] ?? 'text'), choices }
}

/** What was filled in; what was left empty is left out. */
export function filledIn({ values }: ViewState): Record<string, string> {
  const filled: Record<string, string> = {}
  for (const [name, actions] of Object.entries(values)) {
    const { value, selected_option: option } = actions[name] ?? {}
    const given = option?.value ?? value ?? ''
    if (name !== placeSelect && given.trim() !== '') filled[name] = given.trim()
  }
  return filled
}

export function chosenChannel({ values }: ViewState): string | undefined {
  return values[placeSelect]?.[placeSelect]?.selected_conversation ?? undefined
}
