import { createConnection, type Socket } from 'node:net'
import { JailopsError } from '../../core/errors.ts'
import { readLines, writeLine } from './lines.ts'
import { proveOwner } from './proof.ts'
import { fromServerSchema, type FromClient, type FromServer } from './protocol.ts'
import { findSocket } from './socket.ts'

/** A connection whose bot knows who we are. */
export interface Connection {
  lines: AsyncGenerator<FromServer>
  send(message: FromClient): void
  close(): void
}

export interface ConnectOptions {
  socketPath: string
  pointerFile?: string | undefined
  as?: string | undefined
  signal?: AbortSignal | undefined
}

const welcomeMs = 10_000

/** @throws JailopsError where the bot says no; any other error: it could not be reached */
export async function connect(options: ConnectOptions): Promise<Connection> {
  const socket = await openSocket(await findSocket(options), options.signal)
  const lines = readLines(socket, fromServerSchema)
  const send = (message: FromClient) => writeLine(socket, JSON.stringify(message))
  const close = () => socket.destroy()
  const deadline = setTimeout(close, welcomeMs) // a bot that hangs is none
  try {
    send({ kind: 'hello', ...(options.as === undefined ? {} : { as: options.as }) })
    let line = await nextLine(lines)
    if (line.kind === 'prove') {
      await proveOwner(line.folder, line.nonce)
      send({ kind: 'proved' })
      line = await nextLine(lines)
    }
    if (line.kind !== 'welcome') throw new Error(`unexpected ${line.kind}`)
    return { lines, send, close }
  } catch (error) {
    close()
    throw error
  } finally {
    clearTimeout(deadline)
  }
}

async function nextLine(lines: AsyncGenerator<FromServer>): Promise<FromServer> {
  const { value, done } = await lines.next()
  if (done === true || value === undefined) throw new Error('the bot closed the connection')
  if (value.kind === 'problem') throw new JailopsError(value.code, value.sentence)
  return value
}

function openSocket(path: string, signal: AbortSignal | undefined): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = createConnection(path)
    const abort = () => socket.destroy(new Error('given up'))
    if (signal?.aborted === true) abort()
    signal?.addEventListener('abort', abort, { once: true })
    socket.once('close', () => signal?.removeEventListener('abort', abort))
    socket.once('error', (error) => reject(explain(error)))
    socket.once('connect', () => {
      socket.removeAllListeners('error')
      socket.on('error', () => socket.destroy()) // the reader of its lines sees the end
      resolve(socket)
    })
  })
}

function explain(error: Error): Error {
  if (!('code' in error) || error.code !== 'EACCES') return error
  return new JailopsError('identity_unproved', "The bot's socket is for another user of this machine. Nothing was done.", { cause: error })
}
