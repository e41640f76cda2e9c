import { afterEach, beforeEach, describe, expect, it, test, vi } from 'vitest'
import type { BotMessage } from '../../src/core/message.ts'
import { createAnswers } from '../../src/worker/answers.ts'
import { messageTo, planBody, queryBody } from './story-bench.ts'
import { requestA, temporaryFolder, temporaryJournals } from './worker-bench.ts'
import { until } from '../support/until.ts'

describe('a question', () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }))
  afterEach(() => void vi.useRealTimers())

  it('that is answered at once is only answered', async () => {
    const { answers, journal, kinds } = await begin(queryBody)

    answers.progress(journal, [])
    await answers.say(journal, { kind: 'result', steps: [], state: 'done' })
    await vi.advanceTimersByTimeAsync(10_000)

    expect(kinds()).toEqual(['result'])
  })

  it('that takes a while is said to be taken', async () => {
    const { answers, journal, kinds, sent } = await begin(queryBody)

    answers.progress(journal, [])
    await vi.advanceTimersByTimeAsync(400)
    expect(kinds()).toEqual([])
    await vi.advanceTimersByTimeAsync(200)

    expect(sent.map(({ body }) => body)).toEqual([{ kind: 'progress', steps: [], begun: false, taken: [`${requestA}-query-1`] }])
  })

  it('has the newest of what waits said, and only that', async () => {
    const { answers, journal, sent } = await begin(queryBody)

    answers.progress(journal, [])
    await journal.append({ kind: 'message', hash: 'b', message: messageTo(requestA, 2, queryBody) })
    answers.progress(journal, [])
    await vi.advanceTimersByTimeAsync(600)

    expect(sent.map(({ body }) => body)).toMatchObject([{ taken: [`${requestA}-query-1`, `${requestA}-query-2`] }])
  })
})

test('of a change it is said at once where it stands, and for a moment then nothing but the newest', async () => {
  const { answers, journal, kinds } = await begin(planBody())

  for (let times = 0; times < 5; times++) answers.progress(journal, [])
  expect(kinds()).toEqual(['progress'])
  await until(() => kinds().length > 1)
  await answers.idle()

  expect(kinds()).toEqual(['progress', 'progress'])
})

async function begin(body: Parameters<typeof messageTo>[2]) {
  const sent: BotMessage[] = []
  const journal = await (await temporaryJournals(temporaryFolder(), clock)).open(requestA)
  await journal.append({ kind: 'message', hash: 'a', message: messageTo(requestA, 1, body) })
  const answers = createAnswers({ host: 'web1', now: clock, send: async (message) => void sent.push(message) })
  return { answers, journal, sent, kinds: () => sent.map((message) => message.body.kind) }
}

function clock(): number {
  return 1000
}
