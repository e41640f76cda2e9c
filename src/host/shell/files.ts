import { constants } from 'node:fs'
import { type FileHandle, lstat, open, rename, rm, unlink } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { JailopsError } from '../../core/errors.ts'
import { checkReadable, checkWritable, isInside, type PathRules } from './safe-path.ts'
import { errorCode, fileError, orMissing } from './system-error.ts'

const largestFile = 8 * 1024 * 1024

export async function readTextFile(path: string, rules: PathRules): Promise<string | undefined> {
  await checkReadable(path, rules)
  // checkReadable looked before; O_NOFOLLOW holds at the very moment of opening. O_NONBLOCK: a fifo must not make us wait.
  const noFollow = isInside(rules.jailRoots, path) ? constants.O_NOFOLLOW : 0
  try {
    const file = await orMissing(open(path, constants.O_RDONLY | constants.O_NONBLOCK | noFollow))
    if (file === undefined) return undefined
    try {
      return await readBounded(file, path)
    } finally {
      await file.close()
    }
  } catch (error) {
    if (errorCode(error) === 'ELOOP') throw new JailopsError('unsafe_path', `${path} is a symbolic link; jailops does not follow it.`)
    throw fileError(error, `read ${path}`)
  }
}

/** In as few reads as there can be: what its size says at once, and then whatever else there is (a file of /proc has no size). */
async function readBounded(file: FileHandle, path: string): Promise<string> {
  const status = await file.stat()
  if (!status.isFile()) throw new JailopsError('step_failed', `Could not read ${path}: it is not a file.`)
  const chunks: Buffer[] = []
  let total = 0
  for (let room = Math.min(status.size, largestFile) + 1; ; room = 65_536) {
    const { bytesRead, buffer } = await file.read(Buffer.allocUnsafe(room))
    total += bytesRead
    if (total > largestFile) throw new JailopsError('output_too_long', `${path} is larger than 8 MiB; jailops does not read it.`)
    chunks.push(buffer.subarray(0, bytesRead))
    const isAll = bytesRead === 0 || (status.size > 0 && bytesRead < room)
    if (isAll) return (chunks.length === 1 ? buffer.subarray(0, bytesRead) : Buffer.concat(chunks)).toString()
  }
}

/** Readers see the whole old file or the whole new one, also across a crash or a power cut. */
export async function replaceFile(path: string, content: string, mode: number, rules: PathRules): Promise<void> {
  await writeDraft(path, content, mode, rules)
  await placeDraft(path, rules)
  await settle(path)
}

export async function writeDraft(path: string, content: string, mode: number, rules: PathRules): Promise<void> {
  if (content.includes('\0')) throw new JailopsError('step_failed', `Could not write ${path}: the text holds a NUL character.`)
  await checkWritable(path, rules)
  const draft = draftOf(path)
  try {
    const [file, old] = await Promise.all([newFile(draft), orMissing(lstat(path))])
    await writeSynced(file, content, mode, old)
  } catch (error) {
    await rm(draft, { force: true })
    throw fileError(error, `write ${path}`)
  }
}

export async function placeDraft(path: string, rules: PathRules): Promise<void> {
  await checkWritable(path, rules)
  try {
    await rename(draftOf(path), path)
  } catch (error) {
    await rm(draftOf(path), { force: true })
    throw fileError(error, `write ${path}`)
  }
}

/** A rename is on the disk only when its folder is. */
export async function settle(path: string): Promise<void> {
  try {
    await syncFolder(dirname(path))
  } catch (error) {
    throw fileError(error, `write ${path}`)
  }
}

/** Always the same name, so that whoever takes up the work after a crash finds it. No *.conf or *.cfg pattern takes it for a finished file. */
export function draftOf(path: string): string {
  return join(dirname(path), `.${basename(path)}.jailops-draft`)
}

/** What a writer left beside the file that was killed, or thought better of it. */
export async function removeDraft(path: string, rules: PathRules): Promise<void> {
  await removeFile(draftOf(path), rules)
}

/** Never one that stands there already, which may be a link; what an earlier writer left is taken away first. */
async function newFile(path: string): Promise<FileHandle> {
  const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW
  return open(path, flags, 0o600).catch(async (error: unknown) => {
    if (errorCode(error) !== 'EEXIST') throw error
    await rm(path, { force: true })
    return open(path, flags, 0o600)
  })
}

async function writeSynced(file: FileHandle, content: string, mode: number, old: { uid: number; gid: number } | undefined): Promise<void> {
  try {
    await file.writeFile(content)
    const now = await file.stat()
    if (old !== undefined && (old.uid !== now.uid || old.gid !== now.gid)) await file.chown(old.uid, old.gid)
    await file.chmod(mode) // after chown, which clears some bits
    await file.sync()
  } finally {
    await file.close()
  }
}

export async function removeFile(path: string, rules: PathRules): Promise<void> {
  await checkWritable(path, rules)
  try {
    if ((await orMissing(lstat(path))) === undefined) return
    await orMissing(unlink(path))
    await syncFolder(dirname(path))
  } catch (error) {
    throw fileError(error, `remove ${path}`)
  }
}

/** A rename or removal is on the disk only when its folder is. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, constants.O_RDONLY | constants.O_DIRECTORY)
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
