import { generateKeyPairSync } from 'node:crypto'
import { z } from 'zod'
import type { Shell } from '../../host/shell.ts'
import { accountFile } from '../../host/proxy/certificates/places.ts'

const openOrderSchema = z.strictObject({
  url: z.url(),
  /** Of the certificate to be. */
  key: z.string(),
  /** What the authority may be reading now: lines of a map that go with the order. */
  tokens: z.array(z.string()),
})
export type OpenOrder = z.infer<typeof openOrderSchema>

const onlyOwner = 0o600

/** Our name at an authority: who loses it can make another one, but not take a certificate back. */
export async function accountKey(shell: Shell, folder: string, directory: string): Promise<string> {
  const path = accountFile(folder, directory)
  const standing = await shell.readFile(path)
  if (standing !== undefined) return standing
  const { privateKey } = generateKeyPairSync('ec', {
    namedCurve: 'P-256',
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  })
  await shell.writeFile(path, privateKey, onlyOwner)
  return privateKey
}

/** An order that is open, beside what is to come of it. Of another authority it is none. */
export function openOrderFile(shell: Shell, to: string, directory: string) {
  const path = to.replace(/\.pem$/, '.order')
  const origin = new URL(directory).origin
  return {
    async read(): Promise<OpenOrder | undefined> {
      const text = await shell.readFile(path)
      const parsed = openOrderSchema.safeParse(jsonIn(text ?? ''))
      return parsed.success && new URL(parsed.data.url).origin === origin ? parsed.data : undefined
    },
    keep: (order: OpenOrder) => shell.writeFile(path, JSON.stringify(order), onlyOwner),
    forget: () => shell.removeFile(path),
  }
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
