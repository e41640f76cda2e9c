/* Settings as plain data, before the schema has looked at them. Nothing here changes what it is given. */

export type Section = Record<string, unknown>

export function isSection(value: unknown): value is Section {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** A copy with `value` at `path`, sections made on the way; unchanged where something else than a section is in the way. */
export function setAt(target: unknown, path: readonly string[], value: unknown): unknown {
  const [first, ...rest] = path
  if (first === undefined) return value
  if (target !== undefined && target !== null && !isSection(target)) return target
  return { ...target, [first]: setAt(target?.[first], rest, value) }
}
