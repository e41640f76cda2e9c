import { GatewayDispatchEvents, GatewayIntentBits } from 'discord-api-types/v10'
import type { Gateway } from './gateway.ts'
import type { DiscordServer } from './interface.ts'
import { channelPayload, memberPayload, rolesPayload } from './payloads.ts'
import { defaultPermissions } from './permissions.ts'
import { isSnowflake } from './snowflake.ts'
import type { Channel, World } from './world.ts'

type People = Pick<DiscordServer, 'addUser' | 'addRole' | 'addMember' | 'addChannel' | 'setChannel'>

/** Who and what is in the guild; the bot hears of changes as its intents allow. */
export function createPeople(world: World, gateway: Gateway): People {
  const idOf = (id = world.newId()): string => {
    if (!isSnowflake(id)) throw new Error(`Discord's ids are snowflakes, of digits: ${id}`)
    return id
  }
  const tell = (t: GatewayDispatchEvents, d: unknown, intents: number = GatewayIntentBits.Guilds) => {
    gateway.dispatch({ t, d }, intents)
    world.changed()
  }
  const inGuild = (payload: object) => ({ ...payload, guild_id: world.guild.id })
  return {
    addUser({ id, name, globalName, bot: isBot = false, directMessagesClosed = false }) {
      const user = { id: idOf(id), name, globalName, isBot, directMessagesClosed }
      world.users.set(user.id, user)
      world.changed()
      return user.id
    },
    addRole({ id, name, permissions = defaultPermissions }) {
      const role = { id: idOf(id), name, permissions }
      world.roles.set(role.id, role)
      tell(GatewayDispatchEvents.GuildRoleCreate, inGuild({ role: rolesPayload(world).at(-1) }))
      return role.id
    },
    addMember({ user, roles = [], nick }) {
      if (!world.users.has(user)) throw new Error(`There is no user ${user}.`)
      const unknown = roles.find((role) => !world.roles.has(role))
      if (unknown !== undefined) throw new Error(`There is no role ${unknown}.`)
      const known = world.members.get(user)
      const member = { user, roles: [...roles], nick: nick ?? known?.nick, joinedAt: known?.joinedAt ?? world.now() }
      world.members.set(user, member)
      const event = known ? GatewayDispatchEvents.GuildMemberUpdate : GatewayDispatchEvents.GuildMemberAdd
      tell(event, inGuild(memberPayload(world, member)), GatewayIntentBits.GuildMembers)
    },
    addChannel({ id, name, kind = 'text', parent, botMayView = true, botMaySend = true }) {
      const channel: Channel = {
        id: idOf(id),
        name,
        kind,
        parent,
        recipient: undefined,
        botMayView,
        botMaySend,
        messages: new Map(),
        fileBytes: 0,
      }
      world.channels.set(channel.id, channel)
      const event = kind === 'thread' ? GatewayDispatchEvents.ThreadCreate : GatewayDispatchEvents.ChannelCreate
      tell(event, channelPayload(world, channel))
      return channel.id
    },
    setChannel(id, may) {
      const channel = world.channels.get(id)
      if (!channel) throw new Error(`There is no channel ${id}.`)
      Object.assign(channel, may)
      tell(GatewayDispatchEvents.ChannelUpdate, channelPayload(world, channel))
    },
  }
}
