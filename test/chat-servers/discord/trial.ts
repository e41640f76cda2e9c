import { Client, Events, GatewayIntentBits, type Interaction, REST } from 'discord.js'
import { onTestFinished } from 'vitest'
import { type DiscordServer, type DiscordServerOptions, startDiscordServer } from './server.ts'

export interface Trial {
  server: DiscordServer
  alice: string
  bob: string
  /** The only role; Alice has it. */
  keepers: string
  ops: string
}

/** A guild with two people and one channel; stopped when the test ends. */
export async function startGuild(options: DiscordServerOptions = {}): Promise<Trial> {
  const server = await startDiscordServer(options)
  onTestFinished(() => server.stop())
  const alice = server.addUser({ name: 'alice', globalName: 'Alice' })
  const bob = server.addUser({ name: 'bob' })
  const keepers = server.addRole({ name: 'keepers' })
  server.addMember({ user: alice, roles: [keepers] })
  server.addMember({ user: bob })
  return { server, alice, bob, keepers, ops: server.addChannel({ name: 'ops' }) }
}

const buildIdentifyThrottler = () => Promise.resolve({ waitForIdentify: () => Promise.resolve() })

/** discord.js as it comes: only the base URL differs, and that it need not wait 5 s between two identifies. */
export function makeClient(server: DiscordServer, intents: readonly GatewayIntentBits[] = [GatewayIntentBits.Guilds]): Client {
  const client = new Client({ intents: [...intents], rest: { api: server.apiUrl, retries: 1 }, ws: { buildIdentifyThrottler } })
  client.on(Events.Error, () => undefined)
  onTestFinished(() => client.destroy())
  return client
}

/** Logs in, and answers interactions by `onInteraction`. */
export async function startBot(
  server: DiscordServer,
  onInteraction: (interaction: Interaction) => unknown = () => undefined,
): Promise<Client<true>> {
  const client = makeClient(server)
  client.on(Events.InteractionCreate, onInteraction)
  const ready = new Promise<Client<true>>((resolve) => client.once(Events.ClientReady, resolve))
  await client.login(server.token)
  const readyClient = await ready
  await readyClient.application.commands.set(definitions, server.guildId)
  return readyClient
}

/** The bot's token without a gateway: only requests, as written. */
export function makeRest(server: DiscordServer): REST {
  return new REST({ api: server.apiUrl, retries: 0 }).setToken(server.token)
}

/** What the REST API answered instead: for `expect(await refused(…)).toMatchObject({ code })`. */
export async function refused(request: Promise<unknown>): Promise<unknown> {
  const answer = await request.then(
    () => new Error('was not refused'),
    (error: unknown) => error,
  )
  return answer instanceof Error && 'rawError' in answer ? { ...answer, raw: answer.rawError } : answer
}

const text = 3
const definitions = [
  {
    name: 'jail',
    description: 'Jails',
    options: [
      {
        type: 1,
        name: 'create',
        description: 'Makes a jail',
        options: [
          { type: text, name: 'name', description: 'Its name', required: true, autocomplete: true },
          { type: text, name: 'size', description: 'Its size', choices: [{ name: 'Small', value: 's' }] },
          { type: 4, name: 'count', description: 'How many', min_value: 1, max_value: 9 },
          { type: 5, name: 'boot', description: 'At boot' },
          { type: 6, name: 'for', description: 'Whose' },
        ],
      },
      { type: 2, name: 'net', description: 'Networks', options: [{ type: 1, name: 'show', description: 'Shows them' }] },
    ],
  },
  { name: 'status', description: 'How things are' },
  { name: 'secret', description: 'For administrators', default_member_permissions: '8' },
]
