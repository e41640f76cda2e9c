import type { Said } from '../adapter.ts'
import { lineCommand } from './definitions.ts'
import type { Invocation } from './payload.ts'

/** What a slash command says: a whole line, or typed options. */
export function saidOf({ path, options }: Invocation): Said {
  const given = options.flatMap(({ name, value }) => (value === undefined ? [] : [[schemaName(name), value] as const]))
  if (path !== lineCommand.name) return { kind: 'options', command: path, options: Object.fromEntries(given) }
  return { kind: 'text', text: String(options.find(({ name }) => name === lineCommand.option)?.value ?? '') }
}

/** As people could have typed it: `/jail create blog`. */
export function lineOf(said: Said): string {
  if (said.kind === 'text') return `/${said.text.trim().replace(/^\//, '')}`
  if (said.kind === 'press') return `/${said.press.kind} ${said.press.request}`
  const words = Object.entries(said.options).map(([key, value], index) => {
    const word = value === true ? 'yes' : value === false ? 'no' : String(value)
    return index === 0 && typeof value === 'string' ? word : `${key}:${word}`
  })
  return [`/${said.command}`, ...words].join(' ')
}

/** `dry-run` → `dryRun`. */
export function schemaName(label: string): string {
  return label.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase())
}
