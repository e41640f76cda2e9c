import {
  chmodSync,
  constants,
  copyFileSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  utimesSync,
  type Dirent,
} from 'node:fs'
import { join } from 'node:path'

/** Real folders where other datasets are mounted: they belong to those. */
export type Except = ReadonlySet<string>

export const nothing: Except = new Set()

/** As `cp -a`, without a process. Where something else is mounted only the empty folder is copied. */
export function copyTree(from: string, to: string, except: Except = nothing): void {
  mkdirSync(to, { recursive: true })
  for (const entry of entries(from)) {
    const source = join(from, entry.name)
    const target = join(to, entry.name)
    if (entry.isDirectory()) {
      if (except.has(source)) mkdirSync(target, { recursive: true })
      else copyTree(source, target, except)
    } else if (entry.isSymbolicLink()) symlinkSync(readlinkSync(source), target)
    else if (entry.isFile()) {
      copyFileSync(source, target, constants.COPYFILE_FICLONE)
      copyTimes(source, target)
    }
  }
  chmodSync(to, lstatSync(from).mode & 0o7777)
  copyTimes(from, to)
}

function copyTimes(from: string, to: string): void {
  const { atimeMs, mtimeMs } = lstatSync(from)
  utimesSync(to, atimeMs / 1000, mtimeMs / 1000)
}

/** Removes what is in a folder, but not where something else is mounted, nor what leads there. True: nothing is left. */
export function emptyTree(folder: string, except: Except = nothing): boolean {
  let isEmpty = true
  for (const entry of entries(folder)) {
    const path = join(folder, entry.name)
    const leads = entry.isDirectory() && [...except].some((each) => each === path || each.startsWith(`${path}/`))
    if (leads && (except.has(path) || !emptyTree(path, except))) isEmpty = false
    else rmSync(path, { recursive: true, force: true })
  }
  return isEmpty
}

/** What an empty dataset takes. */
const smallest = 96 * 1024

export function bytesOf(folder: string, except: Except = nothing): number {
  return smallest + differing(folder, undefined, except)
}

/** The bytes of files that are not the same in another tree. */
export function bytesNotIn(folder: string, other: string, except: Except = nothing): number {
  return differing(folder, other, except)
}

function differing(folder: string, other: string | undefined, except: Except): number {
  let sum = 0
  for (const entry of entries(folder)) {
    const path = join(folder, entry.name)
    const twin = other === undefined ? undefined : join(other, entry.name)
    if (entry.isDirectory()) sum += except.has(path) ? 0 : differing(path, twin, except)
    else if (entry.isFile()) sum += differingFile(path, twin)
  }
  return sum
}

function differingFile(path: string, twin: string | undefined): number {
  const mine = lstatSync(path)
  const theirs = twin === undefined ? undefined : lstatSync(twin, { throwIfNoEntry: false })
  // Copied times lose what is below a microsecond.
  const isSame = theirs?.size === mine.size && Math.abs(theirs.mtimeMs - mine.mtimeMs) < 0.01
  return isSame ? 0 : Math.ceil(mine.size / 512) * 512
}

function entries(folder: string): Dirent[] {
  return existsSync(folder) ? readdirSync(folder, { withFileTypes: true }) : []
}
