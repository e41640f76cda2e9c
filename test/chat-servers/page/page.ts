import { fileBytes, isPicture } from '../file-text.ts'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { getRequestListener } from '@hono/node-server'
import { Hono, type Context } from 'hono'
import { z } from 'zod'
import { chatViews, pageFile, servePage } from '../../../src/chat/web/page.ts'
import { problem } from '../../../src/chat/web/problem.ts'
import { onlyOwnHost, onlyOwnPage, safeHeaders, smallBody } from '../../../src/chat/web/protect.ts'
import type { DiscordServer } from '../discord/server.ts'
import type { SlackServer } from '../slack/server.ts'
import { type Desk, Refused } from './desk.ts'
import { discordDesk } from './discord-desk.ts'
import { createLive } from './live.ts'
import { slackDesk } from './slack-desk.ts'

export type ChatPageOptions = ({ platform: 'slack'; server: SlackServer } | { platform: 'discord'; server: DiscordServer }) & {
  /** 0, the default, takes a free one. */
  port?: number
  /** Ids of those whom one may be, the first one at first; by default everybody who is no bot. */
  people?: readonly string[]
}

export interface ChatPage {
  /** http://127.0.0.1:PORT */
  readonly url: string
  stop(): Promise<void>
}

const folder = new URL('files/', import.meta.url)
const personQuery = z.object({ person: z.string() })
const fileQuery = z.object({ person: z.string(), channel: z.string(), message: z.string(), index: z.coerce.number() })
const personIn = z.looseObject({ person: z.string() })

/** A page for people to use a loopback Slack or Discord with. It listens on this machine only: whoever opens it chooses who to be. */
export async function startChatPage(options: ChatPageOptions): Promise<ChatPage> {
  const desk = options.platform === 'slack' ? slackDesk(options.server) : discordDesk(options.server)
  const offered = options.people ?? desk.people().map(({ id }) => id)
  const live = createLive(desk)
  let port: number | undefined
  const app = createApp(desk, { platform: options.platform, offered, live, port: () => port })
  const server = createServer(getRequestListener(app.fetch))
  port = await listen(server, options.port ?? 0)
  return {
    url: `http://127.0.0.1:${port}`,
    stop: async () => {
      live.stop()
      await new Promise<void>((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      })
    },
  }
}

interface Parts {
  platform: string
  offered: readonly string[]
  live: ReturnType<typeof createLive>
  port: () => number | undefined
}

function createApp(desk: Desk, { platform, offered, live, port }: Parts): Hono {
  const app = new Hono()
  app.use(safeHeaders, onlyOwnHost(port), onlyOwnPage, smallBody)
  app.onError((error, context) => failed(context, error))
  app.notFound((context) => problem(context, 404, 'not_found', 'There is no such page.'))
  servePage(app, [
    ...chatViews,
    { ...pageFile(`${platform}.html`, folder), path: '/' },
    ...['page.css', `${platform}.css`, 'chat.js', `${platform}.js`].map((name) => pageFile(name, folder)),
    ...(platform === 'discord' ? [pageFile('discord-command.js', folder)] : []),
  ])

  app.get('/api/people', (context) =>
    context.json(offered.map((id) => ({ id, name: desk.people().find((one) => one.id === id)?.name ?? id }))),
  )
  app.get('/api/events', (context) => live.follow(context, someone(personQuery.parse(context.req.query()).person)))
  app.get('/api/file', (context) => {
    const { person, ...place } = fileQuery.parse(context.req.query())
    const text = desk.file(someone(person), place)
    if (text === undefined) return problem(context, 404, 'not_found', 'That file is gone.')
    if (isPicture(text)) return context.body(new Uint8Array(fileBytes(text)), 200, { 'content-type': 'image/png' })
    return context.text(text, 200, { 'content-type': 'text/plain; charset=utf-8' })
  })
  app.post('/api/act', async (context) => {
    const { person, ...body } = personIn.parse(await context.req.json<unknown>())
    return context.json(await desk.act(someone(person), body))
  })

  /** @throws Refused */
  function someone(person: string): string {
    if (!offered.includes(person)) throw new Refused('There is nobody of that name here.')
    return person
  }
  return app
}

function failed(context: Context, error: unknown): Response {
  if (error instanceof z.ZodError) return problem(context, 400, 'bad_request', z.prettifyError(error))
  if (error instanceof SyntaxError) return problem(context, 400, 'bad_request', 'That was no JSON.')
  if (error instanceof Refused) return problem(context, 409, 'refused', error.message)
  return problem(context, 500, 'internal', String(error))
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', () => resolve((server.address() as AddressInfo).port))
  })
}
