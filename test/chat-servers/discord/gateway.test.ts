import { type Client, Events, GatewayIntentBits } from 'discord.js'
import { describe, expect, it, vi } from 'vitest'
import type { DiscordServer } from './server.ts'
import { makeClient, startBot, startGuild } from './trial.ts'

/** Resolves when this client has its next connection. */
function nextConnection(client: Client, how: 'shardResume' | 'shardReady'): Promise<unknown> {
  return new Promise((resolve) => client.once(how as 'shardResume', resolve))
}

async function startListening(options?: Parameters<typeof startGuild>[0]) {
  const trial = await startGuild(options)
  const heard: string[] = []
  const client = await startBot(trial.server, async (interaction) => {
    if (!interaction.isChatInputCommand()) return
    heard.push(interaction.id)
    await interaction.reply('heard')
  })
  const slash = (delivery?: string) =>
    trial.server.as(trial.alice).slash('status', {}, { channel: trial.ops, ...(delivery && { delivery }) })
  return { ...trial, client, heard, slash }
}

describe('a session', () => {
  it('tells what was asked for', async () => {
    const { server, client } = await startListening()
    expect(server.gateway.intents()).toBe(GatewayIntentBits.Guilds)
    expect([server.gateway.connections(), server.gateway.identifies()]).toEqual([1, 1])
    await client.destroy()
    await vi.waitFor(() => expect(server.gateway.connections()).toBe(0))
  })

  it('that was cut is resumed, and what it missed comes', async () => {
    const { server, client, heard, slash } = await startListening()
    const resumed = nextConnection(client, 'shardResume')
    server.gateway.break()
    const taken = await slash()
    await resumed
    expect(heard).toEqual([taken.interaction])
    expect(taken.respondedInMs).toBeDefined()
    expect([server.gateway.identifies(), server.gateway.resumes()]).toEqual([1, 1])
  })

  it.each([
    ['a reconnect', (server: DiscordServer) => server.gateway.requestReconnect()],
    ['close code 4000', (server: DiscordServer) => server.gateway.close(4000)],
    ['a resumable invalid session', (server: DiscordServer) => server.gateway.invalidSession(true)],
  ])('is resumed after %s', async (_, act) => {
    const { server, client, slash } = await startListening()
    const resumed = nextConnection(client, 'shardResume')
    act(server)
    await resumed
    expect((await slash()).response?.type).toBe(4)
    expect(server.gateway.identifies()).toBe(1)
  })

  it.each([
    ['its resume is refused', (server: DiscordServer) => (server.gateway.refuseResume(), server.gateway.break())],
    ['it is invalid', (server: DiscordServer) => server.gateway.invalidSession(false)],
  ])('begins anew when %s', async (_, act) => {
    const { server, client, slash } = await startListening()
    const ready = nextConnection(client, 'shardReady')
    act(server)
    await ready
    expect((await slash()).response?.type).toBe(4)
    expect(server.gateway.identifies()).toBe(2)
  })

  it('gets a dispatch once more after a resume, where that is asked for', async () => {
    const { server, client, heard, slash } = await startListening()
    server.faults.twice('after a resume')
    await slash()
    const resumed = nextConnection(client, 'shardResume')
    server.gateway.break()
    await resumed
    expect(heard).toHaveLength(2)
    expect(new Set(heard).size).toBe(1)
  })

  it('without heartbeat acks is left and resumed by the client', async () => {
    const { server, client } = await startListening({ limits: { heartbeatIntervalMs: 60 } })
    const resumed = nextConnection(client, 'shardResume')
    server.gateway.stopHeartbeatAcks()
    await vi.waitUntil(() => server.gateway.resumes() > 0)
    server.gateway.startHeartbeatAcks()
    await resumed
    expect(server.gateway.identifies()).toBe(1)
  })

  it.each([
    ['authentication failed', 4004],
    ['disallowed intents', 4014],
  ])('does not come back after %s', async (_, code) => {
    const { server, client } = await startListening()
    const ended = new Promise<number>((resolve) => client.once(Events.ShardDisconnect, (event) => resolve(event.code)))
    server.gateway.close(code)
    expect(await ended).toBe(code)
    expect(server.gateway.resumes()).toBe(0)
  })
})

describe('an identify', () => {
  it('with a privileged intent that was not granted is refused', async () => {
    const { server } = await startGuild()
    const client = makeClient(server, [GatewayIntentBits.Guilds, GatewayIntentBits.GuildMembers])
    await expect(client.login(server.token)).rejects.toThrow('disallowed intents')
  })

  it('with a wrong token is refused', async () => {
    const { server } = await startGuild()
    await expect(makeClient(server).login('bm90LWl0.x.y')).rejects.toMatchObject({ code: 'TokenInvalid' })
    expect(server.invalidRequests()).toBe(1)
  })

  it('too many in a day loses the token; discord.js asks before', async () => {
    const { server } = await startGuild({ limits: { identifiesADay: 1 } })
    const client = makeClient(server)
    await client.login(server.token)
    await client.destroy()
    await expect(makeClient(server).login(server.token)).rejects.toThrow('sessions remaining')
    expect(await connect(server, identify(server)).closed).toBe(4004)
    const me = await fetch(`${server.apiUrl}/v10/users/@me`, { headers: { authorization: `Bot ${server.token}` } })
    expect(me.status).toBe(401)
  })

  it.each([
    ['no JSON', 4002, () => '{'],
    ['an unknown packet', 4002, () => '{"op":77,"d":null}'],
    ['a presence before it', 4003, () => '{"op":3,"d":{}}'],
    ['a wrong token', 4004, () => identify({ token: 'x' })],
    ['wrong intents', 4013, (server: DiscordServer) => identify(server, 2 ** 30)],
  ])('or %s closes the connection: %s %s', async (_, code, packet) => {
    const { server } = await startGuild()
    expect(await connect(server, packet(server)).closed).toBe(code)
  })

  it('is not undone by a resume from the future', async () => {
    const { server } = await startGuild()
    const { session_id } = await connect(server, identify(server)).ready
    const resume = JSON.stringify({ op: 6, d: { token: server.token, session_id, seq: 999 } })
    expect(await connect(server, resume).closed).toBe(4007)
  })
})

function identify({ token }: { token: string }, intents = 1): string {
  return JSON.stringify({ op: 2, d: { token, intents, properties: { os: 'x', browser: 'x', device: 'x' } } })
}

interface Ready {
  session_id: string
}

/** A connection that says this to the hello. */
function connect(server: DiscordServer, said: string): { closed: Promise<number>; ready: Promise<Ready> } {
  const socket = new WebSocket(`${server.origin.replace('http', 'ws')}/?v=10&encoding=json`)
  const closed = new Promise<number>((resolve) => socket.addEventListener('close', ({ code }) => resolve(code)))
  const ready = new Promise<Ready>((resolve) => {
    socket.addEventListener('message', ({ data }) => {
      const { op, t, d } = JSON.parse(String(data)) as { op: number; t: string | null; d: Ready }
      if (op === 10) socket.send(said)
      if (t === 'READY') resolve(d)
    })
  })
  return { closed, ready }
}

describe('dispatches', () => {
  it('of messages need their intent', async () => {
    const { server, alice, ops } = await startGuild()
    const heard = vi.fn()
    const open = async (...intents: GatewayIntentBits[]) => {
      const client = makeClient(server, [GatewayIntentBits.Guilds, ...intents])
      client.on(Events.MessageCreate, ({ content, author }) => heard(client === reader, author.username, content))
      const ready = nextConnection(client, 'shardReady')
      await client.login(server.token)
      await ready
      return client
    }
    await open()
    const reader = await open(GatewayIntentBits.GuildMessages)
    server.as(alice).say(ops, 'hello')
    await vi.waitFor(() => expect(heard).toHaveBeenCalled())
    // Without the intent for content there is none.
    expect(heard.mock.calls).toEqual([[true, 'alice', '']])
  })

  it('can be malformed', async () => {
    const { server, client, slash } = await startListening()
    const raw = vi.fn()
    // discord.js would end the process; renaming the packet here is the one guard its public interface has.
    client.on(Events.Raw, (packet: { t: string; d: unknown }) => {
      if (packet.t === 'INTERACTION_CREATE') raw(structuredClone(packet.d))
      if (packet.t === 'INTERACTION_CREATE' && JSON.stringify(packet.d) === '{"type":4}') packet.t = 'MALFORMED'
    })
    server.faults.malformed({ t: 'INTERACTION_CREATE', d: { type: 4 } })
    await vi.waitFor(() => expect(raw).toHaveBeenCalledWith({ type: 4 }))
    expect((await slash()).response?.type).toBe(4)
  })
})
