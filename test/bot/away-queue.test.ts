import { expect, it, onTestFinished } from 'vitest'
import { asking } from '../../src/bot/asking.ts'
import type { RequestRecord } from '../../src/bot/record.ts'
import { hostQueue } from '../../src/queue/queue-names.ts'
import { openReceiver } from '../../src/queue/receiver.ts'
import { openSender } from '../../src/queue/sender.ts'
import { makeConnection, makeRedis } from '../queue/setup.ts'
import { commands } from './bench-commands.ts'
import { policy, incoming } from './bot-bench.ts'
import { judge } from '../../src/bot/judge.ts'
import { planningRecord } from './records.ts'
import { until } from '../support/until.ts'

/* What is kept for a host that is away, on the queue itself. */

const noon = Date.parse('2026-11-24T12:00:00Z')
const away = { name: 'web1', seenAt: 0 }

/** A bot's hands, and a request for an away host that lies on its queue. */
async function keep(request: string) {
  const { address } = await makeRedis()
  const connection = await makeConnection(address)
  const sender = openSender({ connection, queue: hostQueue('web1') })
  onTestFinished(() => sender.close())
  const posted: Promise<void>[] = []
  const host = asking(
    {
      now: () => noon,
      sign: async (message) => JSON.stringify(message),
      post({ id, token }) {
        const sent = sender.send(id, token)
        posted.push(sent)
        return sent
      },
      withdraw: (_host, id) => sender.withdraw(id),
      hosts: () => [away],
      zone: 'UTC',
    },
    () => 0,
    () => '',
  )
  const context = { commands, policy, hosts: [away], hostOf: () => undefined, now: noon, zone: 'UTC' }
  const said = incoming('ana', 'jail start blog until:7d')
  const {
    asked: _asked,
    approval: _approval,
    ...fresh
  } = planningRecord({ id: request, incoming: said, state: 'stored', outgoing: [], sent: 0 })
  const record = await host.ask(fresh, judge(said, context))
  const send = (one: RequestRecord) => {
    for (const message of one.outgoing) host.send(one, message)
    return Promise.all(posted)
  }
  await send(record)
  const taken: string[] = []
  /** The host is back. */
  const comeBack = async () => {
    const receiver = openReceiver({ address, queue: hostQueue('web1'), handle: async (id) => void taken.push(id) })
    onTestFinished(() => receiver.close())
    await receiver.ready()
  }
  return { record, host, send, taken, comeBack }
}

it('lies there until the host comes for it, once', async () => {
  const { record, host, send, taken, comeBack } = await keep('raaaaaaaaaaaaaaa')
  expect(record).toMatchObject({ kept: { until: noon + 7 * 86_400_000, awaySince: 0 }, outgoing: [{ expiresAt: noon + 7 * 86_400_000 }] })
  await send(record)

  await comeBack()

  await until(() => taken.length > 0)
  expect(taken).toEqual(['raaaaaaaaaaaaaaa-plan-1'])
  expect(await host.takeBack(record)).toBeUndefined()
})

it('taken back, it is there no more, also when the request is sent on', async () => {
  const { record, host, send, taken, comeBack } = await keep('rbbbbbbbbbbbbbbb')

  const back = await host.takeBack(record)
  expect(back?.outgoing).toEqual([])
  const told = await host.tell(back ?? record, { kind: 'cancel' })
  await send(told)

  await comeBack()
  await until(() => taken.length > 0)
  expect(taken).toEqual(['rbbbbbbbbbbbbbbb-cancel-2'])
})

it('is not called taken back while it is still being put there', async () => {
  const { record, host } = await keep('rccccccccccccccc')
  for (const message of record.outgoing) host.send(record, message)
  expect(await host.takeBack(record)).toBeUndefined()
})
