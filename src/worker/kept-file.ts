import { readFile, rename, writeFile } from 'node:fs/promises'
import type { z } from 'zod'

/** A small file of the worker's own, as a whole or as it was before. One that cannot be read is as good as none. */
export async function readKept<Schema extends z.ZodType>(path: string, schema: Schema): Promise<z.output<Schema> | undefined> {
  try {
    return schema.parse(JSON.parse(await readFile(path, 'utf8')))
  } catch {
    return undefined
  }
}

export async function keepFile(path: string, content: unknown): Promise<void> {
  await writeFile(`${path}.new`, JSON.stringify(content), { mode: 0o600 })
  await rename(`${path}.new`, path)
}
