import { beforeEach, describe, expect, test, vi } from 'vitest'
import { createRequests, type Requests } from '../../src/bot/requests.ts'
import { createShowing, type Showing } from '../../src/bot/showing.ts'
import type { ChatAdapter, Place, Traits } from '../../src/chat/adapter.ts'
import type { Answer, Card } from '../../src/core/card.ts'
import { JailopsError } from '../../src/core/errors.ts'
import type { Store } from '../../src/queue/store.ts'
import { incoming } from './bot-bench.ts'

/** A platform on which the same card posted twice is two messages. */
interface Platform {
  adapter: ChatAdapter
  /** Every state that each message has shown. */
  messages: Map<string, Card[]>
  whispers: Answer[]
  refuse: (card: Card) => void
}

function platformNamed(platform: string, traits: Partial<Traits> = {}): Platform {
  const messages = new Map<string, Card[]>()
  const whispers: Answer[] = []
  const show = async (id: string, card: Card) => {
    made.refuse(card)
    messages.set(id, [...(messages.get(id) ?? []), card])
    return id
  }
  const made: Platform = {
    messages,
    whispers,
    refuse: () => undefined,
    adapter: {
      platform,
      traits: { postsOnce: false, settleMilliseconds: 0, whispersRefusals: true, keepsMessages: true, ...traits },
      start: async () => undefined,
      identify: async (actor) => actor,
      post: ({ channel }, card) => show(`${channel}/${messages.size + 1}`, card),
      edit: (_place, message, card) => show(message, card),
      whisper: async (_place, _actor, answer) => void whispers.push(answer),
      confide: async () => undefined,
      stop: async () => undefined,
    },
  }
  return made
}

function memoryStore(): Store {
  const records = new Map<string, { text: string; ended: boolean }>()
  return {
    async admit({ id, record }) {
      records.set(id, { text: record, ended: false })
      return { id, fresh: true }
    },
    wasAbandoned: () => false,
    load: async (id) => records.get(id)?.text,
    save: async (id, text, ended) => void records.set(id, { text, ended }),
    open: async () => [...records].filter(([, { ended }]) => !ended).map(([id]) => id),
    recent: async () => [...records.keys()],
    close: () => undefined,
  }
}

let web: Platform
let other: Platform
let mirrors: Place[]
let alarms: string[]
let store: Store
let requests: Requests
let showing: Showing

function open(): void {
  requests = createRequests({ store, now: () => 1000 })
  showing = createShowing({
    requests,
    adapters: new Map([web, other].map(({ adapter }) => [adapter.platform, adapter])),
    mirrorsOf: () => mirrors,
    alarm: (what) => alarms.push(what),
  })
}

beforeEach(() => {
  web = platformNamed('web')
  other = platformNamed('other')
  mirrors = []
  alarms = []
  store = memoryStore()
  open()
})

const states = (platform: Platform) => [...platform.messages.values()].map((cards) => cards.map(({ state }) => state))

async function ask(): Promise<string> {
  const { id } = await requests.admit(incoming('ana', 'jail list'))
  return id
}

async function becomes(id: string, state: Card['state'], more = {}): Promise<void> {
  await requests.change(id, (record) => ({ ...record, state, ...more }))
  showing.show(id)
}

describe('where a forgotten message could never be found again', () => {
  test('the first one says only what stays true, and its id is stored before anything else is said', async () => {
    const id = await ask()
    await becomes(id, 'planning')
    await showing.idle()
    expect(states(web)).toEqual([['stored', 'planning']])
    expect([...web.messages.values()][0]?.[0]?.text).toContain(`/job show ${id}`)
  })

  test('after a crash between post and store the old message is not untrue, and the new one goes on', async () => {
    const id = await ask()
    const change = requests.change
    let dead = false
    requests.change = async (...args) => {
      if (dead) throw new Error('killed')
      return change(...args)
    }
    web.refuse = () => void (dead = true)
    await change(id, (record) => ({ ...record, state: 'planning' }))
    showing.show(id)
    await showing.idle()
    web.refuse = () => undefined
    open()
    await requests.open()
    await becomes(id, 'done')
    await showing.idle()
    expect(states(web)).toEqual([['stored'], ['done']])
  })

  test('an end is posted as it is: it will not change', async () => {
    await becomes(await ask(), 'done')
    await showing.idle()
    expect(states(web)).toEqual([['done']])
  })
})

describe('settling', () => {
  beforeEach(() => {
    web = platformNamed('web', { settleMilliseconds: 60 })
    open()
  })

  test('what ends quickly is posted once', async () => {
    const id = await ask()
    await becomes(id, 'planning')
    await showing.idle()
    expect(states(web)).toEqual([])
    await becomes(id, 'done')
    await showing.idle()
    expect(states(web)).toEqual([['done']])
  })

  test('what takes longer is shown as it stands', async () => {
    await becomes(await ask(), 'running')
    await vi.waitFor(() => expect(states(web)).toEqual([['stored', 'running']]))
  })

  test('nothing is shown any more after stop', async () => {
    await becomes(await ask(), 'running')
    await showing.stop()
    await new Promise((resolve) => setTimeout(resolve, 100))
    expect(states(web)).toEqual([])
  })
})

describe('refusals', () => {
  test('are whispered to the one who asked, and that is their end', async () => {
    const id = await ask()
    await becomes(id, 'refused', { sentence: 'You have no role here.' })
    await showing.idle()
    expect([states(web), web.whispers.map(({ text }) => text)]).toEqual([[], ['You have no role here.']])
    expect((await requests.get(id))?.shown).toBe(true)
  })

  test('stand on the card once there is one', async () => {
    const id = await ask()
    await becomes(id, 'planning')
    await showing.idle()
    await becomes(id, 'refused')
    await showing.idle()
    expect([states(web), web.whispers]).toEqual([[['stored', 'planning', 'refused']], []])
  })
})

describe('mirrors', () => {
  const mirror = { platform: 'other', channel: 'c9' }
  beforeEach(() => {
    mirrors = [mirror, { platform: 'not there', channel: 'c1' }]
  })

  test('one request, a card in the place it came from and one in each mirror', async () => {
    const id = await ask()
    await becomes(id, 'running')
    await becomes(id, 'done')
    await showing.idle()
    expect([states(web).length, states(other).length]).toEqual([1, 1])
    expect([web, other].map((platform) => states(platform)[0]?.at(-1))).toEqual(['done', 'done'])
    expect((await requests.get(id))?.messages.map(({ place }) => place.platform)).toEqual(['web', 'other'])
  })

  test('a mirror that is away holds nothing up, and is brought up to date later', async () => {
    other.refuse = () => {
      throw new Error('away')
    }
    const id = await ask()
    await becomes(id, 'done')
    await showing.idle()
    expect([states(web), states(other), (await requests.get(id))?.shown]).toEqual([[['done']], [], undefined])
    other.refuse = () => undefined
    showing.again(10_000)
    await showing.idle()
    expect([states(other), (await requests.get(id))?.shown]).toEqual([[['done']], true])
  })
})

test('a refusal that nobody can be told does not keep the request open', async () => {
  web.adapter.whisper = () => Promise.reject(new JailopsError('cannot_show', 'They have left.'))
  const id = await ask()
  await becomes(id, 'refused')
  await showing.idle()
  expect([(await requests.get(id))?.shown, alarms]).toEqual([true, ['a platform will not show a card']])
})

test('a platform that will never take it does not keep the request open', async () => {
  web.refuse = () => {
    throw new JailopsError('cannot_show', 'The channel is gone.')
  }
  const id = await ask()
  await becomes(id, 'done')
  await showing.idle()
  expect([(await requests.get(id))?.shown, alarms]).toEqual([true, ['a platform will not show a card']])
})
