import { randomInt } from 'node:crypto'

/** Without characters that are taken for others when they are read or typed. */
const alphabet = 'abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789'
const characters = 24

export function newPassword(): string {
  return Array.from({ length: characters }, () => alphabet.charAt(randomInt(alphabet.length))).join('')
}
