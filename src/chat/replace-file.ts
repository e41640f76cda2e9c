import { randomBytes } from 'node:crypto'
import { mkdir, rename, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'

/** Puts the whole text in the file's place at once, for its owner alone. */
export async function replaceFile(file: string, text: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true })
  const staged = `${file}.${randomBytes(6).toString('hex')}`
  await writeFile(staged, text, { mode: 0o600 })
  await rename(staged, file)
}
