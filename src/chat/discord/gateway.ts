import { setTimeout as delay } from 'node:timers/promises'
import { Client, type ClientOptions, DiscordjsError, DiscordjsErrorCodes, Events, GatewayCloseCodes, GatewayIntentBits } from 'discord.js'
import type { Clock } from '../../core/clock.ts'
import { JailopsError } from '../../core/errors.ts'
import { createIdentifyPace } from './identify-pace.ts'
import { packetSchema } from './payload.ts'
import { tokenRefused } from './register.ts'

/** The connection on which Discord says what people do. discord.js resumes it and identifies anew by itself. */
export interface Gateway {
  /** Resolves when Discord is heard. @throws JailopsError config_error for good; anything else may pass */
  connect(): Promise<void>
  close(): Promise<void>
}

export interface GatewayOptions {
  token: string
  apiUrl: string
  now: Clock
  /** The payload of an INTERACTION_CREATE. */
  onInteraction(payload: unknown): void
  onProblem(what: string, details: Record<string, unknown>): void
}

const goodbyeMilliseconds = 500
/** A name that discord.js knows no handler for. */
const heard = 'HEARD'
/** What discord.js itself lives on; of anything else it is told nothing. */
const itsOwn = new Set(['READY', 'RESUMED'])

export function createGateway({ token, apiUrl, now, onInteraction, onProblem }: GatewayOptions): Gateway {
  const pace = createIdentifyPace(now)
  let client: Client | undefined

  const options: ClientOptions = {
    intents: [GatewayIntentBits.Guilds],
    allowedMentions: { parse: [] },
    rest: { api: apiUrl.replace(/\/+$/, ''), retries: 1 },
    // it is told of no guild, so it must not wait for one
    waitGuildTimeout: 0,
    ws: { buildIdentifyThrottler: () => pace },
  }

  /** discord.js believes what it is sent and ends the process where that is wrong, so only we read it. */
  function hear(packet: unknown): void {
    const { t, d } = packetSchema.safeParse(packet).data ?? {}
    if (itsOwn.has(t ?? '') || typeof packet !== 'object' || packet === null) return
    Reflect.set(packet, 't', heard)
    if (t === 'INTERACTION_CREATE') onInteraction(d)
  }

  async function connect(): Promise<void> {
    let closedFor: number | undefined
    let hears = false
    const made = new Client(options)
    client = made
    made.on('raw', hear)
    made.on(Events.Error, (error) => onProblem('discord.js reports an error', { error: String(error) }))
    made.on(Events.ShardError, (error) => onProblem('the connection to Discord had an error', { error: String(error) }))
    made.on(Events.ShardDisconnect, ({ code }) => {
      closedFor = code
      // discord.js does not come back from these
      if (hears)
        onProblem('Discord has ended the connection for good; restart jailops when this is mended', { error: refusalOf(code).message })
    })
    try {
      await made.login(token)
      hears = true
    } catch (error) {
      await quiet(made)
      if (error instanceof DiscordjsError && error.code === DiscordjsErrorCodes.TokenInvalid) throw tokenRefused(error)
      throw closedFor === undefined ? error : refusalOf(closedFor, error)
    }
  }

  return {
    connect,
    async close() {
      const closing = client
      client = undefined
      if (closing !== undefined) await quiet(closing)
    },
  }
}

/** Ends a client, even one that is just waiting to connect again: that try must never get anywhere. */
async function quiet(client: Client): Promise<void> {
  const never = new Promise<never>(() => undefined)
  for (const [id, shard] of client.ws.shards) {
    client.ws.shards.set(id, Object.create(shard, { sessionInfo: { get: () => never, set() {} } }))
  }
  await Promise.race([client.destroy(), delay(goodbyeMilliseconds, undefined, { ref: false })])
  client.removeAllListeners()
  client.on(Events.Error, () => undefined)
}

function refusalOf(code: number, cause?: unknown): JailopsError {
  if (code === GatewayCloseCodes.AuthenticationFailed) return tokenRefused(cause)
  if (code === GatewayCloseCodes.DisallowedIntents || code === GatewayCloseCodes.InvalidIntents) {
    const sentence =
      'Discord does not allow this bot the intents it asks for. jailops asks for Guilds only, which needs no approval: is this the token of a bot?'
    return new JailopsError('config_error', sentence, { cause })
  }
  return new JailopsError(
    'config_error',
    `Discord has closed the connection for good (code ${code}). Look the bot up at discord.com/developers.`,
    { cause },
  )
}
