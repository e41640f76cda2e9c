import { expect, test } from 'vitest'
import { createBacklog } from '../../src/queue/backlog.ts'

test('is over when all that came before the mark is heard', async () => {
  const first = Promise.withResolvers<void>()
  const heard: string[] = []
  const backlog = createBacklog(async (id) => {
    if (id === 'a') await first.promise
    heard.push(`${id} ${backlog.isOver() ? 'new' : 'old'}`)
  })
  const all = [backlog.hear('a', ''), backlog.hear('b', ''), backlog.hear(backlog.mark, '')]
  await all[1]
  expect(backlog.isOver()).toBe(false)

  first.resolve()
  await Promise.all(all)
  await backlog.hear('c', '')

  expect(heard).toEqual(['b old', 'a old', 'c new'])
})

test('one that cannot be heard does not keep it open, and is told', async () => {
  const backlog = createBacklog(() => Promise.reject(new Error('the store is away')))
  const heard = backlog.hear('a', '')
  const marked = backlog.hear(backlog.mark, '')

  await expect(heard).rejects.toThrow('the store is away')
  await marked
  expect(backlog.isOver()).toBe(true)
})

test('the mark of a bot that died is nobody’s message', async () => {
  const heard: string[] = []
  const backlog = createBacklog(async (id) => void heard.push(id))
  await backlog.hear(createBacklog(async () => undefined).mark, '')
  expect([heard, backlog.isOver()]).toEqual([[], false])
})
