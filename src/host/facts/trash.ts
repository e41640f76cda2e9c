import { passLostConnection } from '../../core/errors.ts'
import { type TrashEntry, trashManifestSchema } from '../../core/jail.ts'
import type { Layout } from '../../core/layout.ts'
import { requestId } from '../../core/names.ts'
import type { Shell } from '../shell.ts'

/** What may be restored: folders NAME.REQUEST with a manifest of that jail. Anything else in there is somebody's own affair. */
export async function observeTrash(shell: Shell, { trash }: Layout): Promise<TrashEntry[]> {
  const folders = await shell.list(trash)
  const entries = await Promise.all(folders.map((folder) => readEntry(shell, trash, folder).catch(passLostConnection)))
  return entries.filter((entry) => entry !== undefined)
}

async function readEntry(shell: Shell, trash: string, folder: string): Promise<TrashEntry | undefined> {
  const [name = '', request = '', ...more] = folder.split('.')
  if (more.length > 0 || !requestId.safeParse(request).success) return undefined
  const [text, status] = await Promise.all([shell.readFile(`${trash}/${folder}/manifest.json`), shell.stat(`${trash}/${folder}`)])
  if (text === undefined || status?.kind !== 'folder') return undefined
  const manifest = trashManifestSchema.safeParse(JSON.parse(text))
  if (!manifest.success || manifest.data.name !== name) return undefined
  return { ...manifest.data, request, destroyedAt: status.modifiedAt }
}
