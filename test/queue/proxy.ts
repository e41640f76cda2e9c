import { connect, createServer, type Socket } from 'node:net'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { makeFolder } from './setup.ts'

/** A Unix socket before another one, on which answers (`mute`) or everything (`dead`) can get lost. */
export async function makeProxy(target: { socketPath: string }) {
  const socketPath = join(makeFolder(), 'proxy.sock')
  const proxy = {
    address: { socketPath },
    mode: 'pass' as 'pass' | 'mute' | 'dead',
    cut: () => {
      for (const socket of sockets) socket.destroy()
    },
  }
  const sockets = new Set<Socket>()
  const server = createServer((near) => {
    const far = connect(target.socketPath)
    for (const socket of [near, far]) {
      sockets.add(socket)
      socket.on('error', () => undefined)
      socket.on('close', () => {
        sockets.delete(socket)
        near.destroy()
        far.destroy()
      })
    }
    near.on('data', (bytes) => proxy.mode !== 'dead' && far.write(bytes))
    far.on('data', (bytes) => proxy.mode === 'pass' && near.write(bytes))
  })
  await new Promise<void>((resolve) => {
    server.listen(socketPath, resolve)
  })
  onTestFinished(() => {
    server.close()
    proxy.cut()
  })
  return proxy
}
