import { afterEach, expect, test, vi } from 'vitest'
import { createOutbox, type Verdict } from '../../src/chat/outbox.ts'

class Limited extends Error {}
const judge = (error: unknown): Verdict => (error instanceof Limited ? { againInMilliseconds: 20 } : 'final')
let outbox = createOutbox({ spacingMilliseconds: 0, judge })

afterEach(() => {
  outbox.stop()
  outbox = createOutbox({ spacingMilliseconds: 0, judge })
})

test('calls of one lane go one after the other, those of others beside them', async () => {
  const began: string[] = []
  const first = Promise.withResolvers<void>()
  const call = (name: string, until?: Promise<void>) => async () => {
    began.push(name)
    await until
    return name
  }
  const sent = [outbox.send('a', call('a1', first.promise)), outbox.send('a', call('a2')), outbox.send('b', call('b1'))]
  await sent[2]
  expect(began).toEqual(['a1', 'b1'])
  first.resolve()
  expect(await Promise.all(sent)).toEqual(['a1', 'a2', 'b1'])
})

test('of many edits that wait only the last is sent, and all get its answer', async () => {
  const gate = Promise.withResolvers<void>()
  const sent: number[] = []
  void outbox.send('a', () => gate.promise)
  const edits = Array.from({ length: 50 }, (_, index) =>
    outbox.edit('a', 'm1', async () => {
      sent.push(index)
      return `after ${index}`
    }),
  )
  gate.resolve()
  expect(new Set(await Promise.all(edits))).toEqual(new Set(['after 49']))
  expect(sent).toEqual([49])
})

test('what comes while an edit is on its way is sent after it', async () => {
  const gate = Promise.withResolvers<void>()
  const sent: string[] = []
  const edit = (content: string, until?: Promise<void>) =>
    outbox.edit('a', 'm1', async () => {
      sent.push(content)
      await until
      return content
    })
  const first = edit('one', gate.promise)
  await vi.waitFor(() => expect(sent).toEqual(['one']))
  const rest = [edit('two'), edit('three')]
  gate.resolve()
  expect(await Promise.all([first, ...rest])).toEqual(['three', 'three', 'three'])
  expect(sent).toEqual(['one', 'three'])
})

test('a rate limit is waited out, and what came meanwhile goes instead', async () => {
  const tries: string[] = []
  const began = Promise.withResolvers<void>()
  const limited = outbox.edit('a', 'm1', async () => {
    tries.push('old')
    began.resolve()
    throw new Limited()
  })
  await began.promise
  const newer = outbox.edit('a', 'm1', async () => {
    tries.push('new')
    return 'shown'
  })
  expect(await Promise.all([limited, newer])).toEqual(['shown', 'shown'])
  expect(tries).toEqual(['old', 'new'])
})

test('content that the platform refuses does not stand in the way of what came after it', async () => {
  const gate = Promise.withResolvers<void>()
  const began = Promise.withResolvers<void>()
  const bad = outbox.edit('a', 'm1', async () => {
    began.resolve()
    await gate.promise
    throw new Error('invalid_blocks')
  })
  await began.promise
  const good = outbox.edit('a', 'm1', async () => 'shown')
  gate.resolve()
  expect(await Promise.all([bad, good])).toEqual(['shown', 'shown'])
})

test('what the platform refuses for good is thrown, and the lane goes on', async () => {
  const refused = outbox.edit('a', 'm1', () => Promise.reject(new Error('message_not_found')))
  const next = outbox.send('a', async () => 'next')
  await expect(refused).rejects.toThrow('message_not_found')
  expect(await next).toBe('next')
})

test('nothing is sent after stop; what waits is rejected', async () => {
  const limited = outbox.send('a', () => Promise.reject(new Limited()))
  const behind = outbox.send('a', async () => 'never')
  outbox.stop()
  const results = await Promise.allSettled([limited, behind])
  expect(results).toEqual(
    Array.from({ length: 2 }, () => ({
      status: 'rejected',
      reason: expect.objectContaining({ message: expect.stringContaining('closed') }),
    })),
  )
})

test('edits that wait are rejected by stop, those whose content was replaced as well', async () => {
  const gate = Promise.withResolvers<void>()
  void outbox.send('a', () => gate.promise)
  const edits = ['one', 'two'].map((content) => outbox.edit('a', 'm1', async () => content))
  outbox.stop()
  gate.resolve()
  expect((await Promise.allSettled(edits)).map(({ status }) => status)).toEqual(['rejected', 'rejected'])
})

test('an edit that fails while the chat is being closed is not tried again', async () => {
  const began = Promise.withResolvers<void>()
  const gate = Promise.withResolvers<void>()
  const first = outbox.edit('a', 'm1', async () => {
    began.resolve()
    await gate.promise
    throw new Error('closed')
  })
  await began.promise
  const newer = outbox.edit('a', 'm1', async () => 'never')
  outbox.stop()
  gate.resolve()
  expect((await Promise.allSettled([first, newer])).map(({ status }) => status)).toEqual(['rejected', 'rejected'])
})
