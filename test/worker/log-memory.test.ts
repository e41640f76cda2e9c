import { expect, it } from 'vitest'
import { JailopsError } from '../../src/core/errors.ts'
import type { LogLine } from '../../src/core/proxy-log.ts'
import { createLogMemory } from '../../src/worker/log-memory.ts'

const line = (at: number): LogLine => ({
  site: 'blog.example.com',
  host: 'blog.example.com',
  at,
  client: '203.0.113.9',
  status: 200,
  bytes: 1,
  milliseconds: 1,
  backend: 'jail_blog',
  server: 'blog',
  ended: '--',
  method: 'GET',
  path: '/',
})

it('what a process had is kept when another one took over, and not before', async () => {
  const processes = [[line(1), line(2)], [line(3)]]
  const memory = createLogMemory(async () => processes.shift() ?? [])

  const first = await memory.leaving()
  expect(memory.lines()).toEqual([])
  first()
  await memory.leaving()
  expect(memory.lines().map(({ at }) => at)).toEqual([1, 2])
})

it('no more is kept than HAProxy itself would', async () => {
  let at = 0
  const memory = createLogMemory(async () => Array.from({ length: 2000 }, () => line(at++)))

  for (let times = 0; times < 3; times += 1) (await memory.leaving())()

  expect([memory.lines().length, memory.lines()[0]?.at, memory.lines().at(-1)?.at]).toEqual([3000, 3000, 5999])
})

it('a log that cannot be read is no reason not to reload; a lost connection is', async () => {
  const codes = ['host_not_ready', 'connection_lost'] as const
  const memories = codes.map((code) => createLogMemory(() => Promise.reject(new JailopsError(code, 'no'))))

  const [silent, lost] = await Promise.allSettled(memories.map((memory) => memory.leaving()))

  expect([silent?.status, lost]).toMatchObject(['fulfilled', { status: 'rejected', reason: { code: 'connection_lost' } }])
})
