import { expect, it } from 'vitest'
import { createSecretReader, sealSecret } from '../../src/core/sealed-secret.ts'
import { refusal } from './refusal.ts'

const reader = createSecretReader()

it.each(['', 'a', 'kQ7mWn3pXz8RbT5vYc2LhJ9d', 'ä😀'.repeat(1000)])('opens for its reader and its request: %.10s', (secret) => {
  const sealed = sealSecret(secret, reader.publicKey, 'r1')
  expect(sealed).toMatch(/^[\w-]+$/)
  expect(reader.open(sealed, 'r1')).toBe(secret)
})

it('is never the same twice, and says nothing of what is in it', () => {
  const [one, other] = [sealSecret('secret', reader.publicKey, 'r1'), sealSecret('secret', reader.publicKey, 'r1')]
  expect(one).not.toBe(other)
  expect(Buffer.from(one, 'base64url').toString('latin1')).not.toContain('secret')
})

it('opens for no other reader, for no other request, and not where a bit of it was changed', () => {
  const sealed = sealSecret('secret', reader.publicKey, 'r1')
  const bytes = Buffer.from(sealed, 'base64url')
  const changed = Array.from(bytes.keys(), (place) => {
    const copy = Buffer.from(bytes)
    copy[place] = (copy[place] ?? 0) ^ 1
    return copy.toString('base64url')
  })
  for (const open of [
    () => createSecretReader().open(sealed, 'r1'),
    () => reader.open(sealed, 'r2'),
    ...[...changed, '', 'x', sealed.slice(0, -4), `${sealed}AAAA`].map((text) => () => reader.open(text, 'r1')),
  ]) {
    expect(refusal(open).code).toBe('bad_signature')
  }
})

it('a key that is none is refused', () => {
  expect(() => sealSecret('secret', 'A'.repeat(43), 'r1')).toThrow()
  expect(() => sealSecret('secret', 'short', 'r1')).toThrow()
})
