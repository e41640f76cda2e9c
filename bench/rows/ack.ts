import { setTimeout as delay } from 'node:timers/promises'
import { z } from 'zod'
import { type Chats, startChats } from '../support/chats.ts'
import { startChild } from '../support/child.ts'
import { startJailops } from '../support/jailops.ts'
import { compare, type Row, type Samples } from '../support/measured.ts'
import { makePlace } from '../support/place.ts'

/**
 * From the moment the platform sends a command until it has the acknowledgement. Ours: the real `jailops bot`, which has stored the
 * command by then. Bare: Bolt or discord.js with one Redis write (SET PX NX) before its acknowledgement. Each has a platform of its
 * own, in this process, and both one Redis; each gets one command every 20 ms, ours and bare in turn. A command is answered by the bot
 * itself and its card is posted while the next ones come.
 */
export const ackSlack: Row = {
  name: 'ack.slack',
  about: 'a slash command in Socket Mode → its acknowledgement, 50 a second | Bolt with one Redis write',
  measure: async () => compare(ackSlack.name, await measure('slack')),
}

export const ackDiscord: Row = {
  name: 'ack.discord',
  about: 'a slash command by the gateway → its callback, 50 a second | discord.js with one Redis write',
  measure: async () => compare(ackDiscord.name, await measure('discord')),
}

const samples = 1000
const warmUp = 200
const everyMilliseconds = 20

async function measure(platform: 'slack' | 'discord'): Promise<Samples> {
  await using begun = new AsyncDisposableStack()
  const place = begun.adopt(await makePlace(), (it) => it.stop())
  const startOne = async () => begun.adopt(await startChats(), (it) => it.stop())
  const chats = { ours: await startOne(), bare: await startOne() }
  const { slack, discord } = chats.bare
  begun.adopt(await startJailops('bot', place, chats.ours, [platform]), (it) => it.stop())
  await chats.bare.register(chats.ours.discord.commands())
  const settings = {
    socketPath: place.redis.socketPath,
    ...(platform === 'slack' && { slack: { apiUrl: slack.apiUrl, botToken: slack.tokens.bot, appToken: slack.tokens.app } }),
    ...(platform === 'discord' && { discord: { apiUrl: discord.apiUrl, token: discord.token } }),
  }
  begun.adopt(await startChild('bare-bot.ts', settings, z.unknown()), (it) => it.stop())
  const durations = { ours: new Array<Promise<number>>(), bare: new Array<Promise<number>>() }
  const began = performance.now()
  for (let number = 0; number < warmUp + samples; number++) {
    durations.ours.push(say[platform](chats.ours, number))
    await until(began + (number + 0.5) * everyMilliseconds)
    durations.bare.push(say[platform](chats.bare, number))
    await until(began + (number + 1) * everyMilliseconds)
  }
  const [ours, bare] = await Promise.all([Promise.all(durations.ours), Promise.all(durations.bare)])
  return { ours: ours.slice(warmUp), bare: bare.slice(warmUp) }
}

async function until(moment: number): Promise<void> {
  const left = moment - performance.now()
  if (left > 0) await delay(left)
}

const say = {
  async slack({ slack, person, channel }: Chats, number: number): Promise<number> {
    const delivered = await slack.as(person.slack).slash('/jailops', 'whoami', { channel: channel(number).slack })
    return taken(delivered.acknowledgedInMs)
  },
  async discord({ discord, person, channel }: Chats, number: number): Promise<number> {
    const delivered = await discord.as(person.discord).slash('whoami', {}, { channel: channel(number).discord })
    return taken(delivered.respondedInMs)
  },
}

function taken(milliseconds: number | undefined): number {
  if (milliseconds === undefined) throw new Error('a command was not acknowledged')
  return milliseconds
}
