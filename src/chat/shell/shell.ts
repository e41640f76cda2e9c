import { createServer, type Server, type Socket } from 'node:net'
import type { Clock } from '../../core/clock.ts'
import { JailopsError } from '../../core/errors.ts'
import type { ChatAdapter, Door, Place } from '../adapter.ts'
import { believe, demandProof, type ShellUser } from './identity.ts'
import { makeProofFolder } from './proof.ts'
import { serveSession, type Session } from './session.ts'
import { listenAt, type Listening } from './socket.ts'

export interface ShellOptions {
  socketPath: string
  /** Where `{socket}` is written for clients: the path may be too long for a socket. */
  pointerFile?: string
  /** Where shell users prove who they are. An absolute path. */
  proofFolder: string
  /** Given in the demo only: these may be claimed by name. */
  demoPeople?: readonly { id: string; name: string; groups: string[] }[]
  /** What policy calls `shell:group:…`. */
  groupsOf?: (user: ShellUser) => string[]
  now: Clock
}

const maxConnections = 200

/** `jailops run` in a shell of the bot's machine: a Unix socket, and the card as it changes to whoever waits for it. */
export function createShellAdapter(options: ShellOptions): ChatAdapter {
  const place: Place = { platform: 'shell', channel: 'shell' }
  const isDemo = options.demoPeople !== undefined
  const sessions = new Set<Session>()
  let server: Server | undefined
  let listening: Listening | undefined

  function serve(door: Door, socket: Socket): void {
    const identify = isDemo ? believe(options.demoPeople ?? []) : demandProof(options.proofFolder, options.groupsOf ?? (() => []))
    const { session, ended } = serveSession(socket, { place, door, identify })
    sessions.add(session)
    void ended.finally(() => sessions.delete(session))
  }

  return {
    platform: 'shell',
    traits: { postsOnce: true, settleMilliseconds: 0, whispersRefusals: false, keepsMessages: false },
    identify: async (actor) => actor,
    async start(door) {
      if (!isDemo) await makeProofFolder(options.proofFolder)
      server = createServer((socket) => serve(door, socket))
      server.maxConnections = maxConnections
      // With proof anybody may knock. The demo believes what it is told, so only its own user may.
      listening = await listenAt(server, { ...options, mode: isDemo ? 0o600 : 0o666 })
    },
    async post(_place, card) {
      for (const session of sessions) session.show(card)
      return card.request
    },
    async edit(_place, _message, card) {
      for (const session of sessions) session.show(card)
      return card.request
    },
    async whisper(_place, actor, answer) {
      for (const session of sessions) session.tell(actor, answer)
    },
    async confide(_place, actor, answer, request) {
      for (const session of sessions) if (session.confide(actor, answer, request)) return
      throw new JailopsError('cannot_show', 'Nobody waits for it in a shell any more.')
    },
    async stop() {
      const closed = new Promise<void>((resolve) => (server === undefined ? resolve() : server.close(() => resolve())))
      for (const session of sessions) session.end()
      await closed
      await listening?.release()
      server = undefined
      listening = undefined
    },
  }
}
