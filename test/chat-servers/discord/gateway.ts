import { type APIInteraction, GatewayCloseCodes, GatewayDispatchEvents, GatewayIntentBits, GatewayOpcodes } from 'discord-api-types/v10'
import { z } from 'zod'
import type { WebSocketConnection } from '../websocket.ts'
import { forgetOldest, recentCount } from './bounded.ts'
import type { GatewayControl } from './interface.ts'
import { applicationPayload, channelPayload, guildPayload, memberPayload, userById } from './payloads.ts'
import { createSession, type Packet, type Session } from './session.ts'
import type { World } from './world.ts'

export interface Gateway {
  accept(connection: WebSocketConnection, url: URL): void
  /** To the sessions that asked for these intents. */
  dispatch(packet: Packet, intents?: number): void
  dispatchInteraction(payload: APIInteraction, options: { isAgain: boolean }): void
  /** False once there were too many identifies: Discord then resets the token. */
  isTokenGood(): boolean
  identifiesLeft(): number
  control: Omit<GatewayControl, 'dispatch'>
  stop(): void
}

const packetSchema = z.discriminatedUnion('op', [
  z.looseObject({ op: z.literal(GatewayOpcodes.Heartbeat), d: z.int().nullable() }),
  z.looseObject({
    op: z.literal(GatewayOpcodes.Identify),
    d: z.looseObject({
      token: z.string(),
      intents: z.number(),
      properties: z.looseObject({ os: z.string(), browser: z.string(), device: z.string() }),
      shard: z.tuple([z.int(), z.int()]).optional(),
    }),
  }),
  z.looseObject({
    op: z.literal(GatewayOpcodes.Resume),
    d: z.looseObject({ token: z.string(), session_id: z.string(), seq: z.int().nonnegative() }),
  }),
  z.looseObject({ op: z.literal(GatewayOpcodes.PresenceUpdate), d: z.looseObject({}) }),
])
type ClientPacket = z.infer<typeof packetSchema>

const allIntents = Object.values(GatewayIntentBits).reduce<number>((sum, bit) => (typeof bit === 'number' ? sum | bit : sum), 0)
const privileged = GatewayIntentBits.GuildMembers | GatewayIntentBits.GuildPresences | GatewayIntentBits.MessageContent
/** A clean goodbye ends a session; every other end leaves it to be resumed. */
const endsSession = (code: number) => code === 1000 || code === 1001

export function createGateway(world: World): Gateway {
  const sessions = new Map<string, Session>()
  const connections = new Set<WebSocketConnection>()
  const identifiesToday = recentCount(world.now, 24 * 60 * 60_000)
  const counts = { identifies: 0, resumes: 0 }
  let lastIntents: number | undefined
  let isTokenGood = true
  let acknowledges = true
  let refusedResumes = 0
  let refusedIdentifies: number[] = []

  const sessionOf = (connection: WebSocketConnection) => [...sessions.values()].find((session) => session.connection === connection)

  function identify(
    connection: WebSocketConnection,
    { token, intents }: Extract<ClientPacket, { op: GatewayOpcodes.Identify }>['d'],
  ): void {
    counts.identifies += 1
    lastIntents = intents
    identifiesToday.add()
    if (identifiesToday.count() > world.limits.identifiesADay) isTokenGood = false
    const refusal = refusedIdentifies.shift()
    if (refusal !== undefined) return connection.close(refusal)
    if (!isTokenGood || token !== world.token) return connection.close(GatewayCloseCodes.AuthenticationFailed, 'Authentication failed.')
    if (!Number.isInteger(intents) || (intents & ~allIntents) !== 0) return connection.close(GatewayCloseCodes.InvalidIntents)
    if ((intents & privileged & ~world.limits.privilegedIntents) !== 0) return connection.close(GatewayCloseCodes.DisallowedIntents)
    const session = createSession(world.newId(), intents, connection)
    sessions.set(session.id, session)
    forgetOldest(sessions, 10)
    session.dispatch({ t: GatewayDispatchEvents.Ready, d: ready(session.id) })
    if ((intents & GatewayIntentBits.Guilds) !== 0) session.dispatch({ t: GatewayDispatchEvents.GuildCreate, d: guildCreate() })
    world.changed()
  }

  function resume(
    connection: WebSocketConnection,
    { token, session_id, seq }: Extract<ClientPacket, { op: GatewayOpcodes.Resume }>['d'],
  ): void {
    counts.resumes += 1
    if (!isTokenGood || token !== world.token) return connection.close(GatewayCloseCodes.AuthenticationFailed, 'Authentication failed.')
    const session = sessions.get(session_id)
    if (session && seq > session.sequence()) return connection.close(GatewayCloseCodes.InvalidSeq)
    refusedResumes -= 1
    const isRefused = refusedResumes >= 0
    refusedResumes = Math.max(0, refusedResumes)
    if (!isRefused && session?.resume(connection, seq)) return world.changed()
    sessions.delete(session_id)
    sendTo(connection, GatewayOpcodes.InvalidSession, false)
  }

  function ready(session: string): unknown {
    return {
      v: 10,
      user: userById(world, world.botUserId),
      guilds: [{ id: world.guild.id, unavailable: true }],
      session_id: session,
      resume_gateway_url: world.origin.replace('http', 'ws'),
      shard: [0, 1],
      application: { id: world.applicationId, flags: applicationPayload(world).flags },
      session_type: 'normal',
      private_channels: [],
      relationships: [],
      presences: [],
    }
  }

  function guildCreate(): unknown {
    const all = [...world.channels.values()]
    const bot = world.members.get(world.botUserId)
    return {
      ...guildPayload(world),
      joined_at: new Date(world.now()).toISOString(),
      large: false,
      unavailable: false,
      member_count: world.members.size,
      // Without the privileged intent a bot sees itself only.
      members: bot ? [memberPayload(world, bot)] : [],
      channels: all.filter(({ kind }) => kind === 'text').map((channel) => channelPayload(world, channel)),
      threads: all.filter(({ kind }) => kind === 'thread').map((channel) => channelPayload(world, channel)),
      voice_states: [],
      presences: [],
      stage_instances: [],
      guild_scheduled_events: [],
      soundboard_sounds: [],
    }
  }

  function receive(connection: WebSocketConnection, text: string): void {
    const packet = z.string().transform(parseOrNever).pipe(packetSchema).safeParse(text).data
    if (!packet) return connection.close(GatewayCloseCodes.DecodeError, 'Error while decoding payload.')
    if (packet.op === GatewayOpcodes.Heartbeat) {
      if (acknowledges) sendTo(connection, GatewayOpcodes.HeartbeatAck, undefined)
      return
    }
    const hasSession = sessionOf(connection) !== undefined
    if (packet.op === GatewayOpcodes.PresenceUpdate) {
      if (!hasSession) connection.close(GatewayCloseCodes.NotAuthenticated)
      return
    }
    if (hasSession) return connection.close(GatewayCloseCodes.AlreadyAuthenticated)
    if (packet.op === GatewayOpcodes.Identify) identify(connection, packet.d)
    else resume(connection, packet.d)
  }

  const each = (act: (connection: WebSocketConnection, session: Session) => void) => {
    for (const session of sessions.values()) if (session.connection) act(session.connection, session)
  }

  return {
    accept(connection, url) {
      if (url.searchParams.get('v') !== '10') return connection.close(GatewayCloseCodes.InvalidAPIVersion)
      if (url.searchParams.get('encoding') !== 'json' || url.searchParams.has('compress'))
        return connection.close(GatewayCloseCodes.DecodeError)
      connections.add(connection)
      const received = recentCount(() => performance.now(), 60_000)
      connection.onMessage((text) => {
        received.add()
        if (received.count() > 120) connection.close(GatewayCloseCodes.RateLimited)
        else receive(connection, text)
      })
      connection.onClose((code) => {
        connections.delete(connection)
        const session = sessionOf(connection)
        if (!session) return
        session.connection = undefined
        if (endsSession(code)) sessions.delete(session.id)
        world.changed()
      })
      sendTo(connection, GatewayOpcodes.Hello, { heartbeat_interval: world.limits.heartbeatIntervalMs })
    },
    dispatch(packet, intents = 0) {
      for (const session of sessions.values()) if ((session.intents & intents) === intents) session.dispatch(packet)
    },
    dispatchInteraction(payload, options) {
      for (const session of sessions.values()) session.dispatch({ t: GatewayDispatchEvents.InteractionCreate, d: payload }, options)
    },
    isTokenGood: () => isTokenGood,
    identifiesLeft: () => Math.max(0, world.limits.identifiesADay - identifiesToday.count()),
    control: {
      connections: () => [...sessions.values()].filter(({ connection }) => connection !== undefined).length,
      identifies: () => counts.identifies,
      resumes: () => counts.resumes,
      intents: () => lastIntents,
      requestReconnect: () => each((connection) => sendTo(connection, GatewayOpcodes.Reconnect, null)),
      invalidSession: (resumable) =>
        each((connection, session) => {
          session.connection = undefined
          if (!resumable) sessions.delete(session.id)
          sendTo(connection, GatewayOpcodes.InvalidSession, resumable)
        }),
      break: () => each((connection) => connection.destroy()),
      close: (code) => each((connection) => connection.close(code)),
      refuseResume: ({ times = 1 } = {}) => void (refusedResumes += times),
      refuseIdentify: (code, { times = 1 } = {}) =>
        void (refusedIdentifies = [...refusedIdentifies, ...Array.from({ length: times }, () => code)]),
      stopHeartbeatAcks: () => void (acknowledges = false),
      startHeartbeatAcks: () => void (acknowledges = true),
    },
    stop() {
      for (const connection of connections) connection.destroy()
    },
  }
}

function parseOrNever(text: string, context: z.core.$RefinementCtx): unknown {
  try {
    return JSON.parse(text)
  } catch {
    context.addIssue('not JSON')
    return z.NEVER
  }
}

function sendTo(connection: WebSocketConnection, op: GatewayOpcodes, d: unknown): void {
  connection.send(JSON.stringify({ op, d, s: null, t: null }))
}
