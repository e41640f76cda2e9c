import { randomFillSync } from 'node:crypto'

/** Milliseconds since 1970; passed in, so that tests own the time. */
export type Clock = () => number

const alphabet = 'abcdefghijkmnpqrstuvwxyz23456789'
const length = 15
/** Chance for many ids at once: to ask for it each time costs more than all else that an id needs. */
const chance = new Uint8Array(length * 256)
let used = chance.length

/** A new request id: a letter, then 15 of 32 letters and digits (75 bits). */
export function newRequestId(): string {
  if (used >= chance.length) {
    randomFillSync(chance)
    used = 0
  }
  const bytes = chance.subarray(used, used + length)
  used += length
  return `r${Array.from(bytes, (byte) => alphabet.charAt(byte % alphabet.length)).join('')}`
}
