import { z } from 'zod'

/** What bastille's own list says of a jail. */
export interface ListedJail {
  name: string
  /** Up, Down, or n/a. */
  state?: string
  boot?: string
}

const answerSchema = z.array(z.record(z.string(), z.string()))

/**
 * Reads `bastille list -j`. Its keys were called in three ways by now (`IP_Address`, `IP Address`, and HEAD's `IP ADDRESS`), and in May 2025 a comma
 * stood behind the last entry. undefined: it is none of these.
 */
export function readList(text: string): ListedJail[] | undefined {
  const answer = answerSchema.safeParse(parsed(text.replace(/,(\s*\])\s*$/, '$1')))
  if (!answer.success) return undefined
  const jails = answer.data.map(listed)
  return jails.every((jail) => jail !== undefined) ? jails : undefined
}

function listed(entry: Readonly<Record<string, string>>): ListedJail | undefined {
  const values = new Map(Object.entries(entry).map(([key, value]) => [key.toLowerCase().replaceAll(/[ _]+/g, ' '), value]))
  const [name, state, boot] = ['name', 'state', 'boot'].map((key) => values.get(key))
  if (name === undefined || name === '' || name === '-') return undefined
  return { name, ...(state !== undefined && { state }), ...(boot !== undefined && { boot }) }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
