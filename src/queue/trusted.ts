import type { KeyObject } from 'node:crypto'
import { appendFile, mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { JailopsError } from '../core/errors.ts'
import { parsePublicLine, type PublicKey } from './key-line.ts'
import { refuseIfOpen } from './keys.ts'

/** Whose signatures we believe; keyed by name. */
export type TrustedKeys = ReadonlyMap<string, KeyObject>

/** FOLDER/trusted: one key line each, `#` begins a comment. No such file: nobody is trusted. */
export async function loadTrusted(folder: string): Promise<TrustedKeys> {
  const keys = await readLines(folder)
  return new Map([...keys].map(([name, { key }]) => [name, key]))
}

/** Adds a line that a person brought. The same line again changes nothing; another key for the same name is refused. */
export async function addTrusted(folder: string, line: string): Promise<PublicKey> {
  const added = parsePublicLine(line)
  const known = (await readLines(folder)).get(added.name)
  if (known?.text === added.text) return added
  if (known) throw twoKeys(folder, added.name)
  await mkdir(folder, { recursive: true, mode: 0o700 })
  await appendFile(join(folder, 'trusted'), `${line.trim()}\n`, { mode: 0o600, flush: true })
  return added
}

async function readLines(folder: string): Promise<Map<string, PublicKey>> {
  const path = join(folder, 'trusted')
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw new JailopsError('config_error', `The list of trusted keys ${path} cannot be read.`, { cause: error })
  })
  const keys = new Map<string, PublicKey>()
  if (text === undefined) return keys
  await refuseIfOpen(path, 0o022, `others can write it; look through it, then run: chmod go-w ${path}`)
  for (const line of text.split('\n').map((one) => one.trim())) {
    if (line === '' || line.startsWith('#')) continue
    const found = parsePublicLine(line)
    const known = keys.get(found.name)
    if (known && known.text !== found.text) throw twoKeys(folder, found.name)
    keys.set(found.name, found)
  }
  return keys
}

function twoKeys(folder: string, name: string): JailopsError {
  return new JailopsError(
    'config_error',
    `${name} has two different keys in ${join(folder, 'trusted')}; find out which is right and remove the other.`,
  )
}
