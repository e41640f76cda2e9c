import { applicationPayload, channelPayload, guildPayload, memberPayload, rolesPayload, userById, userPayload } from './payloads.ts'
import { problems } from './problem.ts'
import type { ApiRequest, Handlers } from './rest.ts'
import type { World } from './world.ts'

type OtherRoutes = Extract<
  keyof Handlers,
  `GET /gateway${string}` | 'GET /users/@me' | 'GET /users/:user' | `GET ${string}applications/@me` | `GET /guilds${string}`
>

/** What can only be read: the gateway's address, the bot, the guild. */
export function otherRoutes(world: World, identifiesLeft: () => number): Pick<Handlers, OtherRoutes> {
  const url = () => world.origin.replace('http', 'ws')
  const application = () => ({ status: 200, body: applicationPayload(world) })
  const inGuild = (answer: (request: ApiRequest) => unknown) => (request: ApiRequest) => {
    if (request.param('guild') !== world.guild.id) throw problems.unknownGuild()
    return { status: 200, body: answer(request) }
  }
  return {
    'GET /gateway': () => ({ status: 200, body: { url: url() } }),
    'GET /gateway/bot': () => {
      const { identifiesADay: total } = world.limits
      const session_start_limit = { total, remaining: identifiesLeft(), reset_after: 86_400_000, max_concurrency: 1 }
      return { status: 200, body: { url: url(), shards: 1, session_start_limit } }
    },
    'GET /users/@me': () => ({ status: 200, body: userById(world, world.botUserId) }),
    'GET /users/:user': ({ param }) => {
      const user = world.users.get(param('user'))
      if (!user) throw problems.unknownUser()
      return { status: 200, body: userPayload(user) }
    },
    'GET /applications/@me': application,
    'GET /oauth2/applications/@me': application,
    'GET /guilds/:guild': inGuild(() => guildPayload(world)),
    'GET /guilds/:guild/roles': inGuild(() => rolesPayload(world)),
    'GET /guilds/:guild/channels': inGuild(() =>
      [...world.channels.values()].filter(({ kind }) => kind === 'text').map((channel) => channelPayload(world, channel)),
    ),
    'GET /guilds/:guild/members/:user': inGuild(({ param }) => {
      const member = world.members.get(param('user'))
      if (!member) throw world.users.has(param('user')) ? problems.unknownMember() : problems.unknownUser()
      return memberPayload(world, member)
    }),
  }
}
