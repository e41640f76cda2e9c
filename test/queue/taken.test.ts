import { Queue } from 'bullmq'
import { setTimeout as pause } from 'node:timers/promises'
import { expect, onTestFinished, test } from 'vitest'
import { botQueue } from '../../src/queue/queue-names.ts'
import { openReceiver } from '../../src/queue/receiver.ts'
import { openSender } from '../../src/queue/sender.ts'
import { makeReceiver, makeSender, queue } from './ends.ts'
import { makeConnection, makeRedis } from './setup.ts'
import { until } from '../support/until.ts'

/* What is known of messages that were taken, and of those that were not. */

test('gives back for certain what nobody has taken, and nothing else', async () => {
  const { address } = await makeRedis()
  const sender = await makeSender(address)
  await sender.send('r1-plan-1', 'a')
  await sender.send('r2-plan-1', 'b')
  expect(await sender.withdraw('r1-plan-1')).toBe(true)
  expect(await sender.withdraw('r9-plan-1')).toBe(true)

  const taken: string[] = []
  makeReceiver({ address, handle: async (id) => void taken.push(id) })
  await until(() => taken.length === 1)

  expect(taken).toEqual(['r2-plan-1'])
  expect(await sender.withdraw('r2-plan-1')).toBe(false)
})

test('does not give back what somebody had and could not take yet: it stays for them', async () => {
  const { address } = await makeRedis()
  const sender = await makeSender(address)
  let times = 0
  const handle = async () => {
    times += 1
    throw new Error('the disk is full')
  }
  const receiver = makeReceiver({ address, handle })
  await sender.send('r1-plan-1', 'a')
  await until(() => times === 1)
  await receiver.close()
  const inspect = new Queue(queue, { connection: await makeConnection(address), prefix: 'jailops' })
  onTestFinished(() => inspect.close())
  // as a stalled one is, or one whose pause is over while nobody is there
  await (await inspect.getJob('r1-plan-1'))?.promote()

  expect(await inspect.getWaitingCount()).toBe(1)
  expect(await sender.withdraw('r1-plan-1')).toBe(false)
  expect(await inspect.getWaitingCount()).toBe(1)
})

test('gives back for good what somebody died giving back', async () => {
  const { address } = await makeRedis()
  const sender = await makeSender(address)
  await sender.send('r1-plan-1', 'a')
  const connection = await makeConnection(address)
  // between the two things that it does
  await connection.lrem(`jailops:${queue}:wait`, 0, 'r1-plan-1')

  await sender.send('r1-plan-1', 'a')
  expect(await sender.withdraw('r1-plan-1')).toBe(true)

  await sender.send('r1-plan-1', 'a')
  const taken: string[] = []
  makeReceiver({ address, handle: async (id) => void taken.push(id) })
  await until(() => taken.length === 1)
})

test('forgets taken messages by age', async () => {
  const { address } = await makeRedis()
  const sender = await makeSender(address, { age: 1, count: 10 })
  const taken: string[] = []
  const receiver = makeReceiver({ address, handle: async (id) => void taken.push(id) })
  await sender.send('r1-plan-1', 'a')
  await until(() => taken.length === 1)
  await pause(1500)
  await sender.send('r2-plan-1', 'a')
  await until(() => taken.length === 2)
  await receiver.close()
  const connection = await makeConnection(address)
  const inspect = new Queue(queue, { connection, prefix: 'jailops' })
  expect((await inspect.getCompleted()).map(({ id }) => id)).toEqual(['r2-plan-1'])
  await inspect.close()
})

test('keeps no question that was taken, and forgets nothing else over it', async () => {
  const { address } = await makeRedis()
  const sender = await makeSender(address)
  const taken: string[] = []
  const receiver = makeReceiver({ address, handle: async (id) => void taken.push(id) })
  await sender.send('r1-plan-1', 'a')
  await sender.send('r2-query-1', 'a', { isKept: false })
  await until(() => taken.length === 2)
  await receiver.close()

  const connection = await makeConnection(address)
  expect(await connection.exists(`jailops:${queue}:r2-query-1`)).toBe(0)
  expect(await sender.withdraw('r1-plan-1')).toBe(false)
})

test('to the bot keeps nothing that was taken; sent again it is taken again', async () => {
  const { address } = await makeRedis()
  const connection = await makeConnection(address)
  const sender = openSender({ connection, queue: botQueue })
  onTestFinished(() => sender.close())
  const taken: string[] = []
  const receiver = openReceiver({ address, queue: botQueue, handle: async (id) => void taken.push(id) })
  onTestFinished(() => receiver.close())
  for (const times of [1, 2]) {
    await sender.send('r1-progress-1', 'a')
    await until(() => taken.length === times)
    await until(async () => (await connection.exists(`jailops:${botQueue}:r1-progress-1`)) === 0)
  }
})

test('to a host knows a taken message from one that never came, and keeps few events', async () => {
  const { address } = await makeRedis()
  const connection = await makeConnection(address)
  const sender = await makeSender(address)
  let taken = 0
  makeReceiver({ address, handle: async () => void (taken += 1) })
  for (let number = 1; number <= 300; number += 1) await sender.send(`r${number}-plan-1`, 'a')
  await until(() => taken === 300)
  expect(await sender.withdraw('r1-plan-1')).toBe(false)
  expect(await sender.withdraw('r301-plan-1')).toBe(true)
  expect(await connection.xlen(`jailops:${queue}:events`)).toBeLessThan(400)
})
