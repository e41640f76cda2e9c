import { z } from 'zod'
import { JailopsError } from '../../core/errors.ts'
import type { Shell } from '../../host/shell.ts'
import { changedSince, parseBefore } from './effect.ts'

const oldFileSchema = z.union([z.strictObject({ absent: z.literal(true) }), z.strictObject({ content: z.string(), mode: z.int() })])
type OldFile = z.infer<typeof oldFileSchema>

/** The file as it is before we touch it. */
export async function captureFile(shell: Shell, path: string): Promise<string> {
  const content = await readExactly(shell, path)
  const before: OldFile = content === undefined ? { absent: true } : { content, mode: await modeOf(shell, path) }
  return JSON.stringify(before)
}

/** The first words of every text file of ours. */
const ownMarker = '# jailops '

/** A whole file is only written where none stands, or one of ours. @throws not_ours */
export async function refuseForeign(shell: Shell, path: string, content: string): Promise<void> {
  const standing = await shell.readFile(path)
  if (standing === undefined || standing === content || standing.startsWith(ownMarker)) return
  throw new JailopsError(
    'not_ours',
    `${path} is there already and was not made by jailops, which would replace it. Move it elsewhere, or choose another name.`,
  )
}

/** Puts it back, unless somebody else wrote it since: `ours` is what we had left there (undefined: nothing). */
export async function restoreFile(shell: Shell, path: string, before: string | null, ours: string | undefined): Promise<void> {
  const old = parseBefore(oldFileSchema, before)
  if (old === undefined) return
  const now = await shell.readFile(path)
  const wanted = 'absent' in old ? undefined : old.content
  if (now === wanted) return
  if (now !== undefined && now !== ours) throw changedSince(path)
  if ('absent' in old) await shell.removeFile(path)
  else await shell.writeFile(path, old.content, old.mode)
}

/** @throws step_failed for bytes that are no text: they could not be put back as they were */
export async function readExactly(shell: Shell, path: string): Promise<string | undefined> {
  const text = await shell.readFile(path)
  if (!text?.includes('\uFFFD')) return text
  throw new JailopsError(
    'step_failed',
    `${path} holds bytes that are not UTF-8 text; jailops could not put them back, so it changes nothing.`,
  )
}

export async function modeOf(shell: Shell, path: string): Promise<number> {
  return (await shell.stat(path))?.mode ?? 0o644
}
