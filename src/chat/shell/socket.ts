import { randomBytes } from 'node:crypto'
import { chmod, lstat, mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { createConnection, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { z } from 'zod'
import { JailopsError } from '../../core/errors.ts'

const maxPathBytes = 100 // the kernel's own limit is 104 on FreeBSD, 108 on Linux
const pointerSchema = z.strictObject({ socket: z.string().regex(/^\//) })

export interface Listening {
  socketPath: string
  /** Takes away what was made. */
  release(): Promise<void>
}

/** Listens at the path, or at a shorter one that the pointer file names. */
export async function listenAt(
  server: Server,
  where: { socketPath: string; pointerFile?: string | undefined; mode: number },
): Promise<Listening> {
  const isLong = Buffer.byteLength(where.socketPath) > maxPathBytes
  if (isLong && where.pointerFile === undefined) {
    throw new JailopsError('config_error', `The socket's path is longer than ${maxPathBytes} bytes: ${where.socketPath}`)
  }
  const shortFolder = isLong ? await mkdtemp(join(shortTmpdir(), 'jailops-')) : undefined
  if (shortFolder !== undefined) await chmod(shortFolder, 0o755)
  const socketPath = shortFolder === undefined ? where.socketPath : join(shortFolder, 'shell.sock')
  await mkdir(dirname(socketPath), { recursive: true })
  await removeDeadSocket(socketPath)
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(socketPath, () => {
      server.removeListener('error', reject)
      resolve()
    })
  })
  await chmod(socketPath, where.mode)
  if (where.pointerFile !== undefined) await replaceFile(where.pointerFile, JSON.stringify({ socket: socketPath }))
  return {
    socketPath,
    async release() {
      if (shortFolder !== undefined) await rm(shortFolder, { recursive: true, force: true })
      if (where.pointerFile !== undefined) await rm(where.pointerFile, { force: true })
    },
  }
}

/** Where the bot listens now; asked before every connection, since a bot that starts again may listen elsewhere. */
export async function findSocket(where: { socketPath: string; pointerFile?: string | undefined }): Promise<string> {
  if (where.pointerFile === undefined) return where.socketPath
  const text = await readFile(where.pointerFile, 'utf8').catch(() => undefined)
  if (text === undefined) return where.socketPath
  const { socket } = pointerSchema.parse(JSON.parse(text))
  const [pointer, found] = await Promise.all([lstat(where.pointerFile), lstat(socket)])
  // A dead bot's folder in /tmp is anybody's to make again.
  if (pointer.uid !== found.uid) throw new Error(`${socket} does not belong to the bot`)
  return socket
}

function shortTmpdir(): string {
  return Buffer.byteLength(tmpdir()) > 60 ? '/tmp' : tmpdir()
}

/** What a killed bot left behind may go; a living one's socket may not. */
async function removeDeadSocket(path: string): Promise<void> {
  const found = await lstat(path).catch(() => undefined)
  if (found === undefined) return
  if (!found.isSocket()) throw new JailopsError('unsafe_path', `${path} is there already and is no socket; move it away.`)
  if (await isAnswered(path)) throw new JailopsError('config_error', `Another bot listens at ${path} already.`)
  await rm(path, { force: true })
}

function isAnswered(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createConnection(path)
    probe.once('connect', () => resolve(true))
    probe.once('error', () => resolve(false))
    probe.once('connect', () => probe.destroy())
  })
}

async function replaceFile(path: string, text: string): Promise<void> {
  const staged = `${path}.${randomBytes(6).toString('hex')}`
  await writeFile(staged, text, { mode: 0o644 })
  await rename(staged, path)
}
