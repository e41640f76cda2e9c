import { type Archive, archiveManifestSchema } from '../../core/jail.ts'
import type { Layout } from '../../core/layout.ts'
import type { Shell } from '../shell.ts'
import { inBatches } from './batches.ts'

/** Exported jails: each an archive with a manifest of the same name beside it. Anything else in there is somebody's own affair. */
export async function observeArchives(shell: Shell, { archives: folder }: Layout): Promise<Archive[]> {
  const files = await shell.list(folder)
  const found = await inBatches(
    files.filter((file) => file.endsWith('.txz')),
    (file) => readArchive(shell, folder, file),
  )
  return found.filter((archive) => archive !== undefined).toSorted((a, b) => b.madeAt - a.madeAt)
}

async function readArchive(shell: Shell, folder: string, file: string): Promise<Archive | undefined> {
  const name = file.slice(0, -'.txz'.length)
  const [text, status] = await Promise.all([shell.readFile(`${folder}/${name}.json`), shell.stat(`${folder}/${file}`)])
  if (text === undefined || status?.kind !== 'file') return undefined
  const jail = archiveManifestSchema.safeParse(parsed(text))
  return jail.success ? { name, path: `${folder}/${file}`, bytes: status.size, madeAt: status.modifiedAt, jail: jail.data } : undefined
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
