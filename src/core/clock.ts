import { randomBytes } from 'node:crypto'

/** Milliseconds since 1970; passed in, so that tests own the time. */
export type Clock = () => number

/** A new request id: a letter, then 15 of 32 letters and digits (75 bits). */
export function newRequestId(): string {
  const alphabet = 'abcdefghijkmnpqrstuvwxyz23456789'
  return `r${[...randomBytes(15)].map((byte) => alphabet.charAt(byte % 32)).join('')}`
}
