import { randomInt } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { z } from 'zod'
import { type Chats, discordIds, slackIds, textOf } from '../support/chats.ts'

/** Counts of what must never happen, and how it went. */
export interface Verdict {
  said: number
  /** Nobody answered within the platform's three seconds: the person saw an error. */
  unacknowledged: string[]
  /** Acknowledged, and no card. */
  lost: string[]
  /** More than one card, or more than one run on the host. */
  doubled: string[]
  /** The card's last state is not what the host's journal says, or no end at all. */
  untrue: string[]
  faults: Record<string, number>
  /** Milliseconds from the person's act to the acknowledgement. */
  acknowledged: { p50: number; p99: number }
}

interface Said {
  token: string
  kind: 'help' | 'look' | 'write' | 'keep'
  platform: 'slack' | 'discord'
  channel: string
  milliseconds?: number | undefined
}

/** Own commands that cost the host little: what is tested is the way to it and back. */
export function writeCommands(folder: string): string {
  mkdirSync(join(folder, 'note'), { recursive: true })
  const head = `import { z } from 'zod'\nimport { defineCommand, plan } from 'jailops'\nconst args = z.object({ name: z.string().regex(/^[a-z0-9]+$/).describe('its name') })\n`
  const write = (word: string) => `${head}export default defineCommand({
  path: 'note ${word}', summary: 'Write a note', permission: 'note.${word}', risk: 'change', needs: [], args,
  plan: ({ args, facts }) => plan(
    [{ title: 'Write it', action: { kind: 'write', path: facts.layout.jailRoots + '/' + args.name + '.note', content: args.name + '\\n', mode: 0o644 } }],
    { resources: ['note:' + args.name] },
  ),
})\n`
  writeFileSync(join(folder, 'note/write.ts'), write('write'))
  writeFileSync(join(folder, 'note/keep.ts'), write('keep'))
  writeFileSync(
    join(folder, 'note/look.ts'),
    `${head}export default defineCommand({
  path: 'note look', summary: 'Look', permission: 'note.look', risk: 'read', needs: [], args,
  query: ({ args }) => ({ title: 'Looked at ' + args.name }),
})\n`,
  )
  return folder
}

/** Says that many commands at that rate, over both platforms in turn, while the platforms misbehave; then looks at what is true. */
export async function chatCampaign(chats: Chats, stateDir: string, options: { commands: number; perSecond: number }): Promise<Verdict> {
  const verdict: Verdict = { said: 0, unacknowledged: [], lost: [], doubled: [], untrue: [], faults: {}, acknowledged: { p50: 0, p99: 0 } }
  const said: Said[] = []
  const saying: Promise<void>[] = []
  const over = new AbortController()
  const misbehaving = misbehave(chats, verdict, over.signal)
  const approving = approveAll(chats, over.signal)
  const begin = performance.now()
  for (let index = 0; index < options.commands; index++) {
    await delay(Math.max(0, begin + (index * 1000) / options.perSecond - performance.now()))
    const one = next(index, chats)
    said.push(one)
    saying.push(say(chats, one))
  }
  await Promise.all(saying)
  verdict.said = said.length
  await untilQuiet(chats, said)
  over.abort()
  await Promise.all([misbehaving, approving])
  const times = said.flatMap(({ milliseconds }) => (milliseconds === undefined ? [] : [milliseconds])).toSorted((a, b) => a - b)
  verdict.acknowledged = { p50: round(times[Math.floor(times.length * 0.5)]), p99: round(times[Math.floor(times.length * 0.99)]) }
  judge(chats, said, runsOf(stateDir), verdict)
  return verdict
}

function next(index: number, { channels }: Chats): Said {
  const roll = randomInt(100)
  const channel = channels[Math.floor(index / 2) % channels.length] ?? { slack: '', discord: '' }
  const platform = index % 2 === 0 ? 'slack' : 'discord'
  return {
    token: `t${index}x`,
    kind: roll < 40 ? 'help' : roll < 65 ? 'look' : roll < 95 ? 'write' : 'keep',
    platform,
    channel: channel[platform],
  }
}

async function say({ slack, discord }: Chats, one: Said): Promise<void> {
  const [path, option] = one.kind === 'help' ? ['help', 'about'] : [`note ${one.kind}`, 'name']
  if (one.platform === 'slack') {
    const words = one.kind === 'help' ? ['/jailops', `help about:${one.token}`] : ['/note', `${one.kind} ${one.token}`]
    const taken = await slack.as(slackIds.ana).slash(words[0] ?? '', words[1] ?? '', { channel: one.channel, delivery: one.token })
    one.milliseconds = taken.error === undefined ? taken.acknowledgedInMs : undefined
  } else {
    const taken = await discord
      .as(discordIds.ana)
      .slash(path ?? '', { [option ?? '']: one.token }, { channel: one.channel, delivery: one.token })
    one.milliseconds = taken.respondedInMs
  }
}

/** Every card that a command has, by its token; ephemeral messages are no cards. */
function cardsOf({ slack, discord }: Chats): Map<string, string[]> {
  const texts = [
    ...slack.seenBy(slackIds.ana).filter((message) => message.threadTs === undefined && message.ephemeralTo === undefined),
    ...discord.seenBy(discordIds.ana).filter((message) => !message.ephemeral),
  ].map((message) => textOf({ ...message, files: [] }))
  return Map.groupBy(texts, (text) => /\bt[0-9]+x\b/.exec(text)?.[0] ?? '')
}

const isDone = (text: string) => /\bdone\b/i.test(text) && !/taken up|waiting for approval|running/i.test(text)

/** Until every card has ended, or nothing has changed for half a minute. */
async function untilQuiet(chats: Chats, said: readonly Said[]): Promise<void> {
  let best = 0
  for (let since = performance.now(); performance.now() - since < 30_000; await delay(500)) {
    const cards = cardsOf(chats)
    const ended = said.filter(({ token }) => cards.get(token)?.some(isDone) === true).length
    if (ended === said.length) return
    if (ended > best) since = performance.now()
    best = Math.max(best, ended)
  }
}

async function approveAll({ slack, discord, channels }: Chats, signal: AbortSignal): Promise<void> {
  const pressed = new Set<string>()
  /** Once, unless the press did not get through. */
  async function approve(id: string, content: unknown, press: () => Promise<boolean>): Promise<void> {
    if (pressed.has(id) || !JSON.stringify(content).includes('"Approve"')) return
    pressed.add(id)
    if (!(await press().catch(() => true))) pressed.delete(id)
  }
  while (!signal.aborted) {
    for (const channel of channels) {
      for (const { ts, blocks } of slack.seenBy(slackIds.bo, channel.slack)) {
        const bo = slack.as(slackIds.bo)
        await approve(ts, blocks, async () => (await bo.press({ channel: channel.slack, ts, label: 'Approve' })).error === undefined)
      }
      for (const { id, components } of discord.seenBy(discordIds.bo, channel.discord)) {
        const press = { channel: channel.discord, message: id, label: 'Approve' }
        await approve(id, components, async () => (await discord.as(discordIds.bo).press(press)).respondedInMs !== undefined)
      }
    }
    await delay(1000, undefined, { signal }).catch(() => undefined)
  }
}

async function misbehave({ slack, discord }: Chats, { faults }: Verdict, signal: AbortSignal): Promise<void> {
  const kinds: Record<string, () => void> = {
    'slack refresh': () => slack.disconnectSockets('refresh_requested', { count: 1 }),
    'slack twice': () => {
      slack.faults.twice()
      setTimeout(() => slack.faults.twice(false), 1500).unref()
    },
    'slack 429': () => slack.faults.next('chat.postMessage', { rateLimited: 1 }, { times: 3 }),
    'slack 429 on edits': () => slack.faults.next('chat.update', { rateLimited: 2 }, { times: 3 }),
    'slack 500': () => slack.faults.next('chat.update', { status: 500 }, { times: 2 }),
    'discord twice': () => discord.faults.twice('at once', { times: 20 }),
    'discord reconnect': () => discord.gateway.requestReconnect(),
    'discord 429': () => discord.faults.next('POST /channels/:channel/messages', { rateLimited: { retryAfterSeconds: 1 } }, { times: 3 }),
    'discord 500': () =>
      discord.faults.next('PATCH /channels/:channel/messages/:message', { status: 500, code: 0, message: 'oops' }, { times: 2 }),
    'discord lost answer': () => discord.faults.next('POST /channels/:channel/messages', { loseAnswer: true }),
    'discord malformed': () => discord.faults.malformed({ t: 'INTERACTION_CREATE', d: { type: 4, id: '1', token: 'x' } }),
  }
  const names = Object.keys(kinds)
  while (!signal.aborted) {
    const name = names[randomInt(names.length)] ?? ''
    faults[name] = (faults[name] ?? 0) + 1
    kinds[name]?.()
    await delay(randomInt(500, 3000), undefined, { signal }).catch(() => undefined)
  }
}

const entrySchema = z.looseObject({
  kind: z.string(),
  state: z.string().optional(),
  message: z.looseObject({ body: z.looseObject({ args: z.looseObject({ name: z.string().optional() }).optional() }) }).optional(),
})

interface Run {
  began: number
  ended: string[]
}

/** What the host's journals say of each token. */
function runsOf(stateDir: string): Map<string, Run[]> {
  const folder = join(stateDir, 'worker/journal')
  const runs = new Map<string, Run[]>()
  for (const request of readdirSync(folder).filter((name) => !name.startsWith('.'))) {
    const lines = readFileSync(join(folder, request, 'entries.jsonl'), 'utf8')
      .split('\n')
      .filter(Boolean)
    const entries = lines.map((line) => entrySchema.parse(JSON.parse(line)))
    const token = entries.find(({ message }) => message?.body.args?.name !== undefined)?.message?.body.args?.name
    if (token === undefined) continue
    const run = {
      began: entries.filter(({ kind }) => kind === 'begun').length,
      ended: entries.flatMap(({ kind, state = '' }) => (kind === 'end' ? [state] : [])),
    }
    runs.set(token, [...(runs.get(token) ?? []), run])
  }
  return runs
}

function judge(chats: Chats, said: readonly Said[], runs: Map<string, Run[]>, verdict: Verdict): void {
  const cards = cardsOf(chats)
  for (const { token, kind, platform, milliseconds } of said) {
    const name = `${platform} ${kind} ${token}`
    const texts = cards.get(token) ?? []
    const done = runs.get(token) ?? []
    if (milliseconds === undefined) verdict.unacknowledged.push(name)
    else if (texts.length === 0) verdict.lost.push(name)
    if (texts.length > 1 || done.length > 1 || done.some(({ began, ended }) => began > 1 || ended.length > 1)) verdict.doubled.push(name)
    // what is only asked is true by what it says; its journal is forgotten after a minute
    const ended = kind === 'help' || kind === 'look' || done.some((run) => run.ended.includes('done'))
    if (texts.some((text) => isDone(text) !== ended || !ended)) verdict.untrue.push(`${name}: ${texts.join(' | ').slice(0, 300)}`)
  }
}

function round(milliseconds = 0): number {
  return Math.round(milliseconds * 10) / 10
}
