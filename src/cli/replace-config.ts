import { isUtf8 } from 'node:buffer'
import { existsSync, readFileSync } from 'node:fs'
import { link, open, readFile, realpath, rename, rm, stat } from 'node:fs/promises'
import { JailopsError } from '../core/errors.ts'

/** The draft that takes the file's place. Whoever makes it is the one that may. */
async function draftOf(file: string): Promise<{ target: string; draft: string }> {
  const target = await realpath(file)
  return { target, draft: `${target}.new` }
}

/** The text of a file that is to be written again: nothing in it may be lost by that. @throws config_error where it is not UTF-8 */
export function readReplaceable(file: string): string {
  const bytes = readFileSync(file)
  // a lenient reader makes U+FFFD of what it cannot read, and that would be written
  if (!isUtf8(bytes)) {
    throw new JailopsError(
      'config_error',
      `${file} is not all UTF-8, so what is in it could not be kept, and it was not changed. Save it as UTF-8, or add the host there by hand.`,
    )
  }
  return bytes.toString('utf8')
}

/** @throws config_error where no draft could be put beside the file, or in its place, so that nothing else is begun in vain */
export async function requireReplaceable(file: string): Promise<void> {
  const { target, draft } = await draftOf(file)
  try {
    const probe = await open(draft, 'wx', 0o600)
    await probe.close()
    await rm(draft)
  } catch (cause) {
    if (!isThere(cause)) throw cannotWrite(draft, cause)
  }
  // the only question that every system answers by whether the file is a mount of its own; other answers mean nothing
  const linked = await link(target, draft).catch((cause: unknown) => {
    if (codeOf(cause) === 'EXDEV') throw notReplaced(target, cause)
    return false
  })
  if (linked !== false) await rm(draft)
}

/**
 * Puts the whole text in the file's place at once, with its mode and owner; a link stays a link.
 * @returns false, and nothing has happened, where the file is being changed, or says something else than `before` by now
 * @throws config_error, and it says what it said, where that cannot be done
 */
export async function replaceConfig(file: string, texts: { before: string; after: string }): Promise<boolean> {
  const { target, draft } = await draftOf(file)
  return replaceBy(draft, target, texts).catch((cause: unknown) => {
    throw codeOf(cause) === undefined ? cause : notReplaced(target, cause)
  })
}

async function replaceBy(draft: string, target: string, { before, after }: { before: string; after: string }): Promise<boolean> {
  const opened = await open(draft, 'wx', 0o600).catch((cause: unknown) => {
    if (isThere(cause)) return undefined
    throw cause
  })
  if (opened === undefined) return false
  let isOurs = true
  try {
    await opened.writeFile(after)
    const { mode, uid, gid } = await stat(target)
    const own = await opened.stat()
    if (own.uid !== uid || own.gid !== gid) await opened.chown(uid, gid)
    await opened.chmod(mode & 0o7777)
    await opened.sync()
    if (!(await readFile(target)).equals(Buffer.from(before))) return false
    await rename(draft, target)
    // from now on another one may make it
    isOurs = false
    return true
  } finally {
    await opened.close()
    if (isOurs) await rm(draft, { force: true })
  }
}

/** What keeps it from being changed now, for whoever has tried for a while. */
export async function whyNotReplaced(file: string): Promise<JailopsError> {
  const { target, draft } = await draftOf(file)
  return new JailopsError(
    'config_error',
    existsSync(draft)
      ? `${draft} is there: somebody else changes ${target} right now, or was ended in the middle of it. If nobody does, remove it and say this again.`
      : `${target} is changed by somebody else all the time. Say this again when that is over.`,
  )
}

function isThere(error: unknown): boolean {
  return codeOf(error) === 'EEXIST'
}

/** What the system said, such as EBUSY. */
function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'syscall' in error && 'code' in error ? String(error.code) : undefined
}

function notReplaced(target: string, cause: unknown): JailopsError {
  const code = codeOf(cause) ?? ''
  const sentence = ['EBUSY', 'EXDEV'].includes(code)
    ? `${target} cannot be replaced (${code}), because it is mounted as a file of its own, as docker compose does. Nothing in it was changed. Mount its folder instead, or say this where the file itself lies.`
    : `${target} cannot be replaced (${code}). Nothing in it was changed. Say this again when that is mended, as a user who may write there.`
  return new JailopsError('config_error', sentence, { cause })
}

function cannotWrite(draft: string, cause: unknown): JailopsError {
  const code = codeOf(cause)
  const why = code === undefined ? '' : ` (${code})`
  const sentence = `${draft} cannot be written${why}, so nothing was changed. Say this as a user who may write there.`
  return new JailopsError('config_error', sentence, { cause })
}
