import { z } from 'zod'
import { flag, method, type Method, type Parts } from './method.ts'
import { refusal } from './refusal.ts'
import { bot, team, teamOf, type Channel, type User, type UserGroup } from './world.ts'

const created = 1_700_000_000

export const peopleMethods: Record<string, Method> = {
  'auth.test': method({}, {}, () => ({
    url: `https://${team.domain}.slack.com/`,
    team: team.name,
    user: bot.name,
    team_id: team.id,
    user_id: bot.userId,
    bot_id: bot.botId,
    is_enterprise_install: false,
  })),

  'apps.connections.open': method({ isForApp: true }, {}, (_args, { origin, issueTicket }) => ({
    url: `${origin.replace('http', 'ws')}${issueTicket()}`,
  })),

  'users.info': method({ scope: 'users:read' }, { user: z.string() }, (args, { world }) => {
    const user = world.users.get(args.user)
    if (!user) throw refusal('user_not_found')
    return { user: userInfo(user) }
  }),

  'usergroups.list': method({ scope: 'usergroups:read' }, { include_users: flag, include_disabled: flag }, (args, { world }) => ({
    usergroups: [...world.userGroups.values()]
      .filter(({ disabled }) => args.include_disabled === true || !disabled)
      .map((group) => ({ ...groupInfo(group), ...(args.include_users === true && { users: group.users }) })),
  })),

  'usergroups.users.list': method({ scope: 'usergroups:read' }, { usergroup: z.string(), include_disabled: flag }, (args, { world }) => {
    const group = world.userGroups.get(args.usergroup)
    if (!group) throw refusal('no_such_subteam')
    if (group.disabled && args.include_disabled !== true) throw refusal('subteam_disabled')
    return { users: group.users }
  }),

  'conversations.info': method({ scope: 'channels:read' }, { channel: z.string() }, (args, { world }) => ({
    channel: channelInfo(world.channel(args.channel)),
  })),

  'conversations.open': method(
    { scope: 'im:write' },
    { users: z.string().optional(), channel: z.string().optional() },
    (args, { world }) => {
      if (args.channel !== undefined) return { channel: { id: world.channel(args.channel).id } }
      if (!args.users) throw refusal('users_list_not_supplied')
      return { channel: { id: directMessage(args.users, world).id } }
    },
  ),
}

/** This Slack has no direct messages of several. */
function directMessage(id: string, world: Parts['world']): Channel {
  const user = world.users.get(id)
  if (!user) throw refusal('user_not_found')
  if (user.kind === 'deleted') throw refusal('user_disabled')
  if (user.kind === 'bot') throw refusal('cannot_dm_bot')
  return world.directMessage(id)
}

function userInfo(user: User): Record<string, unknown> {
  const { id, name, realName, kind } = user
  const isSingleChannel = kind === 'single-channel guest'
  const standing = {
    is_admin: false,
    is_owner: false,
    is_primary_owner: false,
    is_restricted: kind === 'guest' || isSingleChannel,
    is_ultra_restricted: isSingleChannel,
  }
  return {
    id,
    team_id: teamOf(user),
    name,
    deleted: kind === 'deleted',
    real_name: realName,
    tz: 'Etc/UTC',
    profile: { real_name: realName, real_name_normalized: realName, display_name: name, display_name_normalized: name, team: teamOf(user) },
    ...(kind !== 'deleted' && standing),
    is_bot: kind === 'bot',
    is_app_user: false,
    ...(kind === 'stranger' && { is_stranger: true }),
    updated: created,
  }
}

function groupInfo({ id, handle, users, disabled }: UserGroup): Record<string, unknown> {
  return {
    id,
    team_id: team.id,
    is_usergroup: true,
    is_subteam: true,
    name: handle,
    description: '',
    handle,
    is_external: false,
    date_create: created,
    date_update: created,
    date_delete: disabled ? created : 0,
    user_count: users.length,
  }
}

function channelInfo(channel: Channel): Record<string, unknown> {
  const { id, kind, name, isArchived, botIsMember, with: user } = channel
  if (kind === 'direct') return { id, created, is_im: true, is_archived: false, user, context_team_id: team.id }
  return {
    id,
    name,
    name_normalized: name,
    is_channel: kind === 'public',
    is_group: kind === 'private',
    is_im: false,
    is_mpim: false,
    is_private: kind === 'private',
    created,
    is_archived: isArchived,
    is_general: false,
    is_member: botIsMember,
    context_team_id: team.id,
  }
}
