import { hash } from 'node:crypto'

/**
 * JSON with sorted keys and no white space (RFC 8785 for the values we use), so that equal data has equal bytes.
 * @throws TypeError on what JSON cannot carry faithfully (undefined in arrays, NaN, functions, dates).
 */
export function canonicalJson(value: unknown): string {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return JSON.stringify(value)
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw new TypeError(`${value} has no JSON form`)
    return JSON.stringify(value)
  }
  // Array.from, because map would skip holes.
  if (Array.isArray(value)) return `[${Array.from(value, (item) => canonicalJson(item)).join(',')}]`
  if (typeof value === 'object' && isPlain(value)) {
    const members = Object.entries(value)
      .filter(([, member]) => member !== undefined)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, member]) => `${JSON.stringify(key)}:${canonicalJson(member)}`)
    return `{${members.join(',')}}`
  }
  throw new TypeError(`${typeof value} has no JSON form`)
}

/** A record, not a Date, Map or the like: those would all be written as {}. */
function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === null || Object.getPrototypeOf(prototype) === null
}

/** Lower-case hexadecimal sha256. */
export function sha256(text: string): string {
  return hash('sha256', text, 'hex')
}
