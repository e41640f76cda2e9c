import type { APIApplicationCommandOptionChoice } from 'discord-api-types/v10'
import type { Actor } from '../../core/policy.ts'
import type { Door, Known } from '../adapter.ts'
import { lineCommand } from './definitions.ts'
import { plainWithin } from './escape.ts'
import type { Invocation } from './payload.ts'
import { schemaName } from './said.ts'

const limits = { choices: 25, length: 100 }

/** What the option that is being typed could become, from memory. */
export function choicesFor({ path, options }: Invocation, actor: Actor, door: Door): APIApplicationCommandOptionChoice<string>[] {
  const focused = options.find((option) => option.focused)
  if (focused === undefined) return []
  const typed = String(focused.value ?? '')
  const known =
    path === lineCommand.name
      ? door.complete(typed, actor).map(({ text, hint }) => ({ value: text, hint }))
      : door.values({ command: path, argument: schemaName(focused.name), typed, actor })
  const distinct = [...new Map(known.map((one) => [one.value, one])).values()]
  return distinct.filter(isTakeable).slice(0, limits.choices).map(choiceOf)
}

/** A value is sent as it is, so one that Discord would not take whole is not offered at all. */
function isTakeable({ value }: Known): boolean {
  return value.trim() !== '' && value.length <= limits.length && value.isWellFormed()
}

function choiceOf({ value, hint }: Known): APIApplicationCommandOptionChoice<string> {
  return { name: plainWithin(hint === '' ? value : `${value.trim()} – ${hint}`, limits.length).text, value }
}
