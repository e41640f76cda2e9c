import { createHmac, createSecretKey, hkdfSync, type KeyObject, timingSafeEqual } from 'node:crypto'
import { JailopsError } from '../core/errors.ts'

/** What the bot keeps for itself: whose, the how-manieth version, and the text. */
export interface Sealed {
  id: string
  revision: number
  record: string
}

/** Closes what only its owner writes and reads again. Nobody else can check it, so it costs a tenth of a signature. */
export interface Seal {
  close(sealed: Sealed): string
  /** @throws bad_signature */
  open(text: string): Sealed
}

const written = /^([\w-]{43}) (\S+) (\d{1,16}) ([^]*)$/

/**
 * `MAC ID REVISION RECORD`; the MAC is HMAC-SHA256 over all that follows it, by a key that is derived from the owner's private key
 * (HKDF, RFC 5869) and used for nothing else.
 */
export function createSeal(privateKey: KeyObject): Seal {
  const secret = privateKey.export({ type: 'pkcs8', format: 'der' })
  const key = createSecretKey(Buffer.from(hkdfSync('sha256', secret, '', 'jailops sealed records', 32)))
  const macOf = (content: string) => createHmac('sha256', key).update(content).digest('base64url')
  return {
    close({ id, revision, record }) {
      if (!/^\S+$/.test(id) || !Number.isSafeInteger(revision) || revision < 1)
        throw new JailopsError('internal', `${JSON.stringify(id)} and ${revision} cannot name a record.`)
      const content = `${id} ${revision} ${record}`
      return `${macOf(content)} ${content}`
    },
    open(text) {
      const [, mac = '', id = '', revision = '', record = ''] = written.exec(text) ?? []
      const right = macOf(text.slice(mac.length + 1))
      if (mac.length !== right.length || !timingSafeEqual(Buffer.from(mac), Buffer.from(right)))
        throw new JailopsError(
          'bad_signature',
          'A stored record was refused: it was not written by this bot, with the key that it has now.',
        )
      return { id, revision: Number(revision), record }
    },
  }
}
