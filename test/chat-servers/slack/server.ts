import { randomBytes } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { listenOnLoopback } from '../http.ts'
import { AckReader } from './acks.ts'
import { Calls } from './calls.ts'
import { Deliveries } from './delivery.ts'
import { Faults } from './faults.ts'
import type { SlackDelays, SlackLimits, SlackServer, SlackServerOptions } from './interface.ts'
import { personOf } from './people.ts'
import type { Uploads } from './method.ts'
import { responseUrlApi } from './response-url.ts'
import { SignedHttp } from './signed-http.ts'
import { SocketMode } from './socket-mode.ts'
import { ResponseUrls, Triggers } from './triggers.ts'
import { uploadApi } from './upload.ts'
import { openView, Views } from './views.ts'
import { webApi } from './web-api.ts'
import { bot, team, World } from './world.ts'

export type * from './interface.ts'
export { defaultScopes } from './faults.ts'
export { publishedRates } from './rate-limits.ts'

const defaultDelays: SlackDelays = { acknowledge: 3000, eventRetries: [0, 60_000, 300_000], ping: 5000 }
const defaultLimits: SlackLimits = { messagesPerChannel: 500, calls: 2000, rates: {} }

/** Listens on 127.0.0.1. There are no users and channels until they are added. */
export async function startSlackServer(options: SlackServerOptions = {}): Promise<SlackServer> {
  const { port = 0, now = Date.now, scopes } = options
  const delays = { ...defaultDelays, ...options.delays }
  const limits = { ...defaultLimits, ...options.limits }
  const tokens = { bot: `xoxb-${secret()}`, app: `xapp-1-${bot.appId}-${secret()}` }
  const signingSecret = secret()

  const world = new World(now, limits.messagesPerChannel)
  const changed = (): void => world.changed()
  const views = new Views(changed)
  const triggers = new Triggers(now)
  const responseUrls = new ResponseUrls(now)
  const faults = new Faults(scopes)
  const calls = new Calls(limits.calls, now)
  const acks = new AckReader(world, views)
  const uploads: Uploads = new Map()
  const sockets = new SocketMode({ pingMs: delays.ping, changed })
  let http: SignedHttp | undefined
  const deliveries = new Deliveries({
    faults,
    transport: () => http ?? sockets,
    acknowledgeMs: delays.acknowledge,
    eventRetries: delays.eventRetries,
  })

  const server = await listenOnLoopback(port, {
    onRequest: (request, response) => answer(request, response),
    onUpgrade: (request, socket, head) => sockets.accept(request, socket, head),
  })
  const { origin } = server
  const issueTicket = (): string => sockets.issueTicket()
  const callApi = webApi({ world, views, triggers, uploads, origin, issueTicket, faults, calls, tokens, rates: limits.rates })
  const callResponseUrl = responseUrlApi({ world, responseUrls, acks, faults, calls })
  const upload = uploadApi({ uploads, faults, calls })

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname } = new URL(request.url ?? '', origin)
    if (pathname.startsWith('/api/')) return callApi(pathname.slice('/api/'.length), request, response)
    if (pathname.startsWith('/actions/')) return callResponseUrl(pathname, request, response)
    if (pathname.startsWith('/upload/v1/')) return upload(pathname.slice('/upload/v1/'.length), request, response)
    response.writeHead(404).end()
  }

  return {
    apiUrl: `${origin}/api/`,
    origin,
    tokens,
    signingSecret,
    team,
    bot,
    addUser: (user) => world.addUser(user),
    addUserGroup: (group) => world.addUserGroup(group),
    addChannel: (channel) => world.addChannel(channel),
    as: (user) => personOf({ world, views, triggers, responseUrls, deliveries, acks, origin }, user),
    seenBy: (user, channel) => world.seenBy(user, channel),
    views: (user) => views.of(user).map(openView),
    home(user) {
      const home = views.home(user)
      return home && openView(home)
    },
    calls: (method) => calls.all(method),
    counts: () => calls.counts(),
    deleteMessage: (channel, ts) => world.remove({ channel, ts }),
    faults,
    get sockets() {
      return sockets.size
    },
    disconnectSockets: (reason, how) => sockets.disconnect(reason, how),
    breakSockets: () => sockets.break(),
    refuseConnections: (times) => sockets.refuse(times),
    setRequestUrl(url, { signingSecret: used = signingSecret } = {}) {
      http = url === undefined ? undefined : new SignedHttp({ url, signingSecret: used, now })
    },
    get requestUrl() {
      return http?.url
    },
    verifyRequestUrl: async () => (await http?.verify(delays.acknowledge)) ?? false,
    snapshot: () => ({
      team,
      bot,
      ...world.snapshot(),
      views: views.all().map(openView),
      homes: views.homes().map(openView),
      sockets: sockets.size,
    }),
    onChange: (listener) => world.onChange(listener),
    async stop() {
      deliveries.stop()
      await sockets.stop()
      await server.stop()
    },
  }
}

function secret(): string {
  return randomBytes(16).toString('hex')
}
