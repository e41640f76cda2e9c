import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'

export interface LoopbackServer {
  /** http://127.0.0.1:PORT */
  origin: string
  stop(): Promise<void>
}

export interface LoopbackHandlers {
  /** Its failure is answered 500 with the error's text, so that a test sees it. */
  onRequest(request: IncomingMessage, response: ServerResponse): Promise<void> | void
  onUpgrade?(request: IncomingMessage, socket: Duplex, head: Buffer): void
}

/** An HTTP server that only this machine can reach; port 0 takes a free one. */
export async function listenOnLoopback(port: number, { onRequest, onUpgrade }: LoopbackHandlers): Promise<LoopbackServer> {
  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    try {
      await onRequest(request, response)
    } catch (error) {
      if (response.headersSent) response.destroy()
      else response.writeHead(500, { 'content-type': 'text/plain' }).end(String(error))
    }
  }
  const server = createServer((request, response) => void handle(request, response))
  if (onUpgrade) server.on('upgrade', onUpgrade)
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', resolve)
  })
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

export async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}

export function sendJson(response: ServerResponse, status: number, body: unknown, headers: Record<string, string> = {}): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', ...headers }).end(JSON.stringify(body))
}
