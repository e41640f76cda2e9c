import { type KeyObject, sign as signBytes, verify as verifyBytes } from 'node:crypto'
import { z } from 'zod'
import { canonicalJson } from '../core/canonical.ts'
import { JailopsError } from '../core/errors.ts'
import { botMessageSchema, hostMessageSchema, type BotMessage, type HostMessage } from '../core/message.ts'
import type { TrustedKeys } from './trusted.ts'

/** What a signed text may be; it stands in the signed header, so that one cannot be passed off as another. */
export type EnvelopeType = 'jailops-host' | 'jailops-bot'

export interface Signer {
  hostMessage(message: HostMessage): Promise<string>
  botMessage(message: BotMessage): Promise<string>
}

export interface Expected {
  /** The queue's host: what is meant for another, or comes from another, is refused. */
  host?: string
  /** Who must have signed it. */
  kid?: string
  /** The id under which it was delivered. */
  id?: string
}

/** Each rejects with bad_signature. Whether a message is too old is not asked here: the worker asks it after its ledger. */
export interface Verifier {
  hostMessage(token: string, expected: Expected & { host: string }): Promise<HostMessage>
  /** A host speaks for itself only: its message names the one that signed it. */
  botMessage(token: string, expected?: Expected): Promise<BotMessage>
}

/** What it makes is a JWS in its compact form with an Ed25519 key (RFC 7515, RFC 8037). */
export function createSigner({ name, key }: { name: string; key: KeyObject }): Signer {
  const sign = async (typ: EnvelopeType, content: unknown) => {
    const signed = `${base64url(JSON.stringify({ alg: 'EdDSA', kid: name, typ }))}.${base64url(canonicalJson(content))}`
    return `${signed}.${signBytes(null, Buffer.from(signed), key).toString('base64url')}`
  }
  return {
    hostMessage: (message) => sign('jailops-host', message),
    botMessage: (message) => sign('jailops-bot', message),
  }
}

/** `from` says who may sign what; a trusted key alone is not enough. */
export function createVerifier({ trusted, from }: { trusted: TrustedKeys; from: (typ: EnvelopeType, name: string) => boolean }): Verifier {
  function open<T>(token: string, typ: EnvelopeType, kid: string | undefined, schema: z.ZodType<T>) {
    const header = readHeader(token)
    if (header.typ !== typ) throw refused(`it is a ${header.typ} where a ${typ} was due`)
    if (kid !== undefined && header.kid !== kid) throw refused(`${header.kid} signed it, not ${kid}`)
    const key = from(typ, header.kid) ? trusted.get(header.kid) : undefined
    if (!key) throw refused(`${header.kid} may not sign a ${typ} here`)
    return { kid: header.kid, content: parse(schema, readSigned(token, key)) }
  }
  return {
    hostMessage: async (token, expected) => {
      const { content } = open(token, 'jailops-host', expected.kid, hostMessageSchema)
      checkPlace(content, expected.host, expected.id)
      return content
    },
    botMessage: async (token, expected = {}) => {
      const { content, kid } = open(token, 'jailops-bot', expected.kid, botMessageSchema)
      checkPlace(content, expected.host ?? kid, expected.id)
      if (content.host !== kid) throw refused(`${kid} speaks for ${content.host}`)
      return content
    },
  }
}

const headerSchema = z.strictObject({
  alg: z.literal('EdDSA'),
  kid: z.string(),
  typ: z.enum(['jailops-host', 'jailops-bot']),
})

const longestToken = 16 * 1024 * 1024

function readHeader(token: string): z.infer<typeof headerSchema> {
  const [header, , signature, ...more] = token.length > longestToken ? [] : token.split('.')
  if (header === undefined || signature === undefined || more.length > 0) throw refused('it is no signed text')
  // Decoders forgive: two texts must never pass for one signature, or the ledger would take a copy for a replay.
  if (Buffer.from(signature, 'base64url').toString('base64url') !== signature) throw refused('its signature is not written as we write it')
  return parse(headerSchema, Buffer.from(header, 'base64url'))
}

function readSigned(token: string, key: KeyObject): Buffer {
  const end = token.lastIndexOf('.')
  const signature = Buffer.from(token.slice(end + 1), 'base64url')
  if (!verifyBytes(null, Buffer.from(token.slice(0, end)), key, signature)) throw refused('its signature is wrong')
  return Buffer.from(token.slice(token.indexOf('.') + 1, end), 'base64url')
}

function base64url(text: string): string {
  return Buffer.from(text).toString('base64url')
}

function parse<T>(schema: z.ZodType<T>, bytes: Buffer): T {
  try {
    return schema.parse(JSON.parse(bytes.toString('utf8')))
  } catch (error) {
    throw refused('its content is not what we know; is one side older than the other?', error)
  }
}

function checkPlace(message: { host: string; id: string }, host: string, id: string | undefined): void {
  if (message.host !== host) throw refused(`it is of the host ${message.host}, not ${host}`)
  if (id !== undefined && message.id !== id) throw refused(`it is ${message.id} and came as ${id}`)
}

function refused(why: string, cause?: unknown): JailopsError {
  return new JailopsError('bad_signature', `A message was refused: ${why}.`, { cause })
}
