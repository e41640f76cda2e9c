import { randomBytes } from 'node:crypto'
import { open, realpath, rename, rm, stat } from 'node:fs/promises'

/** Puts the whole text in the file's place at once, with its mode and owner; a link stays a link. */
export async function replaceConfig(file: string, text: string): Promise<void> {
  const target = await realpath(file)
  const { mode, uid, gid } = await stat(target)
  const staged = `${target}.${randomBytes(6).toString('hex')}`
  try {
    const draft = await open(staged, 'wx', 0o600)
    try {
      await draft.writeFile(text)
      const own = await draft.stat()
      if (own.uid !== uid || own.gid !== gid) await draft.chown(uid, gid)
      await draft.chmod(mode & 0o7777)
      await draft.sync()
    } finally {
      await draft.close()
    }
    await rename(staged, target)
  } finally {
    await rm(staged, { force: true })
  }
}
