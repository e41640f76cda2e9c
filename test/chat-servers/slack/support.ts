import { App, HTTPReceiver, type Logger, LogLevel, SocketModeReceiver } from '@slack/bolt'
import { SocketModeClient } from '@slack/socket-mode'
import { type ChatPostMessageArguments, type ChatPostMessageResponse, WebClient } from '@slack/web-api'
import type { AddressInfo } from 'node:net'
import { vi } from 'vitest'
import { startSlackServer, type SlackServer, type SlackServerOptions } from './server.ts'

/** Things the tests of one file opened, closed by `closeAll` in reverse. */
const opened: (() => unknown)[] = []

export async function closeAll(): Promise<void> {
  for (const close of opened.splice(0).toReversed()) await close()
}

/** A Slack with ada and bo in #jails (C1), and eve elsewhere (C2, where the bot is not). */
export async function startTown(options: SlackServerOptions = {}): Promise<SlackServer> {
  const slack = await startSlackServer(options)
  opened.push(() => slack.stop())
  slack.addUser({ id: 'U1', name: 'ada', realName: 'Ada Byron' })
  slack.addUser({ id: 'U2', name: 'bo' })
  slack.addUser({ id: 'U3', name: 'eve', kind: 'guest' })
  slack.addUserGroup({ id: 'S1', handle: 'operators', users: ['U1', 'U2'] })
  slack.addChannel({ id: 'C1', name: 'jails', members: ['U1', 'U2'] })
  slack.addChannel({ id: 'C2', name: 'elsewhere', members: ['U1', 'U3'], botIsMember: false })
  return slack
}

const nothing = (): void => undefined
const silent: Logger = {
  debug: nothing,
  info: nothing,
  warn: nothing,
  error: nothing,
  setLevel: nothing,
  getLevel: () => LogLevel.ERROR,
  setName: nothing,
}

/** Without retries: what goes wrong is to be seen. */
export function webClient(slack: SlackServer, token = slack.tokens.bot): WebClient {
  return new WebClient(token, { slackApiUrl: slack.apiUrl, logger: silent, retryConfig: { retries: 0 }, rejectRateLimitedCalls: true })
}

/** chat.postMessage. */
export function post(client: WebClient, message: ChatPostMessageArguments): Promise<ChatPostMessageResponse> {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- Slack's, not the window's
  return client.chat.postMessage(message)
}

/** The platform error of a call that must fail. */
export async function refusalOf(call: Promise<unknown>): Promise<{ error: string } & Record<string, unknown>> {
  try {
    await call
  } catch (error) {
    return (error as { data: { error: string } }).data
  }
  throw new Error('the call was not refused')
}

/** Starts a Bolt app as a user of Bolt would, over Socket Mode or signed HTTP. */
export async function startBolt(slack: SlackServer, mode: 'socket' | 'http', listen: (app: App) => void): Promise<App> {
  const quiet = { logLevel: LogLevel.ERROR }
  const receiver =
    mode === 'http'
      ? new HTTPReceiver({ signingSecret: slack.signingSecret, port: 0, ...quiet })
      : new SocketModeReceiver({ appToken: slack.tokens.app, installerOptions: { clientOptions: { slackApiUrl: slack.apiUrl } }, ...quiet })
  const app = new App({ token: slack.tokens.bot, receiver, clientOptions: { slackApiUrl: slack.apiUrl }, ...quiet })
  listen(app)
  const arrived = receiver instanceof SocketModeReceiver ? arrivals(receiver.client) : async () => undefined
  const server: unknown = await app.start({ port: 0, host: '127.0.0.1' })
  opened.push(() => arrived().then(() => app.stop()))
  if (mode === 'http') slack.setRequestUrl(`http://127.0.0.1:${(server as { address(): AddressInfo }).address().port}/slack/events`)
  return app
}

/** Ended in the middle of its own attempt to come back, socket-mode 3 rejects a promise that nobody has, with nothing. */
function arrivals(client: SocketModeClient): () => Promise<unknown> {
  let isComing = false
  for (const beginning of ['reconnecting', 'connecting']) client.on(beginning, () => (isComing = true))
  client.on('connected', () => (isComing = false))
  return () => vi.waitUntil(() => !isComing, { timeout: 5000 }).catch(() => 'it does not come')
}

interface Heard {
  envelope_id: string
  type: string
  body: Record<string, unknown>
  retry_num?: number
  retry_reason?: string
  ack(payload?: unknown): Promise<void>
}

/** A bare Socket Mode client that keeps what it hears. */
export async function startSocket(
  slack: SlackServer,
  onHeard: (heard: Heard) => unknown = ({ ack }) => ack(),
): Promise<{ client: SocketModeClient; heard: Heard[] }> {
  const client = new SocketModeClient({
    appToken: slack.tokens.app,
    clientOptions: { slackApiUrl: slack.apiUrl },
    clientPingTimeout: 200,
    logger: silent,
  })
  const heard: Heard[] = []
  client.on('slack_event', async (each: Heard) => {
    heard.push(each)
    await onHeard(each)
  })
  const arrived = arrivals(client)
  await client.start()
  opened.push(() => arrived().then(() => client.disconnect()))
  return { client, heard }
}
