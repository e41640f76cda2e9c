import { createServer, type Server } from 'node:http'
import { getRequestListener } from '@hono/node-server'
import type { Clock } from '../../core/clock.ts'
import { JailopsError } from '../../core/errors.ts'
import type { ChatAdapter, Door, Place } from '../adapter.ts'
import { openHistory, type History } from './history.ts'
import { personSchema, type Person } from './people.ts'
import { createRoutes } from './routes.ts'
import type { Watcher } from './watcher.ts'

export interface WebOptions {
  /** 0: any free one. */
  port: number
  people: readonly Person[]
  /** Keeps the channel's last messages. */
  historyFile: string
  now: Clock
}

/** A chat in the browser, for the demo: whoever opens it chooses who to be, so it listens on this machine only. */
export function createWebAdapter(options: WebOptions): ChatAdapter & { url(): string } {
  const people = options.people.map((person) => personSchema.parse(person))
  const place: Place = { platform: 'web', channel: 'ops' }
  const watchers = new Set<Watcher>()
  let history: History | undefined
  let server: Server | undefined
  let port: number | undefined

  function channel(): History {
    if (history === undefined) throw new JailopsError('internal', 'The web chat was used before it was started.')
    return history
  }

  /** A message's id is its request's: saying it twice is saying it once. */
  function show(message: string, card: Parameters<ChatAdapter['post']>[1]): string {
    const id = channel().get(message) === undefined ? card.request : message
    channel().put({ kind: 'card', id, card })
    return id
  }

  return {
    platform: 'web',
    traits: { postsOnce: true, settleMilliseconds: 0, whispersRefusals: false, keepsMessages: true },
    identify: async (actor) => actor,
    async start(door: Door) {
      history = await openHistory(options.historyFile, options.now)
      const app = createRoutes({ place, people, history, door, port: () => port, watchers })
      server = createServer(getRequestListener(app.fetch))
      port = await listen(server, options.port)
    },
    url() {
      if (port === undefined) throw new JailopsError('internal', 'The web chat has no address before it is started.')
      return `http://127.0.0.1:${port}`
    },
    post: async (_place, card) => show(card.request, card),
    async edit(_place, message, card, _asker, whereGone) {
      if (whereGone === 'leave' && channel().get(message) === undefined)
        throw new JailopsError('message_gone', 'The message is not there any more.')
      return show(message, card)
    },
    async whisper(_place, actor, answer) {
      channel().put({ kind: 'answer', id: `answer-${crypto.randomUUID()}`, to: actor.id, answer })
    },
    async confide(_place, actor, answer) {
      const order = (channel().visibleTo(actor.id).at(-1)?.order ?? 0) + 0.25
      const message = { kind: 'answer', id: `answer-${crypto.randomUUID()}`, to: actor.id, answer, at: options.now(), order } as const
      const shown = [...watchers].filter((watcher) => watcher.pass(message, actor.id))
      if (shown.length === 0) throw new JailopsError('cannot_show', 'This person has no page of the chat open.')
    },
    async stop() {
      for (const watcher of watchers) watcher.close()
      if (server !== undefined) await close(server)
      server = undefined
      await history?.flush()
    },
  }
}

/** @returns the port it hears on */
function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const fail = (cause: Error) =>
      reject(new JailopsError('config_error', `The web chat cannot listen on 127.0.0.1:${port}: ${cause.message}`, { cause }))
    server.once('error', fail)
    server.listen(port, '127.0.0.1', () => {
      server.removeListener('error', fail)
      const address = server.address()
      resolve(typeof address === 'object' && address !== null ? address.port : port)
    })
  })
}

/** What is under way may finish, for a moment: an invocation that was stored should still be acknowledged. */
async function close(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()))
  server.closeIdleConnections()
  const cutOff = setTimeout(() => server.closeAllConnections(), 500)
  await closed
  clearTimeout(cutOff)
}
