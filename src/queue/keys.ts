import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, randomUUID } from 'node:crypto'
import { link, mkdir, open, readFile, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { JailopsError } from '../core/errors.ts'
import { parsePublicLine, publicLine, signerName, type PublicKey } from './key-line.ts'

export interface Keys extends PublicKey {
  /** Signs as `name`. */
  privateKey: KeyObject
  /** What the other side puts into its list of trusted keys. */
  line: string
}

/** Makes FOLDER/NAME.key (for its owner's eyes) and FOLDER/NAME.pub, unless they stand already; they are never overwritten. */
export async function createKeys(folder: string, name: string): Promise<Keys> {
  if (!signerName.test(name))
    throw new JailopsError('config_error', `A key cannot be named ${JSON.stringify(name)}; use a-z, 0-9 and hyphens.`)
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const { privateKey } = generateKeyPairSync('ed25519')
  await writeOnce(privatePath(folder, name), privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(), 0o600)
  const keys = await loadKeys(folder, name)
  await writeOnce(join(folder, `${name}.pub`), `${keys.line}\n`, 0o644)
  return keys
}

/** @throws config_error when there is no key, when others can read it, or when it is none. */
export async function loadKeys(folder: string, name: string): Promise<Keys> {
  const path = privatePath(folder, name)
  await refuseIfOpen(path, 0o077, `others can read or write it; if nobody did, run: chmod 600 ${path}`)
  const privateKey = await readPrivateKey(path)
  const { x = '' } = createPublicKey(privateKey).export({ format: 'jwk' })
  const line = publicLine(name, x)
  return { ...parsePublicLine(line), privateKey, line }
}

/** @throws config_error when the file is missing or may be used by more than it should. */
export async function refuseIfOpen(path: string, forbidden: number, sentence: string): Promise<void> {
  const mode = await stat(path).then(
    (status) => status.mode,
    (error: unknown) => {
      throw new JailopsError('config_error', `The key file ${path} cannot be read; is its folder right, and was the key made?`, {
        cause: error,
      })
    },
  )
  if ((mode & forbidden) !== 0) throw new JailopsError('config_error', `The key file ${path} is not safe: ${sentence}`)
}

async function readPrivateKey(path: string): Promise<KeyObject> {
  try {
    const key = createPrivateKey(await readFile(path, 'utf8'))
    if (key.asymmetricKeyType !== 'ed25519') throw new TypeError(`a key for ${key.asymmetricKeyType}`)
    return key
  } catch (error) {
    throw new JailopsError('config_error', `The key file ${path} holds no Ed25519 key; move it away and make a new one.`, { cause: error })
  }
}

function privatePath(folder: string, name: string): string {
  return join(folder, `${name}.key`)
}

/** Whole or not at all, also when we die in between, and never in the place of another: link() refuses that. */
async function writeOnce(path: string, text: string, mode: number): Promise<void> {
  const draft = `${path}.${randomUUID()}`
  try {
    const file = await open(draft, 'wx', mode)
    try {
      await file.writeFile(text)
      await file.sync()
    } finally {
      await file.close()
    }
    await link(draft, path).catch(unlessItExists)
  } finally {
    await rm(draft, { force: true })
  }
}

function unlessItExists(error: unknown): void {
  if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
}
