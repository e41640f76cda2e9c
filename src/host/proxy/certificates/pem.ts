import { createPrivateKey, X509Certificate } from 'node:crypto'
import { JailopsError } from '../../../core/errors.ts'

/** A leaf with its chain and its key. */
export interface Bundle {
  leaf: X509Certificate
  /** As one text that HAProxy reads, also as the payload of a command: without an empty line. */
  text: string
}

/** The first line of a file that we got and shall renew; what reads PEM passes over it. */
export const gotMark = '# jailops got this certificate and renews it\n'

/** HAProxy takes 16 KiB a command. */
const longestText = 14_000
const block = /-----BEGIN ([A-Z0-9 ]+)-----[\s\S]+?-----END \1-----/g

/** @throws certificate_invalid unless it is a certificate with its chain, in order, and the key that fits */
export function readBundle(text: string, where: string): Bundle {
  const refuse = (what: string) => new JailopsError('certificate_invalid', `${where} ${what}`)
  const blocks = [...text.matchAll(block)].map(([whole, kind = '']) => ({ whole, kind }))
  const [leaf, ...chain] = certificatesIn(text)
  const [key, another] = blocks.filter(({ kind }) => kind.endsWith('PRIVATE KEY'))
  if (leaf === undefined) throw refuse('holds no certificate. It takes the certificate, its chain, and the key, in PEM format.')
  if (key === undefined) throw refuse('holds no key. Put it into the same file: cat fullchain.pem privkey.pem > site.pem')
  if (another !== undefined) throw refuse('holds several keys; leave the one that belongs to its first certificate.')
  const privateKey = keyIn(key.whole)
  if (privateKey === undefined)
    throw refuse('holds a key that cannot be read. One with a password cannot be used: openssl pkey -in KEY -out KEY')
  if (!leaf.checkPrivateKey(privateKey)) {
    throw refuse(
      'holds a key that does not belong to its first certificate. The certificate of the site stands first, the chain behind it.',
    )
  }
  const all = [leaf, ...chain]
  if (all.some((one, index) => index > 0 && all[index - 1]?.checkIssued(one) !== true)) {
    throw refuse('holds certificates in the wrong order: each must have been issued by the one behind it.')
  }
  const lines = [privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(), ...all.map(String)].join('\n').split('\n')
  const normal = lines.filter((line) => line.trim() !== '').join('\n')
  if (normal.length > longestText) throw refuse(`is too long: HAProxy takes ${longestText} bytes of key and chain. Leave the root out.`)
  return { leaf, text: `${normal}\n` }
}

/** Leaf first. Empty where none can be read. */
export function certificatesIn(text: string): X509Certificate[] {
  const found = [...text.matchAll(block)].filter(([, kind]) => kind === 'CERTIFICATE')
  try {
    return found.map(([whole]) => new X509Certificate(whole))
  } catch {
    return []
  }
}

/** Milliseconds since 1970. */
export function lifeOf(certificate: Pick<X509Certificate, 'validFrom' | 'validTo'>): { startsAt: number; expiresAt: number } {
  return { startsAt: Date.parse(certificate.validFrom), expiresAt: Date.parse(certificate.validTo) }
}

export function namesOf({ subjectAltName = '' }: Pick<X509Certificate, 'subjectAltName'>): string[] {
  return subjectAltName.split(', ').flatMap((one) => (one.startsWith('DNS:') ? [one.slice(4).toLowerCase()] : []))
}

/** Whether it may be shown to who asks for this site: a name of its own, or, of a wildcard site, that very wildcard. */
export function isFor(site: string, names: readonly string[]): boolean {
  return names.includes(site) || names.includes(site.replace(/^[^.]+/, '*'))
}

function keyIn(pem: string) {
  try {
    return createPrivateKey(pem)
  } catch {
    return undefined
  }
}
