import { describe, expect, it } from 'vitest'
import type { Answer } from '../../src/core/card.ts'
import type { HostMessage, ToBot } from '../../src/core/message.ts'
import type { KnownHost } from '../../src/bot/hosts.ts'
import {
  fromHost,
  hear,
  incoming,
  lastCard,
  makeWorld,
  policy,
  sentTo,
  startBot,
  web1,
  web2,
  type LivingBot,
  type World,
} from './bot-bench.ts'
import { until } from '../support/until.ts'

const boards = (world: World) => [...world.chat].filter(([id]) => id.startsWith('b')).map(([, cards]) => cards)
const board = (world: World) => boards(world).at(-1)?.at(-1)
const questions = (world: World): HostMessage[] => sentTo(world).filter(({ body }) => body.kind === 'query')

async function say(world: World, living: LivingBot, words: string, who = 'ana') {
  const { request } = await living.door().receive(incoming(who, words))
  await until(() => ['done', 'refused'].includes(lastCard(world, request)?.state ?? ''))
  return lastCard(world, request)
}

/** The host answers what it was asked last. */
async function answers(world: World, living: LivingBot, answer: Answer): Promise<void> {
  const last = questions(world).at(-1)
  if (last === undefined) throw new Error('nothing was asked')
  await hear(living, fromHost(last.request, 1, { kind: 'result', state: 'done', answer, steps: [] }, last.host))
}

async function pass(world: World, living: LivingBot, seconds: number): Promise<void> {
  for (let second = 0; second < seconds; second++) {
    world.time.now += 1000
    await living.bot.tick()
    await until(() => true)
  }
}

async function watched(words = 'proxy watch start every:10s', hosts: KnownHost[] = [{ ...web1, seenAt: 1_000_000 }]) {
  const world = makeWorld()
  const living = await startBot(world, hosts)
  const card = await say(world, living, words)
  await until(() => questions(world).length === 1 && boards(world).length === 1)
  return { world, living, card }
}

const figures = (title: string): Answer => ({ title, table: { columns: ['jail', 'status'], rows: [['blog', 'UP']] } })

describe('a live board', () => {
  it('is one message that shows what the host answers, as of when, and is edited and never posted again', async () => {
    const { world, living } = await watched()
    for (let round = 1; round <= 5; round++) {
      await answers(world, living, figures(`Round ${round}`))
      await pass(world, living, 5)
      expect(board(world)).toMatchObject({ title: `Round ${round}`, standing: 'live', table: { rows: [['blog', 'UP']] } })
      await pass(world, living, 5)
    }
    expect(boards(world)).toHaveLength(1)
    expect(questions(world)).toHaveLength(6)
    expect(board(world)?.footer).toMatch(/^web1 · as of 00:1\d:\d\d · every 10 s · until 2 Jan 00:16$/)
    expect([...world.records.values()].filter(({ text }) => text.includes('"command":"proxy status"'))).toEqual([])
  })

  it('asks one question at a time, takes back what was not answered, and says so', async () => {
    const { world, living } = await watched()
    await answers(world, living, figures('Before'))
    await pass(world, living, 45)
    expect(world.withdrawn).toEqual(
      questions(world)
        .slice(1, -1)
        .map(({ id }) => id),
    )
    expect(board(world)?.text).toBe('web1 does not answer: this is as of 00:16:40.')
  })

  it('asks a host that is away nothing, and says as of when it shows what it shows', async () => {
    const { world, living } = await watched()
    await answers(world, living, figures('Before'))
    await pass(world, living, 95)
    const asked = questions(world).length
    await pass(world, living, 60)
    expect(questions(world).length).toBe(asked)
    expect(board(world)).toMatchObject({ title: 'Before', text: 'web1 is away: this is as of 00:16:40.' })
  })

  it('goes on after a restart of the bot, in the same message', async () => {
    const { world, living } = await watched()
    await answers(world, living, figures('Before'))
    await living.bot.stop()
    const again = await startBot(world, [{ ...web1, seenAt: 1_000_000 }])
    await pass(world, again, 1)
    await until(() => questions(world).length === 2)
    await answers(world, again, figures('After'))
    await pass(world, again, 4)
    expect(board(world)?.title).toBe('After')
    expect(boards(world)).toHaveLength(1)
  })

  it('ends by itself after a day, and says so', async () => {
    const { world, living } = await watched()
    world.time.now += 24 * 3600_000
    await pass(world, living, 5)
    expect(board(world)).toMatchObject({ standing: 'over', text: expect.stringContaining('after 24 hours'), buttons: [] })
    await pass(world, living, 5)
    expect(world.shelves.boards.size).toBe(0)
  })

  it('ends where somebody takes its message away', async () => {
    const { world, living } = await watched()
    for (const [id] of world.chat) world.gone.add(id)
    await answers(world, living, figures('Nobody sees this'))
    await pass(world, living, 5)
    expect(world.shelves.boards.size).toBe(0)
    expect(board(world)?.title).toBe('Live status of web1')
  })

  it('moves where it is begun again: the old one says so', async () => {
    const { world, living } = await watched()
    world.time.now += 5000
    const card = await say(world, living, 'proxy watch start', 'bo')
    await pass(world, living, 5)
    expect(card?.text).toContain('The one that was here before shows no more.')
    expect(boards(world).map((cards) => [cards.at(-1)?.standing, cards.at(-1)?.text])).toEqual([
      ['over', 'It goes on in a newer message further down in this channel.'],
      ['live', 'Asking …'],
    ])
  })

  it('is ended by its button or by words', async () => {
    const { world, living } = await watched()
    const press = board(world)?.buttons[0]?.press
    expect(press).toMatchObject({ words: 'proxy watch stop host:web1' })
    const card = await say(world, living, 'proxy watch stop', 'bo')
    await pass(world, living, 5)
    expect(card?.title).toBe('The live board of web1 has ended')
    expect(board(world)).toMatchObject({ standing: 'over', text: 'bo ended it.' })
    expect((await say(world, living, 'proxy watch stop'))?.reason).toBe('nothing_to_do')
  })

  it('says what the host says instead of figures, and shows none of before beside it', async () => {
    const { world, living } = await watched()
    await answers(world, living, figures('Before'))
    await pass(world, living, 10)
    const last = questions(world).at(-1)
    const no: ToBot = {
      kind: 'result',
      state: 'refused',
      reason: 'not_allowed_on_host',
      sentence: 'This host does not allow it.',
      steps: [],
    }
    await hear(living, fromHost(last?.request ?? '', 1, no))
    await pass(world, living, 4)
    expect(board(world)).toMatchObject({ title: 'Live status of web1', text: 'web1 says: This host does not allow it.' })
    expect(board(world)?.table).toBeUndefined()
  })

  it('does not believe another host, or an answer to another question', async () => {
    const { world, living } = await watched()
    const [asked] = questions(world)
    await hear(living, fromHost(asked?.request ?? '', 1, { kind: 'result', state: 'done', answer: figures('Forged'), steps: [] }, 'web2'))
    await hear(living, fromHost('r999999999999999', 1, { kind: 'result', state: 'done', answer: figures('Forged'), steps: [] }))
    await pass(world, living, 4)
    expect(board(world)?.title).toBe('Live status of web1')
  })
})

const only = (permissions: string[]) => ({ ...policy, roles: { few: { permissions, members: ['web:user:ana'] } } })

describe('who may begin one', () => {
  it('is who may also say proxy status', async () => {
    const world = { ...makeWorld(), policy: only(['proxy.watch.start']) }
    const living = await startBot(world)
    expect(await say(world, living, 'proxy watch start')).toMatchObject({ state: 'refused', reason: 'permission_denied' })
    expect([world.shelves.boards.size, world.queue.size]).toEqual([0, 0])
  })

  it('may do so as long as the board goes on', async () => {
    const { world, living } = await watched()
    await answers(world, living, figures('Before'))
    await living.bot.stop()
    const without = { ...world, policy: only(['jail.list']) }
    const again = await startBot(without)
    await pass(without, again, 4)
    expect(board(world)).toMatchObject({ standing: 'over', text: expect.stringContaining('may not say /proxy status any more') })
    expect(questions(world)).toHaveLength(1)
  })

  it('names the host where there are several', async () => {
    const world = makeWorld()
    const living = await startBot(world, [web1, web2])
    expect(await say(world, living, 'proxy watch start')).toMatchObject({ state: 'refused', reason: 'which_host' })
    expect(await say(world, living, 'proxy watch start host:web2')).toMatchObject({ title: 'A live board of web2 is in this channel' })
  })

  it.each(['5s', '61s', '2m', 'often', ''])('every:%s is refused with what is right', async (every) => {
    const world = makeWorld()
    const living = await startBot(world)
    expect(await say(world, living, `proxy watch start every:${every}`)).toMatchObject({
      reason: 'bad_argument',
      text: expect.stringContaining('from 10s to 60s'),
    })
  })
})
