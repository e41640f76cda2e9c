import { expect, it } from 'vitest'
import type { Alert } from '../../src/core/alert.ts'
import { type BotMessage, botMessageSchema } from '../../src/core/message.ts'
import { createAlertTeller } from '../../src/worker/alert-teller.ts'

const alert = (key: string): Alert => ({
  key,
  kind: 'backend-down',
  severity: 'critical',
  title: 'blog is down',
  sentence: 'It is.',
  since: 1,
  flaps: 0,
  actions: [],
})

function begin(toldBefore = 0, send?: () => Promise<void>) {
  const time = { now: 5000 }
  const sent: BotMessage[] = []
  const kept: number[] = []
  const withdrawn: string[] = []
  const teller = createAlertTeller({
    host: 'web1',
    now: () => time.now,
    send: async (message) => {
      await send?.()
      sent.push(botMessageSchema.parse(message))
    },
    withdraw: async (id) => withdrawn.push(id),
    toldBefore,
    keepTold: async (at) => void kept.push(at),
  })
  const tell = async (...keys: string[]) => {
    teller.tell(keys.map(alert))
    await teller.idle()
  }
  return { time, sent, kept, withdrawn, teller, tell }
}

it('tells all that is wrong, first at once, then when it changes, and now and then', async () => {
  const { time, sent, tell } = begin()

  await tell()
  await tell()
  await tell('a', 'b')
  await tell('a', 'b')
  time.now += 299_999
  await tell('a', 'b')
  time.now += 1
  await tell('a', 'b')

  expect(sent.map(({ body }) => (body.kind === 'alerts' ? body.alerts.map(({ key }) => key) : []))).toEqual([[], ['a', 'b'], ['a', 'b']])
  expect(sent[0]).toMatchObject({ id: 'host-alerts-web1-5000', request: 'alerts', host: 'web1', number: 5000 })
})

it('has numbers that only rise, over a restart and a clock that is set back', async () => {
  const { time, sent, kept, tell } = begin(9000)

  await tell('a')
  time.now = 100
  await tell('b')

  expect(sent.map(({ number }) => number)).toEqual([9001, 9002])
  expect(kept).toEqual([9001, 9002])
})

it('takes back what no bot has taken yet', async () => {
  const { withdrawn, tell } = begin()

  await tell('a')
  await tell('b')

  expect(withdrawn).toEqual(['host-alerts-web1-5000'])
})

it('while Redis is away only the newest waits, and one that did not go is said again', async () => {
  const gate = Promise.withResolvers<void>()
  const answers = [() => gate.promise, () => Promise.reject(new Error('away')), () => Promise.resolve()]
  const { sent, teller, tell } = begin(0, () => answers.shift()?.() ?? Promise.resolve())

  teller.tell([alert('a')])
  teller.tell([alert('b')])
  teller.tell([alert('c')])
  gate.resolve()
  await teller.idle()
  await tell('c')

  expect(sent.map(({ body }) => (body.kind === 'alerts' ? body.alerts[0]?.key : ''))).toEqual(['a', 'c'])
})

it('of very many tells the oldest 200', async () => {
  const { sent, tell } = begin()

  await tell(...Array.from({ length: 5000 }, (_, index) => `key-${index}`))

  expect(sent[0]?.body).toHaveProperty('alerts.length', 200)
  expect(sent[0]?.body).toHaveProperty('alerts[0].key', 'key-0')
})
