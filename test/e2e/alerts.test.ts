import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest'
import { z } from 'zod'
import type { alertSchema } from '../../src/core/alert.ts'
import { cardSchema, type Card } from '../../src/core/card.ts'
import { answerId } from '../../src/core/message.ts'
import { createSigner } from '../../src/queue/envelope.ts'
import { loadKeys } from '../../src/queue/keys.ts'
import { botQueue } from '../../src/queue/queue-names.ts'
import { connectRedis, whenReady } from '../../src/queue/redis.ts'
import { openSender } from '../../src/queue/sender.ts'
import { type Demo, startDemo } from '../support/demo.ts'

/* What people see without having asked, through the real bot, its Redis and its page. */

let demo: Demo

beforeAll(async () => {
  demo = await startDemo()
  expect((await demo.sayApproved('ana', 'jail create blog')).state).toBe('done')
  expect((await demo.sayApproved('ana', 'proxy add blog.example.com')).state).toBe('done')
}, 90_000)
afterAll(() => demo?.stop(), 60_000)

type Alert = z.infer<typeof alertSchema>
const demoFileSchema = z.looseObject({ socketPath: z.string(), keys: z.string() })
const messagesSchema = z.object({ messages: z.array(z.looseObject({ kind: z.string(), id: z.string(), card: z.unknown().optional() })) })
/** Of a card as the page has it, whose files are addresses. */
const seenSchema = cardSchema.omit({ files: true })
type Seen = z.infer<typeof seenSchema>

/** As that host's worker would say it: all that is wrong on it now. */
async function hostSays(alerts: Alert[]): Promise<void> {
  const { socketPath, keys } = demoFileSchema.parse(JSON.parse(readFileSync(join(demo.stateDir, 'demo.json'), 'utf8')))
  const redis = connectRedis({ socketPath }, 'commands')
  onTestFinished(() => redis.disconnect())
  await whenReady(redis, 5000)
  const signer = createSigner({ name: 'demo', key: (await loadKeys(join(keys, 'worker'), 'demo')).privateKey })
  const sender = openSender({ connection: redis, queue: botQueue })
  const issuedAt = Date.now()
  const id = answerId(`r${issuedAt}`, 'alerts', 'demo', issuedAt)
  const message = { id, request: `r${issuedAt}`, host: 'demo', issuedAt, expiresAt: issuedAt + 60_000, number: issuedAt }
  await sender.send(id, await signer.botMessage({ ...message, body: { kind: 'alerts', alerts } }))
  await sender.close()
}

const down = (since: number): Alert => ({
  key: 'backend-down jail_blog',
  kind: 'backend-down',
  severity: 'critical',
  title: 'blog is down',
  sentence: "HAProxy's check says: connection refused. These sites are not answered: blog.example.com.",
  since,
  flaps: 0,
  actions: [{ label: 'Restart nginx', words: 'jail service restart blog nginx' }],
})

/** The channel's cards whose ids begin so. */
async function cards(letter: string): Promise<Seen[]> {
  const answer = await fetch(`${demo.web}/api/messages?person=ana`)
  const { messages } = messagesSchema.parse(await answer.json())
  return messages.flatMap(({ id, card }) => {
    if (card === undefined || !id.startsWith(letter)) return []
    const { files: _files, ...rest } = z.looseObject({ files: z.unknown() }).parse(card)
    return [seenSchema.parse(rest)]
  })
}

function eventually<Value>(look: () => Promise<Value>, isRight: (value: Value) => boolean): Promise<Value> {
  return vi.waitFor(
    async () => {
      const value = await look()
      if (!isRight(value)) throw new Error(`not yet: ${JSON.stringify(value)}`)
      return value
    },
    { timeout: 20_000, interval: 100 },
  )
}

async function post(path: string, body: Record<string, unknown>): Promise<string> {
  const answer = await fetch(`${demo.web}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: demo.web },
    body: JSON.stringify({ ...body, delivery: randomUUID() }),
  })
  return z.object({ request: z.string() }).parse(await answer.json()).request
}

async function press(person: string, card: Seen | undefined, label: string): Promise<string> {
  const button = card?.buttons.find((one) => one.label === label)
  if (button === undefined) throw new Error(`there is no button ${label}`)
  return post('/api/press', { person, press: button.press })
}

const ended = (request: string, state: Card['state']) =>
  eventually(
    () => cards(request),
    ([card]) => card?.state === state,
  )

async function killNginx(): Promise<void> {
  const pid = Number(readFileSync(join(demo.hostFolder, 'usr/jails/blog/var/run/nginx.pid'), 'utf8'))
  // its workers would outlive a killed master
  process.kill(pid, 'SIGTERM')
  await eventually(
    () => demo.get('blog.example.com'),
    ({ status }) => status === 503,
  )
}

async function restartBot(): Promise<void> {
  const before = demo.pid('bot')
  process.kill(before, 'SIGKILL')
  await eventually(
    async () => demo.pid('bot'),
    (pid) => pid !== before,
  )
}

describe('an alert', () => {
  it('appears, is put right by its button once that is approved, and is over in the same message, also by a bot that was killed', async () => {
    const since = Date.now()
    await killNginx()
    await hostSays([down(since)])
    const [alert] = await eventually(
      () => cards('a'),
      ([card]) => card?.standing === 'critical',
    )
    expect(alert).toMatchObject({ title: 'blog is down', text: expect.stringContaining('blog.example.com') })

    await restartBot()
    const eve = await eventually(
      () => press('eve', alert, 'Restart nginx').catch(() => ''),
      (request) => request !== '',
    )
    await ended(eve, 'refused')
    const request = await press('ana', alert, 'Restart nginx')
    await ended(request, 'waiting')
    await demo.say('bo', `approve ${request}`)
    await ended(request, 'done')
    await eventually(
      () => demo.get('blog.example.com'),
      ({ status }) => status === 200,
    )

    await hostSays([])
    const all = await eventually(
      () => cards('a'),
      ([card]) => card?.standing === 'recovered',
    )
    expect(all.map((card) => [card.request, card.buttons])).toEqual([[alert?.request, []]])
  }, 90_000)

  it('is listed, acknowledged and silenced by words, too', async () => {
    await hostSays([{ ...down(Date.now()), key: 'drift', title: 'HAProxy and its files differ' }])
    const [card] = await eventually(
      async () => (await cards('a')).filter(({ standing }) => standing === 'critical'),
      (found) => found.length === 1,
    )
    const listed = await demo.say('eve', 'alert list')
    expect(listed.table?.rows.map(([id, host, what]) => [id, host, what])).toContainEqual([
      card?.request,
      'demo',
      'HAProxy and its files differ',
    ])
    expect(await demo.say('eve', `alert acknowledge ${card?.request}`)).toMatchObject({ state: 'refused', reason: 'permission_denied' })
    expect(await demo.say('ana', `alert acknowledge ${card?.request}`)).toMatchObject({ state: 'done' })
    expect(await demo.say('bo', `alert silence ${card?.request} for:2h`)).toMatchObject({ state: 'done' })
    await eventually(
      async () => (await cards('a')).find(({ request }) => request === card?.request),
      (seen) => seen?.text?.includes('Silenced by Bo') === true && seen.fields.some(({ value }) => value.startsWith('by Ana')),
    )
    await hostSays([])
  }, 60_000)
})

describe('a live board', () => {
  it('shows what proxy status says, goes on in the same message after the bot was killed, and ends when it is told to', async () => {
    const refused = await demo.say('ana', 'proxy watch start')
    expect(refused).toMatchObject({ state: 'refused', text: expect.stringContaining('say it in a chat') })
    await ended(await post('/api/say', { person: 'ana', text: 'proxy watch start every:10s' }), 'done')
    const status = await demo.say('ana', 'proxy status')
    const [board] = await eventually(
      () => cards('b'),
      ([card]) => card?.footer.includes('as of') === true,
    )
    expect(board?.table?.columns).toEqual(status.table?.columns)
    expect(board?.table?.rows.map(([jail]) => jail)).toEqual(status.table?.rows.map(([jail]) => jail))
    await restartBot()
    const again = await eventually(
      () => cards('b'),
      ([card]) => card !== undefined && card.footer !== board?.footer,
    )
    expect(again.map(({ request }) => request)).toEqual([board?.request])
    await ended(await press('bo', again[0], 'Stop'), 'done')
    await eventually(
      () => cards('b'),
      ([card]) => card?.standing === 'over' && card.text?.startsWith('Bo ended it.') === true,
    )
  }, 90_000)
})
