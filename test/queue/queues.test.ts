import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { setTimeout as pause } from 'node:timers/promises'
import { describe, expect, onTestFinished, test } from 'vitest'
import { openReceiver, type Receiver } from '../../src/queue/receiver.ts'
import { connectRedis } from '../../src/queue/redis.ts'
import { openSender, type Sender } from '../../src/queue/sender.ts'
import { makeReceiver, makeSender, queue } from './ends.ts'
import { makeConnection, makeRedis } from './setup.ts'
import { until } from '../support/until.ts'

/** Sends until it is sure, as senders do. */
async function sendSurely(sender: Sender, id: string, token: string): Promise<void> {
  await until(() =>
    sender.send(id, token).then(
      () => true,
      () => false,
    ),
  )
}

async function closes(receiver: Receiver, milliseconds: number): Promise<void> {
  const late = pause(milliseconds).then(() => 'too late')
  expect(await Promise.race([receiver.close(), late])).toBeUndefined()
}

describe('a queue', () => {
  test('takes each message to the other side', async () => {
    const { address } = await makeRedis()
    const sender = await makeSender(address)
    const taken: string[] = []
    const receiver = makeReceiver({ address, handle: async (id, token) => void taken.push(`${id} ${token}`) })
    await receiver.ready()
    const started = performance.now()
    await sender.send('r1-plan-1', 'a')
    await until(() => taken.length === 1)
    expect(performance.now() - started).toBeLessThan(4000)
    await sender.send('r1-plan-1', 'a')
    await sender.send('r1-cancel-2', 'b')
    await until(() => taken.length === 2)
    expect(taken).toEqual(['r1-plan-1 a', 'r1-cancel-2 b'])
  })

  test('keeps what it is told while nobody listens', async () => {
    const { address } = await makeRedis()
    const sender = await makeSender(address)
    await sender.send('r1-plan-1', 'a')
    const taken: string[] = []
    makeReceiver({ address, handle: async (id) => void taken.push(id) })
    await until(() => taken.length === 1)
  })

  test('offers again what its handler could not take', async () => {
    const { address } = await makeRedis()
    const sender = await makeSender(address)
    let times = 0
    const problems: unknown[] = []
    const handle = async () => {
      times += 1
      if (times < 3) throw new Error('the disk is full')
    }
    makeReceiver({ address, handle, onProblem: (error) => problems.push(error) })
    await sender.send('r1-result-1', 'a')
    await until(() => times === 3)
    expect(problems).toHaveLength(1)
  })

  test('refuses ids that BullMQ would misunderstand', async () => {
    const { address } = await makeRedis()
    const sender = await makeSender(address)
    for (const id of ['', '0', '12', 'a:b', '0:1', 'a b', '-1', 'x'.repeat(300)]) {
      await expect(sender.send(id, 'a')).rejects.toMatchObject({ code: 'internal' })
    }
  })
})

describe('when Redis is away', () => {
  test('a sender says so at once, also when it never was there', async () => {
    const connection = connectRedis({ socketPath: '/nonexistent/redis.sock' }, 'commands')
    onTestFinished(() => connection.disconnect())
    const sender = openSender({ connection, queue })
    await expect(sender.send('r1-plan-1', 'a')).rejects.toMatchObject({ code: 'store_unavailable' })
    await sender.close()
  })

  test('a receiver closes all the same, whenever that is', async () => {
    const server = await makeRedis()
    const open = () => openReceiver({ address: server.address, queue, handle: async () => undefined })
    for (const wait of [0, 10, 40, 100, 300]) {
      const receiver = open()
      await receiver.ready()
      await server.kill()
      await pause(wait)
      await closes(receiver, 2500)
      await server.start()
    }
    await server.kill()
    const never = open()
    await pause(200)
    await closes(never, 2500)
    await closes(open(), 2500)
  })

  test('a receiver closes also when Redis is there and does not answer', async () => {
    const server = await makeRedis()
    const receiver = openReceiver({ address: server.address, queue, handle: async () => undefined })
    await receiver.ready()
    server.signal('SIGSTOP')
    await closes(receiver, 7000)
  })

  test('a paused Redis times a message out, which lands all the same; again it is swallowed', async () => {
    const server = await makeRedis()
    const sender = await makeSender(server.address)
    const taken: string[] = []
    await sender.send('r0-plan-1', 'a')
    server.signal('SIGSTOP')
    await expect(sender.send('r1-plan-1', 'a')).rejects.toMatchObject({ code: 'store_unavailable' })
    server.signal('SIGCONT')
    await sender.send('r1-plan-1', 'a')
    makeReceiver({ address: server.address, handle: async (id) => void taken.push(id) })
    await until(() => taken.length === 2)
    expect(taken).toEqual(['r0-plan-1', 'r1-plan-1'])
  })

  test('kill -9 and a start on the same file, five times under load, lose nothing', async () => {
    const server = await makeRedis()
    const sender = await makeSender(server.address)
    const taken = new Map<string, number>()
    const handle = async (id: string) => void taken.set(id, (taken.get(id) ?? 0) + 1)
    makeReceiver({ address: server.address, handle })
    const ids = Array.from({ length: 300 }, (_, number) => `r${number}-plan-1`)
    const sending = (async () => {
      for (const id of ids) await sendSurely(sender, id, id)
    })()
    for (let round = 0; round < 5; round += 1) {
      await until(() => taken.size > round * 50)
      await server.restart()
    }
    await sending
    await until(() => taken.size === ids.length, 20_000)
  })
})

test('a full Redis is not pestered, and what lay in it is taken when there is room', async () => {
  const { address } = await makeRedis({ maxMemory: '8mb' })
  const sender = await makeSender(address)
  const redis = await makeConnection(address)
  await sender.send('r1-plan-1', 'a')
  const fill = async (bytes: number) => {
    for (let number = 0; ; number += 1) await redis.set(`full-${bytes}-${number}`, 'x'.repeat(bytes))
  }
  await expect(fill(100_000)).rejects.toThrow('OOM')
  await expect(fill(1000)).rejects.toThrow('OOM')
  await expect(sender.send('r2-plan-1', 'a')).rejects.toMatchObject({ code: 'store_full' })

  const commands = async () => Number(/total_commands_processed:(\d+)/.exec(await redis.info('stats'))?.[1])
  const taken: string[] = []
  const receiver = makeReceiver({ address, handle: async (id) => void taken.push(id) })
  await receiver.ready()
  const before = await commands()
  await pause(1500)
  expect((await commands()) - before).toBeLessThan(200)
  await redis.del(...Array.from({ length: 60 }, (_, number) => `full-100000-${number}`))
  await until(() => taken.includes('r1-plan-1'))
})

test('a receiver killed twice in mid-message does not lose it', async () => {
  const { address } = await makeRedis()
  const sender = await makeSender(address)
  await sender.send('r1-plan-1', 'a')
  const stuck = fileURLToPath(new URL('stuck-receiver.ts', import.meta.url))
  for (let round = 0; round < 2; round += 1) {
    const child = spawn(process.execPath, [stuck, address.socketPath, queue], { stdio: ['ignore', 'pipe', 'inherit'] })
    await new Promise((resolve) => {
      child.stdout.once('data', resolve)
    })
    child.kill('SIGKILL')
  }
  const taken: string[] = []
  const started = performance.now()
  makeReceiver({ address, handle: async (id) => void taken.push(id) })
  await until(() => taken.length === 1, 15_000)
  expect(performance.now() - started).toBeLessThan(8000)
})
