import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { z } from 'zod'
import { cardSchema, type Card } from '../../src/core/card.ts'
import { type Demo, startDemo } from '../support/demo.ts'

/* What people see without having asked, through the real bot, its Redis and its page. */

let demo: Demo

beforeAll(async () => {
  demo = await startDemo()
  expect((await demo.sayApproved('ana', 'jail create blog')).state).toBe('done')
  expect((await demo.sayApproved('ana', 'proxy add blog.example.com')).state).toBe('done')
}, 90_000)
afterAll(() => demo?.stop(), 60_000)

const messagesSchema = z.object({ messages: z.array(z.looseObject({ kind: z.string(), id: z.string(), card: z.unknown().optional() })) })
/** Of a card as the page has it, whose files are addresses. */
const seenSchema = cardSchema.omit({ files: true }).extend({ picture: z.unknown().optional() })
type Seen = z.infer<typeof seenSchema>

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

const has =
  (standing: Card['standing']) =>
  ([card]: Seen[]) =>
    card?.standing === standing

function eventually<Value>(look: () => Promise<Value>, isRight: (value: Value) => boolean): Promise<Value> {
  return vi.waitFor(
    async () => {
      const value = await look()
      if (!isRight(value)) throw new Error(`not yet: ${JSON.stringify(value)}`)
      return value
    },
    // a worker looks every ten seconds, and believes what it sees twice
    { timeout: 60_000, interval: 100 },
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
    await killNginx()
    const [alert] = await eventually(() => cards('a'), has('critical'))
    expect(alert).toMatchObject({ title: 'blog is down', text: expect.stringContaining('blog.example.com') })
    expect(alert?.buttons.map(({ label }) => label)).toEqual(['Restart nginx', 'Show log', 'Status', 'Acknowledge', 'Silence 1 h'])

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

    const all = await eventually(() => cards('a'), has('recovered'))
    expect(all.map((card) => [card.request, card.buttons])).toEqual([[alert?.request, []]])
  }, 180_000)

  it('that comes back is the same message, and is listed, acknowledged and silenced by words, too', async () => {
    const [before] = await cards('a')
    await killNginx()
    const [card] = await eventually(() => cards('a'), has('critical'))
    expect(card?.request).toBe(before?.request)
    const listed = await demo.say('eve', 'alert list')
    expect(listed.table?.rows.map((row) => row.slice(0, 3))).toEqual([[card?.request, 'demo', 'blog is down']])
    expect(await demo.say('eve', `alert acknowledge ${card?.request}`)).toMatchObject({ state: 'refused', reason: 'permission_denied' })
    expect(await demo.say('ana', `alert acknowledge ${card?.request}`)).toMatchObject({ state: 'done' })
    expect(await demo.say('bo', `alert silence ${card?.request} for:2h`)).toMatchObject({ state: 'done' })
    await eventually(
      () => cards('a'),
      ([seen]) => seen?.text?.includes('Silenced by Bo') === true && seen.fields.some(({ value }) => value.startsWith('by Ana')),
    )
  }, 120_000)
})

describe('a graph', () => {
  it('comes as a picture', async () => {
    // a minute that is over is counted
    const graph = await eventually(
      () => demo.say('ana', 'proxy graph last:1h'),
      ({ charts }) => charts !== undefined,
    )
    const request = await post('/api/say', { person: 'ana', text: 'proxy graph last:1h' })
    await ended(request, 'done')
    const answer = await fetch(`${demo.web}/charts/${request}/png`)

    expect(graph.charts).toHaveLength(3)
    expect([answer.headers.get('content-type'), answer.status]).toEqual(['image/png', 200])
  }, 90_000)
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
