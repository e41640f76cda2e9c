import * as fc from 'fast-check'
import { createPrivateKey, generateKeyPairSync } from 'node:crypto'
import { expect, test } from 'vitest'
import { createSeal } from '../../src/queue/seal.ts'

const { privateKey } = generateKeyPairSync('ed25519')
const seal = createSeal(privateKey)
const refused = expect.objectContaining({ code: 'bad_signature' })

test('a record of any content comes out as it went in, also after a restart with the same key', () => {
  const again = createSeal(createPrivateKey(privateKey.export({ type: 'pkcs8', format: 'pem' })))
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.integer({ min: 1 }), (record, revision) => {
      const sealed = { id: 'r1', revision, record }
      expect(again.open(seal.close(sealed))).toEqual(sealed)
    }),
  )
})

test('a record that was changed anywhere, or that another sealed, is refused', () => {
  const text = seal.close({ id: 'r1', revision: 12, record: '{"state":"stored"}' })
  for (let at = 0; at < text.length; at++) {
    const bent = text.slice(0, at) + (text[at] === 'A' ? 'B' : 'A') + text.slice(at + 1)
    expect(() => seal.open(bent)).toThrow(refused)
    expect(() => seal.open(text.slice(0, at))).toThrow(refused)
  }
  expect(() => seal.open(`${text} `)).toThrow(refused)
  expect(() => createSeal(generateKeyPairSync('ed25519').privateKey).open(text)).toThrow(refused)
  fc.assert(fc.property(fc.string(), (any) => void expect(() => seal.open(any)).toThrow(refused)))
})

test('what could be read as another record is not sealed', () => {
  for (const id of ['', 'r1 2', 'r 1'])
    expect(() => seal.close({ id, revision: 1, record: '' })).toThrow(expect.objectContaining({ code: 'internal' }))
  for (const revision of [0, -1, 1.5, Number.NaN, 1e21])
    expect(() => seal.close({ id: 'r1', revision, record: '' })).toThrow(expect.objectContaining({ code: 'internal' }))
})
