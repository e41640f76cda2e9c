import { App } from '@slack/bolt'
import { Queue, Worker } from 'bullmq'
import { Client, Events, GatewayIntentBits } from 'discord.js'
import { Redis } from 'ioredis'
import { z } from 'zod'
import { readyUntil, settingsOf } from './child.ts'

/*
 * A process: a bot as the libraries' own pages show it. Each command is one Redis write, then its acknowledgement; with `queue` it
 * then goes to a BullMQ worker, and what that answers is posted to the channel.
 */

const { socketPath, slack, discord, queue } = settingsOf(
  z.strictObject({
    socketPath: z.string(),
    slack: z.strictObject({ apiUrl: z.string(), botToken: z.string(), appToken: z.string() }).optional(),
    discord: z.strictObject({ apiUrl: z.string(), token: z.string() }).optional(),
    queue: z.string().optional(),
  }),
)
const redis = new Redis({ path: socketPath, maxRetriesPerRequest: null })
const jobs = queue === undefined ? undefined : new Queue(queue, { connection: redis })
const remember = (delivery: string) => redis.set(`bare:${delivery}`, '1', 'PX', 86_400_000, 'NX')
const post: Record<string, (channel: string) => Promise<unknown>> = {}

if (slack !== undefined) {
  const { apiUrl: slackApiUrl, appToken, botToken: token } = slack
  const app = new App({ token, appToken, socketMode: true, clientOptions: { slackApiUrl } })
  app.command(/.*/, async ({ command, ack }) => {
    await remember(command.trigger_id)
    await ack()
    await jobs?.add('slack', { channel: command.channel_id })
  })
  post['slack'] = (channel) => app.client.chat.postMessage({ channel, text: 'done' })
  await app.start()
}

if (discord !== undefined) {
  const client = new Client({ intents: [GatewayIntentBits.Guilds], rest: { api: discord.apiUrl } })
  client.on(Events.InteractionCreate, async (interaction) => {
    if (!interaction.isChatInputCommand()) return
    await remember(interaction.id)
    await interaction.deferReply()
    await jobs?.add('discord', { channel: interaction.channelId })
  })
  post['discord'] = async (channel) => {
    const found = await client.channels.fetch(channel)
    if (found?.isSendable()) await found.send('done')
  }
  const ready = new Promise((resolve) => client.once(Events.ClientReady, resolve))
  await client.login(discord.token)
  await ready
}

if (queue !== undefined) {
  const answers = new Worker(
    `${queue}-answers`,
    async ({ name, data }) => {
      await post[name]?.(z.looseObject({ channel: z.string() }).parse(data).channel)
    },
    { connection: new Redis({ path: socketPath, maxRetriesPerRequest: null }), concurrency: 50 },
  )
  await answers.waitUntilReady()
}
readyUntil(async () => process.exit(0))
