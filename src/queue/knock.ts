import { connect } from 'node:net'

/** What stands behind a Unix socket: a Redis that takes commands, one that is not ready, or nobody. */
export async function knock(socketPath: string): Promise<'ready' | 'busy' | 'closed'> {
  return new Promise((resolve) => {
    const socket = connect(socketPath)
    const finish = (answer: 'ready' | 'busy' | 'closed') => {
      socket.destroy()
      resolve(answer)
    }
    socket.setTimeout(500, () => finish('busy'))
    socket.once('connect', () => socket.write('PING\r\n'))
    socket.once('data', (bytes) => finish(bytes.toString('latin1').startsWith('+PONG') ? 'ready' : 'busy'))
    socket.once('error', () => finish('closed'))
    socket.once('close', () => finish('busy'))
  })
}
