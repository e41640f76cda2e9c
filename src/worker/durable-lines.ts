import { type FileHandle, open } from 'node:fs/promises'

/** A file of lines that only grows. */
export interface DurableLines {
  /**
   * Resolves when all of it is on disk; where it rejects, nothing of it counts. One at a time. With `hasTime` it is only written: it
   * outlives this process, and may be lost with the machine's power.
   */
  append(lines: string, options?: { hasTime: boolean }): Promise<void>
  close(): Promise<void>
}

export interface Beginning {
  /** How many bytes of the file count. */
  length: number
  /** There is no such file yet. */
  isNew: boolean
  /** Where its name stands: as much part of it as its bytes. */
  folders: readonly string[]
}

export function durableLines(path: string, { length, isNew, folders }: Beginning): DurableLines {
  let opened: FileHandle | undefined
  let size = isNew ? 0 : length
  // a line that a crash or a full disk cut short was never acted upon
  let isCut = isNew
  let isNamed = false

  return {
    async append(lines, { hasTime } = { hasTime: false }) {
      // only now: a host has many journals that have long ended
      opened ??= await open(path, 'a', 0o600)
      const file = opened
      if (!isCut) await file.truncate(size)
      isCut = true
      try {
        await file.appendFile(lines)
        if (!hasTime) {
          if (isNamed) await file.datasync()
          else await Promise.all([file.sync(), ...folders.map(syncFolder)])
          isNamed = true
        }
        size += Buffer.byteLength(lines)
      } catch (error) {
        isCut = false
        await file.truncate(size).catch(() => undefined)
        throw error
      }
    },
    async close() {
      await opened?.close()
      opened = undefined
    },
  }
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r')
  await handle.sync().finally(() => handle.close())
}
