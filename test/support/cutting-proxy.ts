import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'

/** After how many bytes of which direction a connection is cut, both ways at once and without a good-bye. */
export interface Cut {
  direction: 'up' | 'down'
  bytes: number
}

/** A way to a port of this machine that cuts each connection as `nextCut` says (undefined: never). */
export async function startCuttingProxy(toPort: number, nextCut: () => Cut | undefined) {
  let cuts = 0
  const open = new Set<Socket>()
  let isFrozen = false
  const server = createServer((client) => {
    const cut = nextCut()
    const upstream = connect({ port: toPort, host: '127.0.0.1' })
    let isCut = false
    const end = () => {
      client.destroy()
      upstream.destroy()
    }
    const pass = (from: Socket, to: Socket, direction: Cut['direction']) => {
      let passed = 0
      open.add(from)
      from.on('error', end).on('close', () => {
        open.delete(from)
        to.end()
      })
      from.on('data', (chunk: Buffer) => {
        if (isCut || isFrozen) return
        const left = cut?.direction === direction ? cut.bytes - passed : Number.POSITIVE_INFINITY
        passed += chunk.length
        to.write(chunk.subarray(0, left))
        if (left > chunk.length) return
        isCut = true
        cuts += 1
        // what was let through arrives; nothing behind it does
        to.end(() => setImmediate(end))
      })
    }
    pass(client, upstream, 'up')
    pass(upstream, client, 'down')
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    cuts: () => cuts,
    /** Nothing gets through any more, and nobody is told. */
    freeze: () => void (isFrozen = true),
    cutNow: () => {
      isFrozen = false
      for (const socket of open) socket.destroy()
    },
    stop: () => {
      server.close()
      for (const socket of open) socket.destroy()
    },
  }
}
