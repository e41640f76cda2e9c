import { randomUUID } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'
import { acceptWebSocket, type WebSocketConnection } from '../websocket.ts'
import { timeout, type Answer, type Envelope, type Retry, type Transport } from './delivery.ts'
import type { SlackServer } from './interface.ts'
import { bot } from './world.ts'

const mostConnections = 10
const ticketMs = 30_000
const goodbyeMs = 500
const acknowledgementSchema = z.looseObject({ envelope_id: z.string(), payload: z.unknown().optional() })

interface Pending {
  envelope: Envelope
  connection: WebSocketConnection | undefined
  settle(answer: Answer): void
}

/** Slack's end of Socket Mode: each envelope goes over one of the open connections, in turn. */
export class SocketMode implements Transport {
  /** Those that envelopes go to; `#sockets` has also those that are being closed. */
  readonly #connections = new Set<WebSocketConnection>()
  readonly #sockets = new Set<WebSocketConnection>()
  readonly #pending = new Map<string, Pending[]>()
  readonly #tickets = new Map<string, number>()
  readonly #changed: () => void
  readonly #pinger: NodeJS.Timeout
  #turn = 0
  #refusals = 0
  #whenEmpty: () => void = () => undefined

  constructor({ pingMs, changed }: { pingMs: number; changed(): void }) {
    this.#changed = changed
    this.#pinger = setInterval(() => this.#connections.forEach((connection) => connection.ping('Ping from applink')), pingMs)
    this.#pinger.unref()
  }

  get size(): number {
    return this.#connections.size
  }

  /** @returns the path and query of a URL that is good for one connection */
  issueTicket(): string {
    const now = Date.now()
    for (const [ticket, issuedAt] of this.#tickets) if (now - issuedAt > ticketMs) this.#tickets.delete(ticket)
    const ticket = randomUUID()
    this.#tickets.set(ticket, now)
    return `/link/?ticket=${ticket}&app_id=${bot.appId}`
  }

  accept(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const ticket = new URL(request.url ?? '', 'http://slack').searchParams.get('ticket') ?? ''
    if (this.#refusals > 0 || !this.#tickets.delete(ticket)) {
      const status = this.#refusals > 0 ? '503 Service Unavailable' : '401 Unauthorized'
      this.#refusals = Math.max(0, this.#refusals - 1)
      socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`)
      return
    }
    const connection = acceptWebSocket(request, socket, head)
    this.#sockets.add(connection)
    connection.onMessage((text) => this.#hear(text))
    connection.onClose(() => this.#lose(connection))
    if (this.#connections.size >= mostConnections) {
      connection.send(goodbye('too_many_websockets'))
      connection.close()
      return
    }
    this.#connections.add(connection)
    connection.send(
      JSON.stringify({
        type: 'hello',
        num_connections: this.#connections.size,
        debug_info: { host: 'applink-loopback', build_number: 1, approximate_connection_time: 18_060 },
        connection_info: { app_id: bot.appId },
      }),
    )
    this.#tellAgain(undefined)
    this.#changed()
  }

  send(envelope: Envelope, withinMs: number, retry?: Retry): Promise<Answer> {
    const connection = this.#next()
    if (!connection) return Promise.resolve({ error: 'dispatch_failed' })
    return new Promise((resolve) => {
      const settle = (answer: Answer): void => {
        clearTimeout(timer)
        const left = (this.#pending.get(envelope.id) ?? []).filter((each) => each !== pending)
        if (left.length > 0) this.#pending.set(envelope.id, left)
        else this.#pending.delete(envelope.id)
        resolve(answer)
      }
      const timer = setTimeout(() => settle({ error: timeout }), withinMs)
      const pending: Pending = { envelope, connection, settle }
      this.#pending.set(envelope.id, [...(this.#pending.get(envelope.id) ?? []), pending])
      connection.send(messageOf(envelope, retry))
    })
  }

  retryReason(): Retry['reason'] {
    return 'timeout'
  }

  disconnect: SlackServer['disconnectSockets'] = (reason, { count = Number.POSITIVE_INFINITY, closeAfterMs = 50 } = {}) => {
    for (const connection of [...this.#connections].slice(0, count)) {
      connection.send(goodbye(reason))
      if (reason === 'warning') continue
      // Nothing is delivered on it any more, though acknowledgements are still heard.
      this.#connections.delete(connection)
      setTimeout(() => connection.close(), closeAfterMs).unref()
    }
    this.#changed()
  }

  break(): void {
    for (const connection of this.#sockets) connection.destroy()
  }

  refuse(times: number): void {
    this.#refusals = times
  }

  /** Says goodbye; cuts what has not gone by then. */
  async stop(): Promise<void> {
    clearInterval(this.#pinger)
    this.#refusals = Number.POSITIVE_INFINITY
    for (const { settle } of [...this.#pending.values()].flat()) settle({ error: 'dispatch_failed' })
    const gone = new Promise<void>((resolve) => (this.#whenEmpty = resolve))
    for (const connection of this.#sockets) connection.close()
    if (this.#sockets.size > 0) await Promise.race([gone, sleep(goodbyeMs, undefined, { ref: false })])
    this.break()
  }

  #next(): WebSocketConnection | undefined {
    const open = [...this.#connections]
    this.#turn += 1
    return open[this.#turn % open.length]
  }

  #hear(text: string): void {
    const acknowledgement = acknowledgementSchema.safeParse(parsed(text))
    if (!acknowledgement.success) return
    const { envelope_id, payload } = acknowledgement.data
    const isEmpty = typeof payload === 'object' && payload !== null && Object.keys(payload).length === 0
    for (const { settle } of this.#pending.get(envelope_id) ?? []) settle({ payload: isEmpty ? undefined : payload })
  }

  #lose(connection: WebSocketConnection): void {
    this.#sockets.delete(connection)
    this.#connections.delete(connection)
    this.#tellAgain(connection)
    if (this.#sockets.size === 0) this.#whenEmpty()
    this.#changed()
  }

  /** What was told over a connection and not acknowledged goes over another; over the next to open, where there is none now. */
  #tellAgain(lost: WebSocketConnection | undefined): void {
    for (const pending of [...this.#pending.values()].flat()) {
      if (pending.connection !== lost) continue
      pending.connection = this.#next()
      pending.connection?.send(messageOf(pending.envelope, { attempt: 1, reason: 'timeout' }))
    }
  }
}

function messageOf({ id, kind, payload }: Envelope, retry?: Retry): string {
  return JSON.stringify({
    envelope_id: id,
    payload,
    type: kind,
    accepts_response_payload: kind !== 'events_api',
    ...((kind === 'events_api' || retry) && { retry_attempt: retry?.attempt ?? 0, retry_reason: retry?.reason ?? '' }),
  })
}

function goodbye(reason: string): string {
  return JSON.stringify({ type: 'disconnect', reason, debug_info: { host: 'applink-loopback' } })
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
