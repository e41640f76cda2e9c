import { type DiscordServer, startDiscordServer } from '../../test/chat-servers/discord/server.ts'
import { type SlackServer, startSlackServer } from '../../test/chat-servers/slack/server.ts'

/** A Slack and a Discord on loopback with one person who may everything, and many channels, since both spare each channel. */
export interface Chats {
  slack: SlackServer
  discord: DiscordServer
  person: { slack: string; discord: string }
  /** The channel of the so-manieth command. */
  channel(number: number): { slack: string; discord: string }
  /** Registers these commands at Discord: bare bots register none. */
  register(commands: readonly object[]): Promise<void>
  stop(): Promise<void>
}

const channelCount = 50

export async function startChats(): Promise<Chats> {
  const slack = await startSlackServer()
  const discord = await startDiscordServer()
  const person = { slack: 'U1', discord: discord.addUser({ name: 'ana' }) }
  slack.addUser({ id: person.slack, name: 'ana' })
  discord.addMember({ user: person.discord })
  const channels = Array.from({ length: channelCount }, (_, index) => {
    const id = `C${index}`
    slack.addChannel({ id, name: `room-${index}`, members: [person.slack] })
    return { slack: id, discord: discord.addChannel({ name: `room-${index}` }) }
  })
  return {
    slack,
    discord,
    person,
    channel: (number) => channels[number % channelCount] ?? { slack: '', discord: '' },
    async register(commands) {
      const url = `${discord.apiUrl}/v10/applications/${discord.applicationId}/guilds/${discord.guildId}/commands`
      const body = JSON.stringify(commands)
      const headers = { authorization: `Bot ${discord.token}`, 'content-type': 'application/json' }
      const { ok, status } = await fetch(url, { method: 'PUT', headers, body })
      if (!ok) throw new Error(`the commands were not taken: ${status}`)
    },
    async stop() {
      await slack.stop()
      await discord.stop()
    },
  }
}
