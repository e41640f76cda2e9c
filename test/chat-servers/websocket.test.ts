import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { listenOnLoopback, type LoopbackServer } from './http.ts'
import { acceptWebSocket, type WebSocketConnection } from './websocket.ts'

let server: LoopbackServer
let connections: WebSocketConnection[]
let messages: string[]
let closed: number[]

beforeEach(async () => {
  connections = []
  messages = []
  const codes: number[] = []
  closed = codes
  server = await listenOnLoopback(0, {
    onRequest: (_request, response) => void response.end(),
    onUpgrade(request, socket, head) {
      const connection = acceptWebSocket(request, socket, head)
      connection.onMessage((text) => {
        messages.push(text)
        connection.send(`heard ${text.length}`)
      })
      connection.onClose((code) => codes.push(code))
      connections.push(connection)
    },
  })
})

afterEach(async () => {
  for (const connection of connections) connection.destroy()
  await server.stop()
})

it.each([0, 5, 125, 126, 65_535, 65_536, 200_000])('a message of %i bytes arrives whole, and so does the answer', async (length) => {
  const client = await open()
  client.send('x'.repeat(length))

  const [event] = (await once(client, 'message')) as [MessageEvent]
  expect(event.data).toBe(`heard ${length}`)
  expect(messages).toEqual(['x'.repeat(length)])
  client.close()
})

it('sends long messages and other alphabets', async () => {
  const client = await open()
  const text = 'jäil 🐡 '.repeat(10_000)
  connections[0]?.send(text)

  const [event] = (await once(client, 'message')) as [MessageEvent]
  expect(event.data).toBe(text)
  client.close()
})

it('the client says goodbye: its code is heard and answered', async () => {
  const client = await open()
  client.close(4001, 'bye')

  const [event] = (await once(client, 'close')) as [CloseEvent]
  expect(event).toMatchObject({ code: 4001, wasClean: true })
  await vi.waitFor(() => expect(closed).toEqual([4001]))
})

it('the server says goodbye', async () => {
  const client = await open()
  connections[0]?.close(4000, 'go away')

  const [event] = (await once(client, 'close')) as [CloseEvent]
  expect(event).toMatchObject({ code: 4000, reason: 'go away', wasClean: true })
  await vi.waitFor(() => expect(closed).toEqual([4000]))
})

it('a cut is 1006 on both ends', async () => {
  const client = await open()
  connections[0]?.destroy()

  const [event] = (await once(client, 'close')) as [CloseEvent]
  expect(event).toMatchObject({ code: 1006, wasClean: false })
  await vi.waitFor(() => expect(closed).toEqual([1006]))
})

it('puts fragments together, byte by byte, with a ping between them', async () => {
  const socket = await openRaw()
  const heard: Buffer[] = []
  socket.on('data', (chunk: Buffer) => heard.push(chunk))

  for (const byte of Buffer.concat([frame(0x01, 'Hel'), frame(0x89, 'you?'), frame(0x80, 'lo')])) socket.write(Buffer.from([byte]))

  await vi.waitFor(() => expect(messages).toEqual(['Hello']))
  await vi.waitFor(() => expect(Buffer.concat(heard).toString('latin1')).toBe('\x8a\x04you?\x81\x07heard 5'))
  socket.destroy()
})

it('pings', async () => {
  const socket = await openRaw()
  connections[0]?.ping('there?')
  const [chunk] = (await once(socket, 'data')) as [Buffer]
  expect(chunk.toString('latin1')).toBe('\x89\x06there?')
  socket.destroy()
})

async function open(): Promise<WebSocket> {
  const client = new WebSocket(server.origin.replace('http', 'ws'))
  await once(client, 'open')
  return client
}

/** A socket just behind the handshake. */
async function openRaw(): Promise<Socket> {
  const { hostname, port } = new URL(server.origin)
  const socket = connect(Number(port), hostname)
  socket.write(
    `GET / HTTP/1.1\r\nHost: ${hostname}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n`,
  )
  const [chunk] = (await once(socket, 'data')) as [Buffer]
  expect(chunk.toString()).toContain('Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=')
  return socket
}

/** A short masked frame. */
function frame(head: number, text: string): Buffer {
  const mask = [1, 2, 3, 4]
  const payload = Buffer.from(text).map((byte, index) => byte ^ (mask[index % 4] ?? 0))
  return Buffer.from([head, 0x80 | payload.length, ...mask, ...payload])
}
