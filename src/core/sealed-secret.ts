import {
  createCipheriv,
  createDecipheriv,
  createPublicKey,
  diffieHellman,
  generateKeyPairSync,
  hkdfSync,
  type KeyObject,
} from 'node:crypto'
import { JailopsError } from './errors.ts'

/*
 * A few words for one reader alone, past everybody who carries them: ephemeral X25519, HKDF-SHA256 and AES-256-GCM, bound to what
 * they belong to. Whoever has the message, and later the host or the bot, cannot read it: both private keys live in memory only.
 */

export interface SecretReader {
  /** What others seal to: 32 bytes in base64url. */
  publicKey: string
  /** @throws bad_signature */
  open(sealed: string, context: string): string
}

export function createSecretReader(): SecretReader {
  const own = generateKeyPairSync('x25519')
  const publicKey = rawOf(own.publicKey)
  return {
    publicKey,
    open(sealed, context) {
      try {
        const bytes = Buffer.from(sealed, 'base64url')
        const [sender, text, tag] = [bytes.subarray(0, keyBytes), bytes.subarray(keyBytes, -tagBytes), bytes.subarray(-tagBytes)]
        const from = sender.toString('base64url')
        const { key, nonce } = agreedOn(own.privateKey, from, { from, to: publicKey, context })
        const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: tagBytes }).setAuthTag(tag)
        return Buffer.concat([decipher.update(text), decipher.final()]).toString()
      } catch (error) {
        throw new JailopsError('bad_signature', 'What the host sealed for this request cannot be opened.', { cause: error })
      }
    },
  }
}

/** `publicKey`: the reader's. `context`: the request's id; sealed for one, it opens for no other. */
export function sealSecret(secret: string, publicKey: string, context: string): string {
  const own = generateKeyPairSync('x25519')
  const from = rawOf(own.publicKey)
  const { key, nonce } = agreedOn(own.privateKey, publicKey, { from, to: publicKey, context })
  const cipher = createCipheriv('aes-256-gcm', key, nonce, { authTagLength: tagBytes })
  const text = Buffer.concat([cipher.update(secret), cipher.final()])
  return Buffer.concat([Buffer.from(from, 'base64url'), text, cipher.getAuthTag()]).toString('base64url')
}

const keyBytes = 32
const nonceBytes = 12
const tagBytes = 16

/** Key and nonce of this one text: its sender's key is never used again. */
function agreedOn(own: KeyObject, other: string, { from, to, context }: { from: string; to: string; context: string }) {
  const publicKey = createPublicKey({ key: { kty: 'OKP', crv: 'X25519', x: other }, format: 'jwk' })
  const shared = diffieHellman({ privateKey: own, publicKey })
  const made = Buffer.from(hkdfSync('sha256', shared, `${from} ${to}`, `jailops secret ${context}`, keyBytes + nonceBytes))
  return { key: made.subarray(0, keyBytes), nonce: made.subarray(keyBytes) }
}

function rawOf(key: KeyObject): string {
  return key.export({ format: 'jwk' }).x ?? ''
}
