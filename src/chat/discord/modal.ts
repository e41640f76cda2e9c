import {
  type APIComponentInLabel,
  type APILabelComponent,
  type APIModalInteractionResponseCallbackData,
  ComponentType,
  TextInputStyle,
} from 'discord-api-types/v10'
import { z } from 'zod'
import type { Form, FormField, Known, Said } from '../adapter.ts'
import { forgetOldest } from './bounded.ts'
import { plainWithin } from './escape.ts'

const limits = { fields: 5, id: 100, title: 45, label: 45, hint: 100, placeholder: 100, value: 4000, choices: 25, choice: 100 }
const mostKept = 500
const prefix = 'form:'

/** Which values a field could have, to be told beside it. */
export type KnownValues = (argument: string) => Known[]

/** The forms that are open before people. What does not fit into a form's id is kept here, the newest only. */
export interface Forms {
  open(form: Form, known: KnownValues): APIModalInteractionResponseCallbackData
  /** What was submitted, as typed options; undefined where the form is not known any more. */
  said(id: string, filled: Record<string, string>): Said | undefined
}

const carriedSchema = z.tuple([z.string(), z.record(z.string(), z.string())])
/** A command, and what was given already and has no place in the form. */
type Carried = z.infer<typeof carriedSchema>

export function createForms(): Forms {
  const kept = new Map<string, Carried>()

  function idOf(carried: Carried): string {
    const id = `${prefix}${JSON.stringify(carried)}`
    if (id.length <= limits.id) return id
    const key = `${prefix}${crypto.randomUUID()}`
    kept.set(key, carried)
    forgetOldest(kept, mostKept)
    return key
  }

  return {
    open(form, known) {
      const shown = shownFields(form.fields)
      const carried = form.fields.flatMap(({ name, value }) =>
        value === undefined || shown.some((field) => field.name === name) ? [] : [[name, value] as const],
      )
      return {
        custom_id: idOf([form.command, Object.fromEntries(carried)]),
        title: plainWithin(`/${form.command}`, limits.title).text,
        components: shown.map((field) => labelOf(field, known)),
      }
    },
    said(id, filled) {
      const carried = kept.get(id) ?? (id.startsWith(prefix) ? carriedSchema.safeParse(parsed(id.slice(prefix.length))).data : undefined)
      if (carried === undefined) return undefined
      const [command, given] = carried
      const options = Object.entries({ ...given, ...filled }).filter(([, value]) => value.trim() !== '')
      return { kind: 'options', command, options: Object.fromEntries(options) }
    },
  }
}

/** What is needed and missing first, then what is needed, then the rest in its order. What is too long to be shown is carried. */
function shownFields(fields: readonly FormField[]): FormField[] {
  const fitting = fields.filter(({ value = '' }) => value.length <= limits.value)
  return fitting.toSorted((a, b) => rank(a) - rank(b)).slice(0, limits.fields)
}

function rank({ required, value }: FormField): number {
  if (!required) return 2
  return value === undefined ? 0 : 1
}

function labelOf(field: FormField, known: KnownValues): APILabelComponent {
  const hint = plainWithin(field.hint, limits.hint).text
  return {
    type: ComponentType.Label,
    label: plainWithin(field.label, limits.label).text || '–',
    ...(hint !== '' && { description: hint }),
    component: selectOf(field) ?? inputOf(field, known),
  }
}

/** A menu, where there are not too many choices for one. */
function selectOf({ name, required, kind, choices, value }: FormField): APIComponentInLabel | undefined {
  const all = kind === 'yes-no' ? ['yes', 'no'] : kind === 'choice' ? [...new Set(choices)] : []
  const fits = all.length <= limits.choices && all.every((choice) => choice !== '' && choice.length <= limits.choice)
  if (all.length === 0 || !fits) return undefined
  return {
    type: ComponentType.StringSelect,
    custom_id: name,
    required,
    ...(!required && { min_values: 0 }),
    options: all.map((choice) => ({ label: choice, value: choice, ...(choice === value && { default: true }) })),
  }
}

function inputOf({ name, required, value, choices }: FormField, known: KnownValues): APIComponentInLabel {
  const names = choices.length > 0 ? choices : known(name).map((one) => one.value)
  const placeholder = plainWithin(names.join(', '), limits.placeholder).text
  return {
    type: ComponentType.TextInput,
    custom_id: name,
    style: value?.includes('\n') === true ? TextInputStyle.Paragraph : TextInputStyle.Short,
    required,
    max_length: limits.value,
    ...(placeholder !== '' && { placeholder }),
    ...(value !== undefined && { value }),
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
