import { mkdir, readFile, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { requestId } from '../core/names.ts'
import { JailopsError } from '../core/errors.ts'
import type { Clock } from '../core/clock.ts'
import { durableLines } from './durable-lines.ts'
import { entrySchema, type Entry, type EntryOf, isQuestion, type NewEntry } from './entries.ts'
import { giveRoom, isDiskFull } from './room.ts'

/** The write-ahead record of one request: what is in it has reached the disk (of a question: the system). */
export interface Journal {
  readonly request: string
  readonly entries: readonly Entry[]
  /**
   * Resolves when the entry is on disk. What is appended without waiting in between gets there together and in order, or (where it
   * rejects) not at all. @returns its number
   */
  append(entry: NewEntry): Promise<number>
  all<Kind extends Entry['kind']>(kind: Kind): EntryOf<Kind>[]
  last<Kind extends Entry['kind']>(kind: Kind): EntryOf<Kind> | undefined
  /** Where the process group of an attempt is recorded, on the host. */
  groupFile(name: string): string
  close(): Promise<void>
}

/** Waits for everything that was appended in one go, so that nothing of it is still being written when some of it failed. */
export async function onDisk(...appended: readonly Promise<unknown>[]): Promise<void> {
  for (const one of await Promise.allSettled(appended)) if (one.status === 'rejected') throw one.reason
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

/** `groups`: the folder of group files on a host that is elsewhere; absent: they lie with the journals. */
export async function openJournalFolder(folder: string, now: Clock, { groups }: { groups?: string } = {}): Promise<JournalFolder> {
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
      const known = opened.get(request) ?? openJournal(folder, requestId.parse(request), now, groups)
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

async function openJournal(parent: string, request: string, now: Clock, groups: string | undefined): Promise<Journal> {
  const folder = join(parent, request)
  const path = join(folder, 'entries.jsonl')
  const isNew = (await withRoom(parent, () => mkdir(folder, { mode: 0o700, recursive: true }))) !== undefined
  const { entries, length } = isNew ? { entries: [], length: 0 } : await readEntries(path)
  const lines = durableLines(path, { length, isNew, folders: [folder, parent] })
  let gathering: { fresh: Entry[]; written: Promise<number> } | undefined
  let lastWrite: Promise<unknown> = Promise.resolve()

  // one write and one sync for all that is there when the write before is over
  const gather = () => {
    const fresh: Entry[] = []
    const written = lastWrite.then(async () => {
      gathering = undefined
      // nothing is done for a question, and whoever waits for its answer asks again: a power cut may take it
      const hasTime = isQuestion([...entries, ...fresh])
      await withRoom(parent, () => lines.append(fresh.map((entry) => `${JSON.stringify(entry)}\n`).join(''), { hasTime }))
      const before = entries.length
      entries.push(...fresh)
      return before
    })
    lastWrite = written.catch(() => undefined)
    return { fresh, written }
  }
  return {
    request,
    entries,
    async append(entry) {
      const timed = entrySchema.parse({ ...entry, at: now() })
      gathering ??= gather()
      const place = gathering.fresh.push(timed)
      return (await gathering.written) + place
    },
    all: (kind) => entries.filter((entry) => isKind(entry, kind)),
    last: (kind) => entries.findLast((entry) => isKind(entry, kind)),
    groupFile: (name) => (groups === undefined ? join(folder, `group-${name}`) : join(groups, `${request}-${name}`)),
    async close() {
      await lastWrite
      await lines.close()
    },
  }
}

function isKind<Kind extends Entry['kind']>(entry: Entry, kind: Kind): entry is EntryOf<Kind> {
  return entry.kind === kind
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
