import { setTimeout as delay } from 'node:timers/promises'
import { z } from 'zod'
import { type Chats, startChats } from '../support/chats.ts'
import { startChild } from '../support/child.ts'
import { startJailops } from '../support/jailops.ts'
import type { Row } from '../support/measured.ts'
import { residentMegabytes } from '../support/memory.ts'
import { makePlace, type Place } from '../support/place.ts'
import { rounded } from '../support/statistics.ts'

/**
 * Resident memory of three processes together. Ours: bot (Slack and Discord connected), worker, Redis. Bare: Bolt and discord.js in
 * one process, a BullMQ worker, Redis; a command goes to the worker and its answer comes back as a message. `ours` and `bare` are
 * after 1,000 commands, half on each platform, 50 a second, when every answer stands in its channel; `…Idle` is before them.
 */
export const rssTotal: Row = {
  name: 'rss.total',
  about: 'bot + worker + Redis after 1,000 commands | Bolt + discord.js + BullMQ worker + Redis doing the same',
  async measure() {
    const ours = await memoryOf(startOurs)
    const bare = await memoryOf(startBare)
    return {
      name: rssTotal.name,
      ours: rounded(ours.after),
      bare: rounded(bare.after),
      ratio: rounded(ours.after / bare.after),
      unit: 'MB',
      samples: 1,
      oursIdle: rounded(ours.idle),
      bareIdle: rounded(bare.idle),
      ours_bot_worker_redis: ours.parts,
      bare_bot_worker_redis: bare.parts,
    }
  },
}

interface Side {
  /** Bot, worker. */
  pids: number[]
  stop(): Promise<void>
}

const commands = 1000
const everyMilliseconds = 20
const settledMilliseconds = 3000

async function memoryOf(start: (place: Place, chats: Chats) => Promise<Side>): Promise<{ idle: number; after: number; parts: string }> {
  await using begun = new AsyncDisposableStack()
  const place = begun.adopt(await makePlace(), (it) => it.stop())
  const chats = begun.adopt(await startChats(), (it) => it.stop())
  const side = begun.adopt(await start(place, chats), (it) => it.stop())
  const pids = [...side.pids, place.redis.pid]
  await delay(settledMilliseconds)
  const idle = residentMegabytes(pids)
  await sayAll(chats)
  await delay(settledMilliseconds)
  const parts = pids.map((pid) => Math.round(residentMegabytes([pid])))
  return { idle, after: residentMegabytes(pids), parts: parts.join('+') }
}

async function startOurs(place: Place, chats: Chats): Promise<Side> {
  const bot = await startJailops('bot', place, chats, ['slack', 'discord'])
  const worker = await startJailops('worker', place, chats, [])
  return { pids: [bot.pid, worker.pid], stop: async () => void (await Promise.all([bot.stop(), worker.stop()])) }
}

async function startBare({ redis: { socketPath } }: Place, chats: Chats): Promise<Side> {
  await chats.register([touchCommand])
  const { slack, discord } = chats
  const bot = await startChild(
    'bare-bot.ts',
    {
      socketPath,
      queue: 'bare',
      slack: { apiUrl: slack.apiUrl, botToken: slack.tokens.bot, appToken: slack.tokens.app },
      discord: { apiUrl: discord.apiUrl, token: discord.token },
    },
    z.unknown(),
  )
  const worker = await startChild('bare-worker.ts', { socketPath, queue: 'bare', answers: 'bare-answers' }, z.unknown())
  return { pids: [bot.pid, worker.pid], stop: async () => void (await Promise.all([bot.stop(), worker.stop()])) }
}

const touchCommand = {
  name: 'bench',
  description: 'For the bench',
  options: [
    {
      type: 1,
      name: 'touch',
      description: 'Take one cheap step',
      options: [{ type: 3, name: 'thing', description: 'of', required: true }],
    },
  ],
}

/** Resolves when every command has its message. */
async function sayAll(chats: Chats): Promise<void> {
  const { slack, discord, person, channel } = chats
  const acknowledged: Promise<unknown>[] = []
  const began = performance.now()
  for (let number = 0; number < commands; number++) {
    const where = channel(Math.floor(number / 2))
    const thing = `thing-${number % 10}`
    const said =
      number % 2 === 0
        ? slack.as(person.slack).slash('/bench', `touch ${thing}`, { channel: where.slack })
        : discord.as(person.discord).slash('bench touch', { thing }, { channel: where.discord })
    acknowledged.push(said)
    await delay(Math.max(0, began + (number + 1) * everyMilliseconds - performance.now()))
  }
  await Promise.all(acknowledged)
  const posted = () => ({
    slack: slack.counts()['chat.postMessage'] ?? 0,
    discord: discord.snapshot().messages.filter(({ thinking }) => !thinking).length,
  })
  const deadline = performance.now() + 120_000
  for (let now = posted(); now.slack < commands / 2 || now.discord < commands / 2; now = posted()) {
    if (performance.now() > deadline) throw new Error(`not every command has its message: ${JSON.stringify(now)}`)
    await delay(200)
  }
}
