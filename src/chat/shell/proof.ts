import { randomBytes } from 'node:crypto'
import { constants, type Stats } from 'node:fs'
import { chmod, lstat, mkdir, open, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { JailopsError } from '../../core/errors.ts'
import { nonceSchema } from './protocol.ts'

/*
 * Node cannot ask a Unix socket who is at its other end. So the server names a nonce, and whoever can make a file of
 * that name, holding it, is the file's owner: the kernel says who that is.
 */

const slackMs = 2000 // file times come from a coarser clock

/** Anybody may put a file in; nobody sees what others put in, or takes it away. */
export async function makeProofFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true })
  const found = await lstat(folder)
  if (!found.isDirectory() || found.uid !== process.getuid?.()) {
    throw new JailopsError('unsafe_path', `${folder} must be a folder of the bot's own user; move away what is there.`)
  }
  await chmod(folder, 0o1733)
  // What clients of a killed bot left.
  for (const name of await readdir(folder))
    if (nonceSchema.safeParse(name).success) await rm(join(folder, name), { force: true }).catch(() => undefined)
}

export function newNonce(): string {
  return randomBytes(16).toString('hex')
}

/** The client's half. Readable for all: the bot is not root. */
export async function proveOwner(folder: string, nonce: string): Promise<void> {
  const file = await open(join(folder, nonce), constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW, 0o644)
  try {
    await file.writeFile(nonce)
    await file.chmod(0o644) // whatever the umask is
  } finally {
    await file.close()
  }
}

/**
 * The server's half: the owner's uid. The file goes, whatever it says: a nonce counts once.
 * @throws JailopsError identity_unproved
 */
export async function ownerOfProof(folder: string, nonce: string, namedAt: number): Promise<number> {
  const path = join(folder, nonce)
  try {
    // Not blocking: a fifo of that name must not hang the bot.
    const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
    try {
      const found = await file.stat()
      if (!isProof(found, namedAt)) throw new Error('not a plain new file with one name')
      const { buffer, bytesRead } = await file.read(Buffer.alloc(64), 0, 64, 0)
      if (buffer.toString('latin1', 0, bytesRead) !== nonce) throw new Error('it does not hold the word that was named')
      return found.uid
    } finally {
      await file.close()
    }
  } catch (cause) {
    throw new JailopsError('identity_unproved', 'The bot could not see who you are: the proof file was not right. Nothing was done.', {
      cause,
    })
  } finally {
    await rm(path, { force: true, recursive: true }).catch(() => undefined) // a folder of somebody's, which proves nothing anyway
  }
}

/** A link or a rename of somebody else's file is none of ours: it has a second name, is older, or does not hold the nonce. */
function isProof(found: Stats, namedAt: number): boolean {
  const born = found.birthtimeMs > 0 ? found.birthtimeMs : found.mtimeMs // not every file system knows it
  const isNew = Math.min(born, found.mtimeMs) >= namedAt - slackMs
  const isOwnersOnly = (found.mode & 0o022) === 0
  return found.isFile() && found.nlink === 1 && isNew && isOwnersOnly
}
