import { createPublicKey, type KeyObject } from 'node:crypto'
import { JailopsError } from '../core/errors.ts'

/** A name that has a key: a host's, or the bot's. */
export const signerName = /^[a-z][a-z0-9-]{0,31}$/

export interface PublicKey {
  name: string
  /** The 32 bytes, in base64url: what people compare and copy. */
  text: string
  key: KeyObject
}

/** The one line that people copy from one side to the other. */
export function publicLine(name: string, text: string): string {
  return `jailops-key ${name} ${text}`
}

/** @throws config_error when the line is not one of ours, or not whole. */
export function parsePublicLine(line: string): PublicKey {
  const [word, name, text, ...more] = line.trim().split(/\s+/)
  if (word !== 'jailops-key' || name === undefined || text === undefined || more.length > 0 || !signerName.test(name)) throw notAKeyLine()
  const bytes = Buffer.from(text, 'base64url')
  // What a decoder skips or drops must not hide in a line that people compare by eye.
  if (bytes.length !== 32 || bytes.toString('base64url') !== text) throw notAKeyLine()
  try {
    return { name, text, key: createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: text }, format: 'jwk' }) }
  } catch (error) {
    throw notAKeyLine(error)
  }
}

function notAKeyLine(cause?: unknown): JailopsError {
  return new JailopsError(
    'config_error',
    'This is not a key line; copy the whole line `jailops-key NAME KEY` that the other side printed.',
    {
      cause,
    },
  )
}
