import { afterEach, expect, it } from 'vitest'
import { closeAll, post, startSocket, startTown, webClient } from './support.ts'

afterEach(closeAll)

it('2,000 commands, each answered by a message and an edit: only the newest are kept', async () => {
  const slack = await startTown({ limits: { messagesPerChannel: 100, calls: 50 } })
  const client = webClient(slack)
  await startSocket(slack, async ({ body, ack }) => {
    await ack({ text: `planning ${String(body['text'])}` })
    const { ts = '' } = await post(client, { channel: 'C1', text: String(body['text']) })
    await client.chat.update({ channel: 'C1', ts, text: `${String(body['text'])} done` })
  })
  const ada = slack.as('U1')

  const errors: unknown[] = []
  for (let batch = 0; batch < 100; batch += 1) {
    const batchOf20 = Array.from({ length: 20 }, (_, index) => ada.slash('/jail', `${batch * 20 + index}`, { channel: 'C1' }))
    errors.push(...(await Promise.all(batchOf20)).flatMap(({ error }) => error ?? []))
  }
  while ((slack.counts()['chat.update'] ?? 0) < 2000) await new Promise(setImmediate)

  expect(errors).toEqual([])
  expect(slack.counts()).toMatchObject({ 'chat.postMessage': 2000, 'chat.update': 2000 })
  expect(slack.snapshot().messages).toHaveLength(100)
  expect(slack.calls()).toHaveLength(50)
})
