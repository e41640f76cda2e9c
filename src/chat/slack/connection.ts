import { setTimeout as delay } from 'node:timers/promises'
import { SocketModeClient } from '@slack/socket-mode'
import type { Logger, WebClientOptions } from '@slack/web-api'
import { z } from 'zod'
import type { OnProblem } from './clients.ts'

/** Takes what Slack delivered, and calls `acknowledge` once, with what goes back. Never rejects. */
export type Deliver = (body: unknown, retry: Retry, acknowledge: (answer: unknown) => void) => Promise<void>
export interface Retry {
  number?: number
  reason?: string
}

export interface ConnectionOptions {
  appToken: string
  options: WebClientOptions
  logger: Logger
  deliver: Deliver
  onProblem: OnProblem
  /** How long it may take until Slack says hello. */
  helloMilliseconds: number
  /** Where this connection cannot acknowledge any more: another one that can. */
  other(than: Connection): Connection | undefined
}

/** One WebSocket to Slack. It never connects anew: another takes its place. */
export interface Connection {
  isOpen(): boolean
  acknowledge(envelope: string, payload: object): Promise<void>
  /** Resolves when Slack asked us to leave, or when it has ended. */
  readonly over: Promise<void>
  readonly ended: Promise<void>
  /** Ends it; by force where Slack does not say goodbye in time. */
  close(patienceMilliseconds: number): Promise<void>
}

const goodbyeSchema = z.looseObject({ type: z.literal('disconnect'), reason: z.string().optional() })
const envelopeSchema = z.object({
  envelope_id: z.string().optional(),
  body: z.unknown(),
  retry_num: z.number().optional(),
  retry_reason: z.string().optional(),
})

/** @throws what apps.connections.open or the WebSocket says */
export async function openConnection(connectionOptions: ConnectionOptions): Promise<Connection> {
  const { appToken, options, logger, deliver, onProblem, helloMilliseconds, other } = connectionOptions
  const client = new SocketModeClient({ appToken, logger, autoReconnectEnabled: false, clientOptions: { ...options } })
  const over = Promise.withResolvers<void>()
  const ended = Promise.withResolvers<void>()
  const underway = new Set<Promise<void>>()
  let isOpen = false

  const connection: Connection = {
    isOpen: () => isOpen,
    // not a public method of the client's, but the only one that acknowledges on another connection, as Slack's own Python library does
    acknowledge: (envelope, payload) => client['send'](envelope, payload),
    over: over.promise,
    ended: ended.promise,
    async close(patienceMilliseconds) {
      await Promise.race([Promise.all(underway), delay(patienceMilliseconds, undefined, { ref: false })])
      isOpen = false
      const left = client.disconnect()
      await Promise.race([left, delay(patienceMilliseconds, undefined, { ref: false })])
      // a second time means by force
      await client.disconnect()
      ended.resolve()
    },
  }

  client.on('disconnected', () => {
    isOpen = false
    over.resolve()
    ended.resolve()
  })
  client.on('slack_event', (event: unknown) => {
    const work = take(event)
      .catch((error: unknown) => onProblem('Slack sent something that could not be read', { error: String(error) }))
      .finally(() => underway.delete(work))
    underway.add(work)
  })
  leaveLate(client, over.resolve, onProblem)

  async function take(event: unknown): Promise<void> {
    const { envelope_id: envelope, body, retry_num, retry_reason } = envelopeSchema.parse(event)
    const retry = { ...(retry_num !== undefined && { number: retry_num }), ...(retry_reason !== undefined && { reason: retry_reason }) }
    let acknowledged: Promise<void> | undefined
    await deliver(body, retry, (answer) => (acknowledged = envelope === undefined ? undefined : acknowledge(envelope, answer)))
    await acknowledged
  }

  async function acknowledge(envelope: string, payload: unknown): Promise<void> {
    const answer = typeof payload === 'object' && payload !== null ? payload : {}
    try {
      const way = isOpen ? connection : (other(connection) ?? connection)
      await way.acknowledge(envelope, answer)
    } catch (error) {
      await other(connection)
        ?.acknowledge(envelope, answer)
        .catch(() => undefined)
      onProblem('an acknowledgement found its connection closed', { error: String(error) })
    }
  }

  const timer = new AbortController()
  const late = delay(helloMilliseconds, undefined, { signal: timer.signal }).then(
    () => Promise.reject(new TypeError('Slack did not say hello in time')),
    () => undefined,
  )
  try {
    const started = client.start().catch((error: unknown) => {
      throw error ?? new TypeError('Slack closed the connection before it said hello')
    })
    await Promise.race([started, late])
  } catch (error) {
    await client.disconnect().catch(() => undefined)
    throw error
  } finally {
    timer.abort()
  }
  isOpen = true
  return connection
}

/**
 * Told to leave, the client would close at once, with acknowledgements under way and before another connection stands. It is kept
 * from hearing that; Slack closes the connection itself a little later.
 */
function leaveLate(client: SocketModeClient, leave: () => void, onProblem: OnProblem): void {
  const own = client.listeners('ws_message')
  client.removeAllListeners('ws_message')
  client.on('ws_message', (data: unknown, isBinary: unknown) => {
    const goodbye = goodbyeOf(data)
    if (goodbye !== undefined) {
      if (goodbye === 'link_disabled') onProblem('Slack closes the connection because Socket Mode was turned off for the app', {})
      leave()
      return
    }
    for (const listener of own) {
      // the library reads what it was sent without looking, in an async function that nobody awaits
      void Promise.resolve(Reflect.apply(listener, client, [data, isBinary])).catch((error: unknown) =>
        onProblem('Slack sent something that could not be read', { error: String(error) }),
      )
    }
  })
}

/** @returns why Slack wants us to leave, if it does */
function goodbyeOf(data: unknown): string | undefined {
  if (typeof data !== 'string' || !data.includes('"disconnect"')) return undefined
  try {
    const parsed = goodbyeSchema.safeParse(JSON.parse(data))
    return parsed.success ? (parsed.data.reason ?? 'unknown') : undefined
  } catch {
    return undefined
  }
}
