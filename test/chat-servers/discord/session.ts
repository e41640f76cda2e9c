import { GatewayOpcodes } from 'discord-api-types/v10'
import type { WebSocketConnection } from '../websocket.ts'

export interface Packet {
  t: string
  d: unknown
}

/** What a bot resumes: it outlives its connections, and remembers what was dispatched. */
export interface Session {
  id: string
  intents: number
  connection: WebSocketConnection | undefined
  dispatch(packet: Packet, options?: { isAgain?: boolean }): void
  /** @returns false where that is no longer possible */
  resume(connection: WebSocketConnection, afterSequence: number): boolean
  /** Of the last dispatch. */
  sequence(): number
}

const kept = 1000

export function createSession(id: string, intents: number, first: WebSocketConnection): Session {
  let sequence = 0
  let sent: { sequence: number; text: string; isAgain: boolean }[] = []
  const session: Session = {
    id,
    intents,
    connection: first,
    dispatch({ t, d }, { isAgain = false } = {}) {
      sequence += 1
      const text = JSON.stringify({ op: GatewayOpcodes.Dispatch, t, s: sequence, d })
      sent.push({ sequence, text, isAgain })
      if (sent.length >= kept * 2) sent = sent.slice(-kept)
      session.connection?.send(text)
    },
    resume(connection, afterSequence) {
      const oldest = sent[0]?.sequence ?? 1
      if (afterSequence + 1 < oldest) return false
      session.connection?.destroy()
      session.connection = connection
      for (const entry of sent) {
        if (entry.sequence > afterSequence || entry.isAgain) connection.send(entry.text)
        entry.isAgain = false
      }
      session.dispatch({ t: 'RESUMED', d: { _trace: [] } })
      return true
    },
    sequence: () => sequence,
  }
  return session
}
