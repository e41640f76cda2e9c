import { mkdir, open, readFile, readdir, rm, type FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import { requestId } from '../core/names.ts'
import { JailopsError } from '../core/errors.ts'
import type { Clock } from '../core/clock.ts'
import { entrySchema, type Entry, type EntryOf, type NewEntry } from './entries.ts'
import { giveRoom, isDiskFull } from './room.ts'

/** The write-ahead record of one request: what is in it has reached the disk. */
export interface Journal {
  readonly request: string
  readonly entries: readonly Entry[]
  /** Resolves when the entry is on disk. @returns its number */
  append(entry: NewEntry): Promise<number>
  all<Kind extends Entry['kind']>(kind: Kind): EntryOf<Kind>[]
  last<Kind extends Entry['kind']>(kind: Kind): EntryOf<Kind> | undefined
  /** Where the process group of an attempt is recorded. */
  groupFile(name: string): string
  close(): Promise<void>
}

export interface JournalFolder {
  /** Opens, or begins, the journal of a request. The same object as long as it is open. */
  open(request: string): Promise<Journal>
  /** Requests that have a journal here. */
  requests(): Promise<string[]>
  exists(request: string): Promise<boolean>
  remove(request: string): Promise<void>
  /** Those that are open now. */
  inMemory(): Promise<Journal[]>
  /** Closes the journal; the next open reads it from disk. */
  rest(request: string): Promise<void>
}

export async function openJournalFolder(folder: string, now: Clock): Promise<JournalFolder> {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  await giveRoom(folder)
  const opened = new Map<string, Promise<Journal>>()
  const rest = async (request: string) => {
    const journal = await opened.get(request)
    opened.delete(request)
    await journal?.close()
  }
  return {
    async open(request) {
      const known = opened.get(request) ?? openJournal(folder, requestId.parse(request), now)
      opened.set(request, known)
      known.catch(() => opened.delete(request))
      return known
    },
    async requests() {
      return (await readdir(folder)).filter((name) => requestId.safeParse(name).success)
    },
    async exists(request) {
      return opened.has(request) || (requestId.safeParse(request).success && (await readdir(folder)).includes(request))
    },
    inMemory: () => Promise.all(opened.values()),
    rest,
    async remove(request) {
      await rest(request)
      await rm(join(folder, requestId.parse(request)), { recursive: true, force: true })
    },
  }
}

async function openJournal(parent: string, request: string, now: Clock): Promise<Journal> {
  const folder = join(parent, request)
  const path = join(folder, 'entries.jsonl')
  await withRoom(parent, () => mkdir(folder, { mode: 0o700, recursive: true }))
  const { entries, length } = await readEntries(path)
  let isTrimmed = false
  let opened: FileHandle | undefined
  // only when there is something to write: a host has many journals that have long ended
  const writable = async (): Promise<FileHandle> => {
    if (opened !== undefined) return opened
    const file = await open(path, 'a+', 0o600)
    try {
      // a line that a crash cut short was never acted upon
      if (!isTrimmed) await file.truncate(length)
      isTrimmed = true
      await Promise.all([file.sync(), syncFolder(folder), syncFolder(parent)])
    } catch (error) {
      await file.close()
      throw error
    }
    opened = file
    return file
  }
  let lastWrite: Promise<unknown> = Promise.resolve()
  return {
    request,
    entries,
    append(entry) {
      const written = lastWrite.then(async () => {
        const timed = entrySchema.parse({ ...entry, at: now() })
        await withRoom(parent, async () => appendDurably(await writable(), `${JSON.stringify(timed)}\n`))
        return entries.push(timed)
      })
      lastWrite = written.catch(() => undefined)
      return written
    },
    all: (kind) => entries.filter((entry) => isKind(entry, kind)),
    last: (kind) => entries.findLast((entry) => isKind(entry, kind)),
    groupFile: (name) => join(folder, `group-${name}`),
    async close() {
      await lastWrite
      await opened?.close()
      opened = undefined
    },
  }
}

function isKind<Kind extends Entry['kind']>(entry: Entry, kind: Kind): entry is EntryOf<Kind> {
  return entry.kind === kind
}

async function appendDurably(file: FileHandle, line: string): Promise<void> {
  const { size } = await file.stat()
  try {
    await file.appendFile(line)
    await file.datasync()
  } catch (error) {
    await file.truncate(size).catch(() => undefined)
    throw error
  }
}

/** A full disk must not keep us from saying what we did: the first time, the reserved room is given up. */
async function withRoom<T>(folder: string, write: () => Promise<T>): Promise<T> {
  try {
    return await write()
  } catch (error) {
    if (!isDiskFull(error)) throw error
    await rm(join(folder, '.room'), { force: true })
    return write().catch((again: unknown) => {
      throw new JailopsError('disk_full', 'The disk that holds the journal is full; free some space on the host and try again.', {
        cause: again,
      })
    })
  }
}

async function readEntries(path: string): Promise<{ entries: Entry[]; length: number }> {
  // whatever else keeps us from reading it must not make it look empty: it would be cut to that length
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return ''
    throw error
  })
  const whole = text.slice(0, text.lastIndexOf('\n') + 1)
  const entries = whole
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => entrySchema.parse(JSON.parse(line)))
  return { entries, length: Buffer.byteLength(whole) }
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r')
  await handle.sync().finally(() => handle.close())
}
