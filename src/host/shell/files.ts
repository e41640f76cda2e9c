import { constants, lstatSync, type Stats } from 'node:fs'
import { copyFile, type FileHandle, lstat, open, rename, rm, stat, unlink } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { JailopsError } from '../../core/errors.ts'
import type { Appended } from '../shell.ts'
import { checkReadable, checkWritable, isInside, type PathRules } from './safe-path.ts'
import { errorCode, fileError, orMissing } from './system-error.ts'

const largestFile = 8 * 1024 * 1024

export async function readTextFile(path: string, rules: PathRules): Promise<string | undefined> {
  await checkReadable(path, rules)
  // checkReadable looked before; O_NOFOLLOW holds at the very moment of opening. O_NONBLOCK: a fifo must not make us wait.
  const noFollow = isInside(rules.jailRoots, path) ? constants.O_NOFOLLOW : 0
  try {
    // each call is a journey to another thread, so they go together: how much there will be is known by its name while it is opened
    const [file, size] = await Promise.all([
      orMissing(open(path, constants.O_RDONLY | constants.O_NONBLOCK | noFollow)),
      stat(path).then(...sizeOr0),
    ])
    if (file === undefined) return undefined
    const text = readBounded(file, path, size)
    // nobody waits for it to be closed: nothing that was read depends on that
    void text.then(...closes(file))
    return await text
  } catch (error) {
    if (errorCode(error) === 'ELOOP') throw new JailopsError('unsafe_path', `${path} is a symbolic link; jailops does not follow it.`)
    throw fileError(error, `read ${path}`)
  }
}

function closes(file: FileHandle): [() => Promise<void>, () => Promise<void>] {
  const close = () => file.close().catch(() => undefined)
  return [close, close]
}

const sizeOr0 = [({ size }: Stats) => size, () => 0] as const

/** @param size as far as is known */
async function readBounded(file: FileHandle, path: string, size: number): Promise<string> {
  const [status, first] = await Promise.all([
    file.stat(),
    file.read(Buffer.allocUnsafe(Math.min(size, largestFile) + 1)).catch((error: unknown) => ({ error })),
  ])
  if (!status.isFile()) throw new JailopsError('step_failed', `Could not read ${path}: it is not a file.`)
  if ('error' in first) throw first.error
  const chunks = [first.buffer.subarray(0, first.bytesRead)]
  let total = first.bytesRead
  if (total > largestFile) throw tooLarge(path)
  // a file of /proc has no size, and gives a piece a time
  for (let last = first.bytesRead; last > 0 && !(status.size > 0 && total === status.size);) {
    const { bytesRead, buffer } = await file.read(Buffer.allocUnsafe(Math.max(65_536, Math.min(status.size, largestFile) - total + 1)))
    last = bytesRead
    total += bytesRead
    if (total > largestFile) throw tooLarge(path)
    chunks.push(buffer.subarray(0, bytesRead))
  }
  return (chunks.length === 1 ? (chunks[0] ?? Buffer.alloc(0)) : Buffer.concat(chunks)).toString()
}

function tooLarge(path: string): JailopsError {
  return new JailopsError('output_too_long', `${path} is larger than 8 MiB; jailops does not read it.`)
}

/** Readers see the whole old file or the whole new one, also across a crash or a power cut. */
export async function replaceFile(path: string, content: string, mode: number, rules: PathRules): Promise<void> {
  await writeDraft(path, content, mode, rules)
  await placeDraft(path, rules)
  await settle(path)
}

export async function writeDraft(path: string, content: string | Appended, mode: number, rules: PathRules): Promise<void> {
  const text = typeof content === 'string' ? content : content.append
  if (text.includes('\0')) throw new JailopsError('step_failed', `Could not write ${path}: the text holds a NUL character.`)
  await checkWritable(path, rules)
  const draft = draftOf(path)
  try {
    const old = lstatSync(path, { throwIfNoEntry: false })
    const isCopy = typeof content !== 'string' && old !== undefined
    const file = await (isCopy ? copied(path, draft) : newFile(draft, mode))
    await writeSynced(file, text, isCopy ? old.mode & 0o7777 : mode, old)
  } catch (error) {
    await rm(draft, { force: true })
    throw fileError(error, `write ${path}`)
  }
}

/** Whether it may stand there was looked at when it was written, a moment ago. A rename follows no last link; jails are their own roots' below. */
export async function placeDraft(path: string, rules: PathRules): Promise<void> {
  if (isInside(rules.jailRoots, path)) await checkWritable(path, rules)
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

const newOnly = constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW

function newFile(path: string, mode: number): Promise<FileHandle> {
  return inFreePlace(path, () => open(path, constants.O_WRONLY | newOnly, mode))
}

/** Open at its end. Of a large file nothing comes here. */
async function copied(from: string, to: string): Promise<FileHandle> {
  await inFreePlace(to, () => copyFile(from, to, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE))
  return open(to, constants.O_WRONLY | constants.O_APPEND | constants.O_NOFOLLOW)
}

/** Never over one that stands there already, which may be a link; what an earlier writer left is taken away first. */
function inFreePlace<T>(path: string, make: () => Promise<T>): Promise<T> {
  return make().catch(async (error: unknown) => {
    if (errorCode(error) !== 'EEXIST') throw error
    await rm(path, { force: true })
    return make()
  })
}

async function writeSynced(file: FileHandle, content: string, mode: number, old: Stats | undefined): Promise<void> {
  try {
    const [now] = await Promise.all([file.stat(), file.writeFile(content)])
    const isOthers = old !== undefined && (old.uid !== now.uid || old.gid !== now.gid)
    if (isOthers) await file.chown(old.uid, old.gid)
    // what the umask took away, or chown
    if (isOthers || (now.mode & 0o7777) !== mode) await file.chmod(mode)
    await file.sync()
  } finally {
    // on the disk it is already
    void file.close().catch(() => undefined)
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
