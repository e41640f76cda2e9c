import {
  type APIApplication,
  type APIAttachment,
  type APIChannel,
  type APIGuild,
  type APIGuildMember,
  type APIMessage,
  type APIRole,
  type APIUser,
  ChannelType,
  GuildDefaultMessageNotifications,
  GuildExplicitContentFilter,
  GuildMFALevel,
  GuildNSFWLevel,
  GuildPremiumTier,
  GuildVerificationLevel,
  Locale,
  MessageFlags,
  MessageType,
  OverwriteType,
} from 'discord-api-types/v10'
import { channelPermissions, defaultPermissions } from './permissions.ts'
import type { Channel, Member, Message, Role, StoredFile, User, World } from './world.ts'

const time = (ms: number) => new Date(ms).toISOString().replace('Z', '000+00:00')

export function userPayload(user: User): APIUser {
  return {
    id: user.id,
    username: user.name,
    global_name: user.globalName ?? null,
    discriminator: user.isBot ? '0001' : '0',
    avatar: null,
    ...(user.isBot && { bot: true }),
  } satisfies APIUser
}

export function userById(world: World, id: string): APIUser {
  const user = world.users.get(id)
  return userPayload(user ?? { id, name: 'deleted_user', globalName: undefined, isBot: false, directMessagesClosed: true })
}

export function memberPayload(world: World, member: Member): APIGuildMember & { user: APIUser } {
  return {
    user: userById(world, member.user),
    nick: member.nick ?? null,
    roles: member.roles,
    joined_at: time(member.joinedAt),
    deaf: false,
    mute: false,
    flags: 0 as APIGuildMember['flags'],
    pending: false,
    avatar: null,
    banner: null,
    communication_disabled_until: null,
    premium_since: null,
  }
}

export function rolePayload(role: Role, position: number): APIRole {
  const colors = { primary_color: 0, secondary_color: null, tertiary_color: null }
  const flags = 0 as APIRole['flags']
  const permissions = role.permissions.toString()
  return { id: role.id, name: role.name, permissions, position, flags, colors, color: 0, hoist: false, managed: false, mentionable: false }
}

export function rolesPayload(world: World): APIRole[] {
  const everyone = { id: world.guild.id, name: '@everyone', permissions: defaultPermissions }
  return [everyone, ...world.roles.values()].map(rolePayload)
}

export function channelPayload(world: World, channel: Channel): APIChannel {
  const { id, name } = channel
  const last_message_id = [...channel.messages.keys()].at(-1) ?? null
  if (channel.kind === 'direct') {
    return { id, type: ChannelType.DM, name: null, last_message_id, recipients: [userById(world, channel.recipient ?? '')] }
  }
  if (channel.kind === 'thread') {
    return {
      id,
      name,
      type: ChannelType.PublicThread,
      guild_id: world.guild.id,
      parent_id: channel.parent ?? null,
      owner_id: world.guild.owner,
      last_message_id,
      rate_limit_per_user: 0,
      message_count: channel.messages.size,
      member_count: 1,
      applied_tags: [],
      thread_metadata: { archived: false, archive_timestamp: time(world.now()), auto_archive_duration: 1440, locked: false },
    } as APIChannel
  }
  const denied = defaultPermissions & ~channelPermissions(channel)
  return {
    id,
    name,
    type: ChannelType.GuildText,
    guild_id: world.guild.id,
    position: [...world.channels.keys()].indexOf(id),
    parent_id: null,
    topic: null,
    nsfw: false,
    rate_limit_per_user: 0,
    last_message_id,
    permission_overwrites: denied === 0n ? [] : [{ id: world.botUserId, type: OverwriteType.Member, allow: '0', deny: denied.toString() }],
  } as APIChannel
}

/** As GET /guilds/:guild shows it; the gateway adds channels and members. */
export function guildPayload(world: World): APIGuild {
  return {
    id: world.guild.id,
    name: world.guild.name,
    owner_id: world.guild.owner,
    roles: rolesPayload(world),
    emojis: [],
    stickers: [],
    features: [],
    icon: null,
    splash: null,
    discovery_splash: null,
    banner: null,
    description: null,
    vanity_url_code: null,
    region: '',
    afk_channel_id: null,
    afk_timeout: 300,
    application_id: null,
    default_message_notifications: GuildDefaultMessageNotifications.OnlyMentions,
    explicit_content_filter: GuildExplicitContentFilter.Disabled,
    hub_type: null,
    mfa_level: GuildMFALevel.None,
    nsfw_level: GuildNSFWLevel.Default,
    preferred_locale: Locale.EnglishUS,
    premium_progress_bar_enabled: false,
    premium_tier: GuildPremiumTier.None,
    public_updates_channel_id: null,
    rules_channel_id: null,
    safety_alerts_channel_id: null,
    system_channel_flags: 0 as APIGuild['system_channel_flags'],
    system_channel_id: null,
    verification_level: GuildVerificationLevel.None,
    incidents_data: null,
  }
}

export function attachmentPayload(world: World, channel: string, file: StoredFile): APIAttachment {
  const url = `${world.origin}/attachments/${channel}/${file.id}/${encodeURIComponent(file.name)}`
  return { id: file.id, filename: file.name, size: file.content.length, url, proxy_url: url, content_type: file.type }
}

export function messagePayload(world: World, message: Message): APIMessage {
  const { id, channel, content, embeds, components } = message
  const members = [...content.matchAll(/<@!?(\d+)>/g)].flatMap(([, user]) => world.users.get(user ?? '') ?? [])
  return {
    id,
    channel_id: channel,
    author: userById(world, message.author),
    content,
    embeds,
    components,
    attachments: message.files.map((file) => attachmentPayload(world, channel, file)),
    timestamp: time(message.at),
    edited_timestamp: message.editedAt === undefined ? null : time(message.editedAt),
    flags: message.flags as MessageFlags,
    mentions: members.map(userPayload),
    mention_roles: [...content.matchAll(/<@&(\d+)>/g)].map(([, role]) => role ?? ''),
    mention_everyone: false,
    pinned: false,
    tts: false,
    type: message.interaction === undefined ? MessageType.Default : MessageType.ChatInputCommand,
    ...(message.nonce !== undefined && { nonce: message.nonce }),
    ...(message.interaction !== undefined && { webhook_id: world.applicationId, application_id: world.applicationId }),
  }
}

export function applicationPayload(world: World): Partial<APIApplication> {
  const bot = world.users.get(world.botUserId)
  return {
    id: world.applicationId,
    name: bot?.name ?? 'bot',
    icon: null,
    description: '',
    bot_public: false,
    bot_require_code_grant: false,
    verify_key: '0'.repeat(64),
    flags: 0 as APIApplication['flags'],
    owner: userById(world, world.guild.owner),
    team: null,
  }
}
