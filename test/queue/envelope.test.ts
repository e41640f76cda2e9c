import * as fc from 'fast-check'
import { createPrivateKey, createPublicKey } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import type { BotMessage, HostMessage } from '../../src/core/message.ts'
import { createSigner, createVerifier } from '../../src/queue/envelope.ts'
import { parsePublicLine } from '../../src/queue/key-line.ts'
import { makePeople } from './setup.ts'

const cancel: HostMessage = { id: 'r1-cancel-1', request: 'r1', host: 'web1', issuedAt: 1, expiresAt: 2, body: { kind: 'cancel' } }
const inventory: BotMessage = {
  id: 'inv-inventory-1',
  request: 'inv',
  host: 'web1',
  issuedAt: 1,
  expiresAt: 2,
  number: 1,
  body: { kind: 'inventory', inventory: { jails: ['blog'], routes: [], trash: [] } },
}
const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
const refused = { code: 'bad_signature' }

describe('a signed message', () => {
  test('comes out as it went in, and equal messages have equal texts', async () => {
    const { bot, web1, verifier } = await makePeople()
    const token = await bot.hostMessage(cancel)
    expect(await verifier.hostMessage(token, { host: 'web1', kid: 'bot', id: cancel.id })).toEqual(cancel)
    expect(await verifier.botMessage(await web1.botMessage(inventory))).toEqual(inventory)
    expect(await bot.hostMessage({ ...cancel })).toBe(token)
  })

  test('of any content is kept whole', async () => {
    const { bot, verifier } = await makePeople()
    await fc.assert(
      fc.asyncProperty(
        fc.string({ unit: 'binary' }),
        fc.dictionary(fc.string(), fc.jsonValue({ noUnicodeString: false })),
        async (person, args) => {
          const body = { kind: 'query', command: 'jail list', args, definition: 'x', person } as const
          const read = await verifier.hostMessage(await bot.hostMessage({ ...cancel, body }), { host: 'web1' })
          expect(JSON.stringify(read.body)).toBe(JSON.stringify({ ...body, args: read.body.kind === 'query' ? read.body.args : {} }))
          // the one key that zod leaves out, so that nobody's prototype is replaced; no argument has that name
          const kept = Object.keys(JSON.parse(JSON.stringify(args))).filter((key) => key !== '__proto__')
          if (read.body.kind === 'query') expect(Object.keys(read.body.args).toSorted()).toEqual(kept.toSorted())
        },
      ),
      { numRuns: 100 },
    )
  })

  test('is refused when any one byte of it is another', async () => {
    const { bot, verifier } = await makePeople()
    const token = await bot.hostMessage(cancel)
    await fc.assert(
      fc.asyncProperty(fc.nat({ max: token.length - 1 }), fc.integer({ min: 1, max: 255 }), async (place, difference) => {
        const other = String.fromCharCode(token.charCodeAt(place) ^ difference)
        const bent = token.slice(0, place) + other + token.slice(place + 1)
        await expect(verifier.hostMessage(bent, { host: 'web1' })).rejects.toMatchObject(refused)
      }),
      { numRuns: 1500 },
    )
    // The last character carries four bits that a decoder drops.
    for (const last of 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_='.replace(token.at(-1) ?? '', '')) {
      await expect(verifier.hostMessage(token.slice(0, -1) + last, { host: 'web1' })).rejects.toMatchObject(refused)
    }
  })

  test('is refused when it is anything else', async () => {
    const { bot, verifier } = await makePeople()
    const token = await bot.hostMessage(cancel)
    const wrong = [
      '',
      '.',
      '..',
      '...',
      `${token}=`,
      `${token}\n`,
      ` ${token}`,
      `${token}.x`,
      token.slice(0, -1),
      JSON.stringify({ payload: token }),
    ]
    for (const text of wrong) await expect(verifier.hostMessage(text, { host: 'web1' })).rejects.toMatchObject(refused)
    await fc.assert(
      fc.asyncProperty(fc.string(), async (text) => {
        await expect(verifier.hostMessage(text, { host: 'web1' })).rejects.toMatchObject(refused)
      }),
    )
  })

  test('with another header is refused', async () => {
    const { bot, verifier } = await makePeople()
    const [, payload, signature] = (await bot.hostMessage(cancel)).split('.')
    const header = { alg: 'EdDSA', kid: 'bot', typ: 'jailops-host' }
    for (const other of [
      { alg: 'none' },
      { alg: 'HS256' },
      { kid: 'web1' },
      { kid: '__proto__' },
      { b64: false, crit: ['b64'] },
      { jwk: {} },
    ]) {
      const bent = encode({ ...header, ...other })
      await expect(verifier.hostMessage(`${bent}.${payload}.${signature}`, { host: 'web1' })).rejects.toMatchObject(refused)
      await expect(verifier.hostMessage(`${bent}.${payload}.`, { host: 'web1' })).rejects.toMatchObject(refused)
    }
  })

  test('of one kind is not taken for another', async () => {
    const { bot, web1, verifier } = await makePeople()
    await expect(verifier.botMessage(await bot.hostMessage(cancel))).rejects.toMatchObject(refused)
    // A trusted host signs what only the bot may.
    await expect(verifier.hostMessage(await web1.hostMessage(cancel), { host: 'web1' })).rejects.toMatchObject(refused)
    await expect(verifier.botMessage(await bot.botMessage({ ...inventory, host: 'bot' }))).rejects.toMatchObject(refused)
  })

  test('of a stranger, for another host or under another id is refused', async () => {
    const { bot, web1, stranger, impostor, verifier } = await makePeople()
    await expect(verifier.hostMessage(await stranger.hostMessage(cancel), { host: 'web1' })).rejects.toMatchObject(refused)
    await expect(verifier.hostMessage(await impostor.hostMessage(cancel), { host: 'web1' })).rejects.toMatchObject(refused)
    await expect(verifier.hostMessage(await bot.hostMessage({ ...cancel, host: 'web2' }), { host: 'web1' })).rejects.toMatchObject(refused)
    await expect(verifier.hostMessage(await bot.hostMessage(cancel), { host: 'web1', id: 'r1-cancel-2' })).rejects.toMatchObject(refused)
    await expect(verifier.botMessage(await web1.botMessage({ ...inventory, host: 'web2' }))).rejects.toMatchObject(refused)
    await expect(verifier.botMessage(await web1.botMessage({ ...inventory, host: 'web2' }), { host: 'web2' })).rejects.toMatchObject(
      refused,
    )
  })
})

/** Made by jose 6 with the key of RFC 8037, appendix A. */
const byJose =
  'eyJhbGciOiJFZERTQSIsImtpZCI6ImJvdCIsInR5cCI6ImphaWxvcHMtaG9zdCJ9.' +
  'eyJib2R5Ijp7ImtpbmQiOiJjYW5jZWwifSwiZXhwaXJlc0F0IjoyLCJob3N0IjoiaMOkbGxvIiwiaWQiOiJyMS1jYW5jZWwtMSIsImlzc3VlZEF0IjoxLCJyZXF1ZXN0IjoicjEifQ.' +
  'bfcyAUFr_8tnnFBuzAQ6pfu8B8j6O8HRb2nhNibBKqnjCzTj9U_iD69P3du8Jx_5htqsZ9vUGuU5Bisqf_mvDA'

describe('signatures are those of the standards', () => {
  const jwk = {
    kty: 'OKP',
    crv: 'Ed25519',
    d: 'nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A',
    x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo',
  }
  const key = createPrivateKey({ key: jwk, format: 'jwk' })

  test('the key of RFC 8037 is read from a key line', () => {
    expect(parsePublicLine(`jailops-key bot ${jwk.x}`).key.equals(createPublicKey(key))).toBe(true)
  })

  test('what another library signed with that key is read, and ours is the same to the byte', async () => {
    const signer = createSigner({ name: 'bot', key })
    const verifier = createVerifier({ trusted: new Map([['bot', createPublicKey(key)]]), from: () => true })
    const message = { ...cancel, host: 'hällo' }
    expect(await verifier.hostMessage(byJose, { host: 'hällo' })).toEqual(message)
    expect(await signer.hostMessage(message)).toBe(byJose)
  })
})
