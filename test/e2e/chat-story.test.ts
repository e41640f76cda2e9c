import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { type Chats, chatConfig, discordIds, ops, slackIds, startChats, textOf, writeConfig } from '../support/chats.ts'
import { type Demo, startDemo } from '../support/demo.ts'
import { isAlive, temporaryFolder, until } from '../support/house.ts'

/* The main job, typed in Slack and in Discord: real bot, worker, Redis, HAProxy and nginx, two platforms on loopback. */

const inputSchema = z.looseObject({
  block_id: z.string(),
  label: z.object({ text: z.string() }),
  element: z.looseObject({ action_id: z.string() }),
})

let chats: Chats
let demo: Demo

beforeAll(async () => {
  chats = await startChats()
  const mirrors = [{ from: `slack:${ops.slack}`, to: `discord:${ops.discord}` }]
  const config = writeConfig(temporaryFolder(), chatConfig(chats, { mirrors }))
  demo = await startDemo({ args: ['--config', config] })
})
afterAll(async () => {
  await demo?.stop()
  await chats?.stop()
})

const slackMessages = (who: keyof typeof slackIds = 'ana') => chats.slack.seenBy(slackIds[who])
const discordMessages = (who: keyof typeof discordIds = 'ana') => chats.discord.seenBy(discordIds[who])

/** By its mark: words like `Address, when done` are on a card from its beginning. */
const isDone = (text: string) => text.includes('✅')

/** The newest message with these words, once it is there. */
async function seen<Message extends Parameters<typeof textOf>[0]>(messages: () => Message[], words: RegExp): Promise<Message> {
  const find = () => messages().findLast((message) => words.test(textOf(message)))
  await until(() => find() !== undefined, 20)
  const found = find()
  if (found === undefined) throw new Error(`nobody saw ${words}: ${messages().map(textOf).join('\n---\n')}`)
  return found
}

test('asked for in Slack, approved there, done: a jail', async () => {
  const taken = await chats.slack.as(slackIds.ana).slash('/jail', 'create blog', { channel: ops.slack })
  expect(taken.acknowledgedInMs).toBeLessThan(3000)
  const card = await seen(slackMessages, /waiting for approval/i)
  expect(textOf(card)).toContain('jail create blog')
  await until(() => slackMessages('bo').some(({ threadTs, files }) => threadTs === card.ts && files.length > 0))
  const approved = await chats.slack.as(slackIds.bo).press({ channel: ops.slack, ts: card.ts, label: 'Approve' })
  expect(approved.error).toBeUndefined()
  const done = await seen(slackMessages, /create blog[^]*Approved by/)
  expect(await until(() => isDone(textOf(slackMessages().find(({ ts }) => ts === card.ts) ?? done)), 60)).toBe(true)
  expect(slackMessages().filter((message) => message.threadTs === undefined && /create blog/.test(textOf(message)))).toHaveLength(1)
})

test('asked for in Slack, mirrored into Discord and approved there: one request, two cards, both true, and the site answers', async () => {
  await chats.slack.as(slackIds.ana).slash('/proxy', 'add blog.example.com', { channel: ops.slack })
  const card = await seen(slackMessages, /proxy add blog[^]*waiting for approval/i)
  const mirror = await seen(() => discordMessages('bo'), /proxy add blog[^]*waiting for approval/i)
  const approved = await chats.discord.as(discordIds.bo).press({ channel: ops.discord, message: mirror.id, label: 'Approve' })
  expect(approved.respondedInMs).toBeLessThan(3000)
  expect(await until(() => isDone(textOf(slackMessages().find(({ ts }) => ts === card.ts) ?? card)), 60)).toBe(true)
  expect(textOf(slackMessages().find(({ ts }) => ts === card.ts) ?? card)).toMatch(/Approved by/)
  expect(await until(() => isDone(textOf(discordMessages().find(({ id }) => id === mirror.id) ?? mirror)), 10)).toBe(true)
  expect(await demo.get('blog.example.com')).toMatchObject({ status: 200, body: expect.stringContaining('served by jail blog') })
})

test('what HAProxy and nginx say comes back into the channel, asked for in Discord with completed options', async () => {
  const ana = chats.discord.as(discordIds.ana)
  const offered = await ana.autocomplete('jail info', {}, { name: 'jail', typed: 'b' }, { channel: ops.discord })
  expect(offered).toMatchObject({ choices: [{ value: 'blog' }] })
  await ana.slash('proxy status', {}, { channel: ops.discord })
  expect(textOf(await seen(discordMessages, /blog [0-9.:]+\s+UP/))).toContain('blog')
})

test('who has no role is told so, and nobody else sees it', async () => {
  await chats.slack.as(slackIds.eve).slash('/jail', 'destroy blog', { channel: ops.slack })
  const refusal = await seen(() => slackMessages('eve'), /guests/)
  expect(refusal.ephemeralTo).toBe(slackIds.eve)
  await chats.discord.as(discordIds.eve).slash('jail destroy', { jail: 'blog' }, { channel: ops.discord })
  expect((await seen(() => discordMessages('eve'), /no role/)).ephemeral).toBe(true)
  for (const text of [...slackMessages(), ...discordMessages()].map(textOf)) expect(text).not.toMatch(/guests|no role/)
})

test('one’s own request is not approved by oneself, on the other platform neither', async () => {
  await chats.slack.as(slackIds.bo).slash('/jail', 'stop blog', { channel: ops.slack })
  const mirror = await seen(() => discordMessages('bo'), /jail stop blog[^]*waiting for approval/i)
  await chats.discord.as(discordIds.bo).press({ channel: ops.discord, message: mirror.id, label: 'Approve' })
  expect((await seen(() => discordMessages('bo'), /own request/)).ephemeral).toBe(true)
  const card = await seen(slackMessages, /jail stop blog[^]*waiting for approval/i)
  await chats.slack.as(slackIds.bo).press({ channel: ops.slack, ts: card.ts, label: 'Cancel' })
  expect(await until(() => /cancelled/i.test(textOf(slackMessages().find(({ ts }) => ts === card.ts) ?? card)))).toBe(true)
})

test('a form where something is missing, submitted, and the bot killed before the approval', async () => {
  const ana = chats.slack.as(slackIds.ana)
  await ana.slash('/jail', 'restart', { channel: ops.slack })
  await until(() => chats.slack.views(slackIds.ana).length > 0)
  const [view] = chats.slack.views(slackIds.ana)
  if (view === undefined) throw new Error('no form was opened')
  const inputs = view.view.blocks.map((block) => inputSchema.safeParse(block).data)
  const jail = inputs.find((block) => block?.label.text === 'jail')
  if (jail === undefined) throw new Error('the form does not ask for the jail')
  const filled = { [jail.block_id]: { [jail.element.action_id]: 'blog' } }
  expect((await ana.submit(view.id, filled)).error).toBeUndefined()
  const card = await seen(slackMessages, /jail restart blog[^]*waiting for approval/i)
  const bot = demo.pid('bot')
  process.kill(bot, 'SIGKILL')
  await until(() => !isAlive(bot))
  await until(() => chats.slack.sockets >= 2)
  expect((await chats.slack.as(slackIds.bo).press({ channel: ops.slack, ts: card.ts, label: 'Approve' })).error).toBeUndefined()
  expect(await until(() => isDone(textOf(slackMessages().find(({ ts }) => ts === card.ts) ?? card)), 60)).toBe(true)
}, 120_000)
