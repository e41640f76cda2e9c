import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { SeenMessage as DiscordMessage } from '../chat-servers/discord/interface.ts'
import { startDiscordServer } from '../chat-servers/discord/server.ts'
import type { SeenMessage as SlackMessage } from '../chat-servers/slack/interface.ts'
import { startSlackServer } from '../chat-servers/slack/server.ts'

/** The same three people on both platforms: ana asks, bo approves, eve is a guest. */
export const slackIds = { ana: 'U0ANA', bo: 'U0BO', eve: 'U0EVE' } as const
export const discordIds = { ana: '100000000000000001', bo: '100000000000000002', eve: '100000000000000003' } as const
export const ops = { slack: 'C0OPS', discord: '100000000000000042' } as const
const operators = { slack: 'S0OPS', discord: '100000000000000077' } as const
const guild = '100000000000000100'

export type Chats = Awaited<ReturnType<typeof startChats>>

/** Slack and Discord on loopback, with a channel #ops each, and more channels for a crowd. */
export async function startChats(options: { channels?: number } = {}) {
  const [slack, discord] = await Promise.all([startSlackServer(), startDiscordServer({ ids: { guild } })])
  slack.addUser({ id: slackIds.ana, name: 'ana' })
  slack.addUser({ id: slackIds.bo, name: 'bo' })
  slack.addUser({ id: slackIds.eve, name: 'eve', kind: 'guest' })
  slack.addUserGroup({ id: operators.slack, handle: 'ops', users: [slackIds.ana, slackIds.bo] })
  discord.addRole({ id: operators.discord, name: 'operators' })
  for (const [name, id] of Object.entries(discordIds)) discord.addUser({ id, name })
  for (const name of ['ana', 'bo'] as const) discord.addMember({ user: discordIds[name], roles: [operators.discord] })
  discord.addMember({ user: discordIds.eve })
  const everybody = Object.values(slackIds)
  const channels = [{ slack: ops.slack as string, discord: ops.discord as string }]
  for (let index = 1; index < (options.channels ?? 1); index++)
    channels.push({ slack: `C0OPS${index}`, discord: String(100000000000001000n + BigInt(index)) })
  for (const [index, channel] of channels.entries()) {
    slack.addChannel({ id: channel.slack, name: `ops${index || ''}`, members: everybody })
    discord.addChannel({ id: channel.discord, name: `ops${index || ''}` })
  }
  return {
    slack,
    discord,
    channels,
    async stop() {
      await Promise.all([slack.stop(), discord.stop()])
    },
  }
}

/** What a jailops.yaml says of these two; JSON is YAML. */
export function chatConfig({ slack, discord }: Chats, more: Record<string, unknown> = {}) {
  return {
    bot: {
      slack: { botToken: slack.tokens.bot, appToken: slack.tokens.app, apiUrl: slack.apiUrl },
      discord: { token: discord.token, guild, apiUrl: discord.apiUrl },
      ...more,
    },
    policy: {
      people: Object.fromEntries(
        (['ana', 'bo'] as const).map((name) => [name, [`slack:user:${slackIds[name]}`, `discord:user:${discordIds[name]}`]]),
      ),
      roles: {
        operator: { permissions: [], members: [`slack:group:${operators.slack}`, `discord:group:${operators.discord}`] },
        approver: { permissions: [], members: [`slack:user:${slackIds.bo}`, `discord:user:${discordIds.bo}`] },
      },
    },
  }
}

export function writeConfig(folder: string, config: unknown): string {
  const file = join(folder, 'jailops.yaml')
  writeFileSync(file, JSON.stringify(config), { mode: 0o600 })
  return file
}

/** All that stands in a message, whatever blocks or embeds it is made of. */
export function textOf(message: SlackMessage | DiscordMessage): string {
  const parts = 'blocks' in message ? [message.text, message.blocks] : [message.content, message.embeds, message.components]
  return [
    ...parts.map((part) => (typeof part === 'string' ? part : JSON.stringify(part))),
    ...message.files.map(({ content }) => content),
  ].join('\n')
}
