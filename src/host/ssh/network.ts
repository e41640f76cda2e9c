import { Duplex } from 'node:stream'
import { JailopsError } from '../../core/errors.ts'
import type { Connections } from '../shell/network.ts'
import { lastWordsOf } from '../shell/system-error.ts'
import { send } from './ask.ts'
import { brokenOff } from './connection.ts'
import type { Connector } from './connector.ts'
import type { Session } from './session.ts'

/** Connections that nc makes on the host; what is sent and what comes back goes through a session. */
export function sshConnections(connector: Connector, address: string): Connections {
  return {
    toSocket: (path, timeout) => openChannel(connector, address, [ncSeconds(timeout), 'socket', path]),
    toAddress: (host, port, timeout) => openChannel(connector, address, [ncSeconds(timeout), 'address', host, String(port)]),
  }
}

/** nc ends by itself when nothing moves for that long: nobody has to end it. */
function ncSeconds(timeoutSeconds: number): string {
  return String(Math.ceil(timeoutSeconds) + 1)
}

function openChannel(connector: Connector, address: string, words: readonly string[]): Duplex {
  let session: Session | undefined
  let complaint = ''
  /** The agent becomes nc: there is no answer but what nc brings and how it ends. */
  const open = async () => {
    const connection = await connector.obtain()
    const asked = await send(connection, { operation: 'connect', words }, ignore, ignore)
    session = asked.session
    session.listen(
      (chunk) => void channel.push(chunk),
      (chunk) => void (complaint = (complaint + chunk.toString()).slice(-4096)),
    )
    if (channel.destroyed) session.kill()
    return { session, connection }
  }
  const opened = open()
  const follow = async () => {
    try {
      const { connection } = await opened
      const code = await session?.ended
      if (code === 0) channel.push(null)
      else channel.destroy(code === 1 ? connectError(complaint, words[1] === 'socket') : await brokenOff(connection, address))
    } catch (error) {
      channel.destroy(error instanceof Error ? error : new Error(String(error)))
    }
  }
  /**
   * All that is said to anybody is one write. Behind it nc hears that there is no more: it keeps its own side open, and ends when the other
   * side closes, also where it would otherwise wait for us.
   */
  const say = async (chunk: Buffer) => {
    await opened.catch(ignore)
    session?.input.end(chunk)
  }
  const channel: Duplex = new Duplex({
    read: ignore,
    write: (chunk: Buffer, _encoding, written) => void say(chunk).then(() => written()),
    destroy: (error, destroyed) => {
      session?.kill()
      destroyed(error)
    },
  })
  void follow()
  return channel
}

function ignore(): void {
  // nothing to do
}

/** In the code that Node would give it. Not every nc says why a socket did not take it. */
function connectError(complaint: string, toSocket: boolean): Error {
  const words = lastWordsOf(complaint)
  if (/no such file/.test(words)) return Object.assign(new Error(words), { code: 'ENOENT' })
  if (/refused/.test(words) || (toSocket && words === '')) return Object.assign(new Error('connection refused'), { code: 'ECONNREFUSED' })
  return new JailopsError('step_failed', `nc on the host says: ${words || 'nothing'}.`)
}
