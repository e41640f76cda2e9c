import { once } from 'node:events'
import { createServer } from 'node:http'
import { mkdtempSync, rmSync } from 'node:fs'
import { connect, createServer as createSocketServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { exchangeOnSocket, httpGet, localConnections } from '../../../src/host/shell/network.ts'

test('httpGet speaks only by the connection that it is given, and makes one', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'jailops-http-'))
  const socket = join(folder, 's')
  const server = createServer((request, response) => void response.end(request.headers.host)).listen(socket)
  await once(server, 'listening')
  const asked: unknown[] = []
  const toAddress = (...words: unknown[]) => {
    asked.push(words)
    return connect({ path: socket })
  }

  // nobody listens at port 1 of this machine
  const request = { address: '127.0.0.1', port: 1, path: '/', hostHeader: 'blog.example.com', timeoutSeconds: 5 }
  const answer = await httpGet({ ...localConnections, toAddress }, request)

  expect(answer).toEqual({ status: 200, body: 'blog.example.com' })
  expect(asked).toEqual([['127.0.0.1', 1, 5]])
  server.close()
  rmSync(folder, { recursive: true })
})

test('whoever ends while it is asked is said to have, with what to do', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'jailops-socket-'))
  const path = join(folder, 's')
  // gone with our words unread, as one that is killed
  const server = createSocketServer({ pauseOnConnect: true }, (socket) => void setTimeout(() => socket.destroy(), 50)).listen(path)
  await once(server, 'listening')

  const asked = exchangeOnSocket(localConnections, path, 'show info\n', 5)

  await expect(asked).rejects.toMatchObject({
    code: 'step_failed',
    message: expect.stringMatching(/reset.* Look whether .* runs, then ask again/),
  })
  server.close()
  rmSync(folder, { recursive: true })
})
