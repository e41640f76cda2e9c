import { expect, onTestFinished, test } from 'vitest'
import { setTimeout as pause } from 'node:timers/promises'
import { acquireLease } from '../../src/queue/lease.ts'
import { makeConnection, makeRedis } from './setup.ts'
import { until } from '../support/until.ts'

const name = 'bot'

async function take(address: { socketPath: string }, milliseconds: number) {
  const lease = await acquireLease({ redis: await makeConnection(address), name, milliseconds })
  onTestFinished(() => lease.release())
  return lease
}

test('a second bot waits until the first lets go, however long it is renewed', async () => {
  const { address } = await makeRedis()
  const first = await take(address, 300)
  let hasSecond = false
  const second = take(address, 300).then((lease) => {
    hasSecond = true
    return lease
  })
  await pause(1000)
  expect(hasSecond).toBe(false)
  expect(first.lost.aborted).toBe(false)
  await first.release()
  expect((await second).token).not.toBe(first.token)
  expect(first.lost.aborted).toBe(false)
})

test('a lease is lost by our own clock when Redis does not answer, before another can have it', async () => {
  const server = await makeRedis()
  const first = await take(server.address, 600)
  server.signal('SIGSTOP')
  // Node runs timers in the order of their moments, however late: this one is set when the lease has less than that left.
  await pause(600)
  expect(first.lost.aborted).toBe(true)
  server.signal('SIGCONT')
  const second = await take(server.address, 600)
  expect(second.lost.aborted).toBe(false)
})

test('a lease is lost when somebody else holds it', async () => {
  const { address } = await makeRedis()
  const first = await take(address, 300)
  await (await makeConnection(address)).set('jailops:lease:bot', 'somebody', 'PX', 5000)
  await until(() => first.lost.aborted)
})

test('a short restart of Redis leaves the lease where it is', async () => {
  const server = await makeRedis()
  const first = await take(server.address, 1500)
  await server.restart()
  await pause(2000)
  expect(first.lost.aborted).toBe(false)
})

test('waiting can be given up', async () => {
  const { address } = await makeRedis()
  await take(address, 5000)
  const redis = await makeConnection(address)
  await expect(acquireLease({ redis, name, milliseconds: 5000, signal: AbortSignal.timeout(100) })).rejects.toThrow()
})
