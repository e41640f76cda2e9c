import { once } from 'node:events'
import { createServer as createHttpServer, type RequestListener } from 'node:http'
import { createServer, type Server, type Socket } from 'node:net'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import type { Bench } from './shell-conformance.ts'

export function networkConformance(bench: () => Bench): void {
  const servers: Server[] = []
  afterEach(() => {
    for (const server of servers.splice(0)) server.close()
  })

  const listenUnix = async (onSocket: (socket: Socket) => void): Promise<string> => {
    const path = join(bench().folder, 's')
    const server = createServer((socket) => onSocket(socket.on('error', () => undefined))).listen(path)
    servers.push(server)
    await once(server, 'listening')
    return path
  }
  const listenHttp = async (listener: RequestListener): Promise<number> => {
    const server = createHttpServer(listener).listen(0, '127.0.0.1')
    servers.push(server)
    await once(server, 'listening')
    const address = server.address()
    return typeof address === 'object' && address !== null ? address.port : 0
  }
  const get = (port: number, timeoutSeconds = 5) =>
    bench().shell.httpGet({ address: '127.0.0.1', port, path: '/x?y=1', hostHeader: 'blog.example.com', timeoutSeconds })

  describe('exchange', () => {
    test('says the text and returns the whole answer', async () => {
      const path = await listenUnix((socket) => socket.once('data', (data) => socket.end(`you said ${data.toString()}`)))
      expect(await bench().shell.exchange(path, 'ü\n', 5)).toBe('you said ü\n')
    })

    test('nobody there, nobody answering, too much', async () => {
      const { shell, folder } = bench()
      await expect(shell.exchange(join(folder, 'none'), 'x', 1)).rejects.toMatchObject({ code: 'host_not_ready' })
      const path = await listenUnix((socket) =>
        socket.on('data', (data) => void (data.toString() === 'much' && socket.end('x'.repeat(9e6)))),
      )
      await expect(shell.exchange(path, 'x', 0.2)).rejects.toMatchObject({ code: 'timed_out' })
      await expect(shell.exchange(path, 'much', 5)).rejects.toMatchObject({ code: 'output_too_long' })
    })
  })

  describe('httpGet', () => {
    test('asks for the path by that host name and does not follow redirects', async () => {
      const port = await listenHttp((request, response) => {
        response.writeHead(301, { location: '/elsewhere' })
        response.end(`${request.method} ${request.url} ${request.headers.host} ${request.headers.connection}`)
      })
      expect(await get(port)).toEqual({ status: 301, body: 'GET /x?y=1 blog.example.com close' })
    })

    test('nobody there, nobody answering, too much', async () => {
      await expect(get(1)).rejects.toMatchObject({ code: 'step_failed' })
      const silent = await listenHttp((_, response) => void response.write('half'))
      await expect(get(silent, 0.2)).rejects.toMatchObject({ code: 'step_failed' })
      const much = await listenHttp((_, response) => void response.end('x'.repeat(2e6)))
      expect((await get(much)).body.length).toBe(1024 * 1024)
    })
  })
}
