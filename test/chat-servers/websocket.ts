import { createHash } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'

/** The server's end of one WebSocket (RFC 6455), without extensions. */
export interface WebSocketConnection {
  /** Sends a text message; nothing happens once the connection is closing. */
  send(text: string): void
  ping(text?: string): void
  /** Says goodbye and waits for the peer's goodbye, 2 seconds at most. */
  close(code?: number, reason?: string): void
  /** Cuts the connection without a word. */
  destroy(): void
  onMessage(listener: (text: string) => void): void
  /** Once, however it ended; 1006 where the peer said no goodbye. */
  onClose(listener: (code: number) => void): void
}

const opcodes = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const
const acceptSuffix = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11'
const largestMessage = 16 * 1024 * 1024
const goodbyeMs = 2000

/** Answers an `upgrade` event of node:http. */
export function acceptWebSocket(request: IncomingMessage, socket: Duplex, head: Buffer): WebSocketConnection {
  const key = request.headers['sec-websocket-key'] ?? ''
  const accept = createHash('sha1').update(`${key}${acceptSuffix}`).digest('base64')
  socket.write(`HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`)

  let onMessage: ((text: string) => void) | undefined
  let onClose: ((code: number) => void) | undefined
  let received = 1006
  let closing = false
  let unread = Buffer.alloc(0)
  let fragments: Buffer[] = []

  const write = (opcode: number, payload: Buffer): void => {
    if (!closing && socket.writable) socket.write(frameOf(opcode, payload))
  }
  const close = (code = 1000, reason = ''): void => {
    if (closing) return
    const body = Buffer.alloc(2 + Buffer.byteLength(reason))
    body.writeUInt16BE(code)
    body.write(reason, 2)
    write(opcodes.close, body)
    closing = true
    setTimeout(() => socket.destroy(), goodbyeMs).unref()
  }

  const receive = ({ opcode, isLast, payload }: Frame): void => {
    switch (opcode) {
      case opcodes.text:
      case opcodes.binary:
      case opcodes.continuation: {
        fragments.push(payload)
        if (fragments.reduce((total, { length }) => total + length, 0) > largestMessage) return close(1009)
        if (!isLast) return
        const text = Buffer.concat(fragments).toString()
        fragments = []
        onMessage?.(text)
        return
      }
      case opcodes.ping:
        return write(opcodes.pong, payload)
      case opcodes.pong:
        return
      case opcodes.close:
        received = payload.length >= 2 ? payload.readUInt16BE() : 1005
        close(received === 1005 ? 1000 : received)
        socket.end()
        return
      default:
        close(1002)
    }
  }
  const read = (chunk: Buffer): void => {
    unread = Buffer.concat([unread, chunk])
    for (let frame = firstFrame(unread); frame; frame = firstFrame(unread)) {
      unread = unread.subarray(frame.size)
      receive(frame)
    }
    if (unread.length > largestMessage) socket.destroy()
  }

  socket.on('data', read)
  socket.on('error', () => socket.destroy())
  socket.on('end', () => socket.end())
  socket.once('close', () => {
    closing = true
    onClose?.(received)
  })
  // Not at once: the caller must have its listeners on first.
  if (head.length > 0) setImmediate(read, head)

  return {
    send: (text) => write(opcodes.text, Buffer.from(text)),
    ping: (text = '') => write(opcodes.ping, Buffer.from(text)),
    close,
    destroy: () => void socket.destroy(),
    onMessage: (listener) => (onMessage = listener),
    onClose: (listener) => (onClose = listener),
  }
}

interface Frame {
  opcode: number
  isLast: boolean
  payload: Buffer
  /** Of the whole frame, in bytes. */
  size: number
}

/** @returns undefined where the bytes do not hold a whole frame yet */
function firstFrame(bytes: Buffer): Frame | undefined {
  if (bytes.length < 2) return undefined
  const first = bytes.readUInt8(0)
  const second = bytes.readUInt8(1)
  const short = second & 0x7f
  const extended = short === 126 ? 2 : short === 127 ? 8 : 0
  const isMasked = (second & 0x80) !== 0
  const start = 2 + extended + (isMasked ? 4 : 0)
  if (bytes.length < start) return undefined
  const length = extended === 2 ? bytes.readUInt16BE(2) : extended === 8 ? Number(bytes.readBigUInt64BE(2)) : short
  if (bytes.length < start + length) return undefined
  const payload = Buffer.from(bytes.subarray(start, start + length))
  if (isMasked) unmask(payload, bytes.subarray(start - 4, start))
  return { opcode: first & 0x0f, isLast: (first & 0x80) !== 0, payload, size: start + length }
}

function unmask(payload: Buffer, mask: Buffer): void {
  for (let index = 0; index < payload.length; index += 1) payload[index] = (payload[index] ?? 0) ^ (mask[index % 4] ?? 0)
}

/** One unfragmented, unmasked frame, as servers send it. */
function frameOf(opcode: number, payload: Buffer): Buffer {
  const { length } = payload
  const head = Buffer.alloc(length < 126 ? 2 : length < 65_536 ? 4 : 10)
  head.writeUInt8(0x80 | opcode, 0)
  if (length < 126) head.writeUInt8(length, 1)
  else if (length < 65_536) {
    head.writeUInt8(126, 1)
    head.writeUInt16BE(length, 2)
  } else {
    head.writeUInt8(127, 1)
    head.writeBigUInt64BE(BigInt(length), 2)
  }
  return Buffer.concat([head, payload])
}
