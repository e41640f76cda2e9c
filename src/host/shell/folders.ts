import type { Stats } from 'node:fs'
import { chmod, lstat, mkdir, readdir, rename, rmdir, statfs } from 'node:fs/promises'
import { dirname } from 'node:path'
import { JailopsError } from '../../core/errors.ts'
import type { PathStatus } from '../shell.ts'
import { syncFolder } from './files.ts'
import { checkReadable, checkWritable, type PathRules } from './safe-path.ts'
import { errorCode, fileError, orMissing } from './system-error.ts'

/** rename(2) replaces a file or an empty folder without a word: so look first. Nobody else moves things here, the host's lock sees to it. */
export async function movePath(from: string, to: string, rules: PathRules): Promise<void> {
  await checkWritable(from, rules)
  await checkWritable(to, rules)
  try {
    if ((await orMissing(lstat(to))) !== undefined) {
      throw new JailopsError('step_failed', `Could not move ${from}: ${to} exists already. Look at it and take it away first.`)
    }
    await rename(from, to)
    await syncFolder(dirname(to))
    if (dirname(from) !== dirname(to)) await syncFolder(dirname(from))
  } catch (error) {
    if (errorCode(error) === 'EXDEV') {
      const sentence = `Could not move ${from} to ${to}: the trash must be on the same filesystem as the jails.`
      throw new JailopsError('other_filesystem', sentence, { cause: error })
    }
    throw fileError(error, `move ${from} to ${to}`)
  }
}

export async function makeFolder(path: string, mode: number, rules: PathRules): Promise<void> {
  await checkWritable(path, rules)
  try {
    await mkdir(path, mode)
    await chmod(path, mode) // whatever the umask took away
    await syncFolder(dirname(path))
  } catch (error) {
    if (errorCode(error) === 'EEXIST' && (await orMissing(lstat(path)))?.isDirectory()) return
    throw fileError(error, `make the folder ${path}`)
  }
}

export async function removeFolder(path: string, rules: PathRules): Promise<void> {
  await checkWritable(path, rules)
  try {
    if ((await orMissing(lstat(path))) === undefined) return
    await rmdir(path)
    await syncFolder(dirname(path))
  } catch (error) {
    throw fileError(error, `remove the folder ${path}`)
  }
}

export async function listFolder(folder: string, rules: PathRules): Promise<string[]> {
  await checkReadable(folder, rules)
  try {
    return ((await orMissing(readdir(folder))) ?? []).toSorted()
  } catch (error) {
    throw fileError(error, `list ${folder}`)
  }
}

/** The permission bits besides what the port asks for: undoing a removal needs them. */
export async function statPath(path: string, rules: PathRules): Promise<(PathStatus & { mode: number }) | undefined> {
  // The last component may be a link: that is an answer, not a way.
  await checkReadable(dirname(path), rules)
  try {
    const status = await orMissing(lstat(path))
    if (status === undefined) return undefined
    return { kind: kindOf(status), size: status.size, modifiedAt: status.mtimeMs, mode: status.mode & 0o7777 }
  } catch (error) {
    throw fileError(error, `look at ${path}`)
  }
}

function kindOf(status: Stats): PathStatus['kind'] {
  if (status.isFile()) return 'file'
  if (status.isDirectory()) return 'folder'
  return status.isSymbolicLink() ? 'link' : 'other'
}

export async function freeMegabytes(path: string): Promise<number> {
  for (let folder = path; ; folder = dirname(folder)) {
    try {
      const found = await orMissing(statfs(folder))
      if (found !== undefined) return Math.floor((found.bavail * found.bsize) / 2 ** 20)
    } catch (error) {
      throw fileError(error, `ask for the free space at ${path}`)
    }
    if (folder === dirname(folder)) throw new JailopsError('step_failed', `Could not ask for the free space at ${path}: no such place.`)
  }
}
