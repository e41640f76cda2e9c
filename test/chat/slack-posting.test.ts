import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { cardOf, longPlanCard, waitingCard } from './example-cards.ts'
import { dayOfCharts } from './chart/example-charts.ts'
import { readPng } from './chart/read-png.ts'
import { fakeDoor, type FakeDoor } from './fake-door.ts'
import { actorIn, ids, startAdapter, textOf, type Town } from './slack-harness.ts'

let town: Town
let door: FakeDoor
beforeEach(async () => {
  door = fakeDoor()
  town = await startAdapter(door, 'socket')
})
afterEach(() => town.stop())

const here = { platform: 'slack', channel: ids.ops }
const elsewhere = { platform: 'slack', channel: ids.elsewhere }
const ana = actorIn('ana')
const seen = (person: 'ana' | 'bo' | 'eve' = 'ana', channel?: string) => town.slack.seenBy(ids[person], channel)
const text = (person: 'ana' | 'bo' | 'eve' = 'ana') => seen(person).map(textOf).join('\n')

describe('rate limits and outages', () => {
  test.each([{ rateLimited: 1 }, { status: 503 }, { error: 'internal_error' }, { error: 'ratelimited' }])(
    '%j: the newest state is what ends up shown',
    async (fault) => {
      const id = await town.adapter.post(here, cardOf('r1', { title: 'First' }), ana)
      town.slack.faults.next('chat.update', fault, { times: 2 })
      const edits = ['Second', 'Third', 'Last'].map((title) => town.adapter.edit(here, id, cardOf('r1', { title }), ana))
      await Promise.all(edits)
      expect(text()).toContain('Last')
      expect(seen()).toHaveLength(1)
    },
  )

  test('a modal does not wait behind a rate-limited card', async () => {
    town.slack.faults.next('chat.postMessage', { rateLimited: 2 })
    const wasPosted = vi.fn()
    const posted = town.adapter.post(here, cardOf('r1'), ana).then(wasPosted)
    await vi.waitFor(() => expect(town.slack.calls('chat.postMessage')).toHaveLength(1))
    await town.slack.as(ids.ana).slash('/jailops', '', { channel: ids.ops })
    await vi.waitFor(() => expect(town.slack.views(ids.ana)).toHaveLength(1))
    expect(wasPosted).not.toHaveBeenCalled()
    await posted
  })

  test('a post whose answer was lost is asked for again, and shown to the end', async () => {
    town.slack.faults.next('chat.postMessage', { loseAnswer: true })
    const id = await town.adapter.post(here, cardOf('r1', { title: 'Once more' }), ana)
    await town.adapter.edit(here, id, cardOf('r1', { title: 'The end', state: 'done' }), ana)
    expect(text()).toContain('The end')
  })
})

test('a card’s charts go as one picture into its thread, once, with words for who cannot see it', async () => {
  const card = cardOf('r1', { state: 'done', charts: dayOfCharts })
  const id = await town.adapter.post(here, card, ana)
  await town.adapter.edit(here, id, { ...card, title: 'Again' }, ana)
  expect(text()).toContain('The picture is in the thread.')
  const [picture, ...others] = seen().flatMap(({ files, threadTs }) => files.map((file) => ({ ...file, threadTs })))
  expect([picture?.name, picture?.threadTs, others]).toEqual(['charts.png', expect.any(String), []])
  expect(readPng(Buffer.from(picture?.content ?? '', 'latin1')).width).toBe(1200)
  expect(town.slack.calls('files.getUploadURLExternal')[0]?.args).toMatchObject({ alt_txt: expect.stringContaining('Time to answer') })
})

describe('a place that is closed to us', () => {
  test('sends the card to the one who asked, who is told how to invite the bot', async () => {
    // the way back that came with what was said
    await town.slack.as(ids.ana).slash('/jail', 'list', { channel: ids.elsewhere })
    const id = await town.adapter.post(elsewhere, cardOf('r1', { title: 'For ana' }), ana)
    await vi.waitFor(() => expect(seen('ana', ids.elsewhere).map(textOf).join()).toContain('/invite @jailops'))
    expect(seen('ana', ids.elsewhere).every(({ ephemeralTo }) => ephemeralTo === ids.ana)).toBe(true)
    expect(text('eve')).not.toContain('For ana')
    await town.adapter.edit(elsewhere, id, cardOf('r1', { title: 'Edited for ana' }), ana)
    expect(text()).toContain('Edited for ana')
    expect(text()).not.toContain('For ana')
  })

  test('without a way back the sentence comes as a direct message too', async () => {
    await town.adapter.post(elsewhere, cardOf('r1', { title: 'For ana' }), ana)
    await vi.waitFor(() => expect(text()).toMatch(/For ana[^]*\/invite @jailops/))
  })

  test('is said for good where the person cannot be written to either', async () => {
    town.slack.faults.next('conversations.open', { error: 'cannot_dm_bot' })
    await expect(town.adapter.post(elsewhere, cardOf('r1'), ana)).rejects.toMatchObject({ code: 'cannot_show' })
    await expect(town.adapter.post(elsewhere, cardOf('r2'), { ...ana, platform: 'discord' })).rejects.toMatchObject({ code: 'cannot_show' })
  })

  test('an archived channel moves a card that stood there', async () => {
    const id = await town.adapter.post(here, cardOf('r1', { title: 'Was here' }), ana)
    town.slack.addChannel({ id: ids.ops, name: 'ops', members: [ids.ana, ids.bo], isArchived: true })
    await town.adapter.edit(here, id, cardOf('r1', { title: 'Is there' }), ana)
    expect(text()).toContain('Is there')
  })
})

describe('files', () => {
  test('hang in the card’s thread, and are not sent again by an edit, nor after a restart', async () => {
    const id = await town.adapter.post(here, longPlanCard('r1'), ana)
    const sent = () => seen().flatMap(({ files, threadTs }) => files.map(({ name }) => [name, threadTs]))
    const [card] = seen()
    expect(sent()).toEqual([
      ['plan.txt', card?.ts],
      ['card-r1.txt', card?.ts],
    ])
    const running = { ...longPlanCard('r1'), state: 'running' as const }
    const again = await town.adapter.edit(here, id, { ...running, steps: running.steps.map((step) => ({ ...step, state: 'done' })) }, ana)
    expect(again).toBe(id)
    expect(sent()).toHaveLength(2)
    await town.adapter.edit(here, again, { ...longPlanCard('r1'), files: [{ name: 'plan.txt', text: 'another' }] }, ana)
    expect(sent().map(([name]) => name)).toEqual(['plan.txt', 'card-r1.txt', 'plan.txt'])
  })

  test('a rate limit among the steps of an upload shows nothing twice', async () => {
    town.slack.faults.next('files.completeUploadExternal', { rateLimited: 1 })
    await town.adapter.post(here, longPlanCard('r1'), ana)
    expect(seen().flatMap(({ files }) => files)).toHaveLength(2)
    expect(seen().filter(({ blocks }) => blocks.length > 0)).toHaveLength(1)
  })

  test('without the scope the card stands, and says what is missing', async () => {
    town.slack.faults.revokeScope('files:write')
    await town.adapter.post(here, waitingCard({ files: [{ name: 'plan.txt', text: 'all' }] }), ana)
    expect(text()).toMatch(/Create the jail blog[^]*could not be attached[^]*files:write/)
  })
})

describe('a card in a thread', () => {
  test('stays in it, and so does a press on it', async () => {
    const place = { ...here, thread: town.slack.as(ids.ana).say(ids.ops, 'a thread') }
    await town.adapter.post(place, waitingCard(), ana)
    const card = seen('bo').find(({ threadTs }) => threadTs === place.thread)
    await town.slack.as(ids.bo).press({ channel: ids.ops, ts: card?.ts ?? '', label: 'Approve' })
    expect(door.received).toMatchObject([{ place, actor: { id: ids.bo }, said: { kind: 'press' } }])
  })
})

test('what people wrote notifies nobody', async () => {
  const hostile = '<!channel> <!here> <@U0BO> <!subteam^S0OPS> @channel'
  const fields = [{ name: hostile, value: hostile }]
  await town.adapter.post(here, cardOf('r1', { title: hostile, text: hostile, fields, footer: hostile }), ana)
  await town.adapter.whisper(here, ana, { title: hostile, text: hostile, fields })
  door.before = () => Promise.reject(new TypeError(hostile))
  await town.slack.as(ids.ana).slash(`/jail`, hostile, { channel: ids.ops })
  expect(seen().flatMap(({ notifies }) => notifies)).toEqual([])
})

test('an expired token is no reason to give a card up', async () => {
  town.slack.faults.expireToken()
  await expect(town.adapter.post(here, cardOf('r1'), ana)).rejects.toMatchObject({
    code: 'config_error',
    message: expect.stringContaining('expired'),
  })
  town.slack.faults.clear()
  await town.adapter.post(here, cardOf('r1', { title: 'Now it works' }), ana)
  expect(text()).toContain('Now it works')
})

test('a whisper that is too long goes to the person with its file', async () => {
  const rows = Array.from({ length: 400 }, (_, index) => [`jail${index}`, 'x'.repeat(50)])
  await town.adapter.whisper(here, ana, { title: 'Long', table: { columns: ['name', 'value'], rows } })
  expect(text()).toMatch(/more rows: see answer\.txt[^]*jail399/)
  expect(text('bo')).toBe('')
})
