import { open, stat } from 'node:fs/promises'
import { join } from 'node:path'

const roomBytes = 1024 * 1024

/** Keeps a preallocated file beside the journals, to be given up when the disk is full. */
export async function giveRoom(folder: string): Promise<void> {
  const path = join(folder, '.room')
  const size = await stat(path).then(
    (status) => status.size,
    () => 0,
  )
  if (size >= roomBytes) return
  const file = await open(path, 'w', 0o600)
  try {
    await file.write(Buffer.alloc(roomBytes, 1))
    await file.sync()
  } catch (error) {
    if (!isDiskFull(error)) throw error
  } finally {
    await file.close()
  }
}

export function isDiskFull(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOSPC' || error.code === 'EDQUOT')
}
