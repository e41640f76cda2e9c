import { Queue, Worker } from 'bullmq'
import { Redis } from 'ioredis'
import { z } from 'zod'
import { createKeys } from '../../src/queue/keys.ts'
import { addTrusted } from '../../src/queue/trusted.ts'
import list from '../../commands/jail/list.ts'
import { startBotSide } from '../support/bot-side.ts'
import { startChild } from '../support/child.ts'
import { lean } from '../support/jailops.ts'
import { alternate, compare, type Row } from '../support/measured.ts'
import { residentMegabytes } from '../support/memory.ts'
import { makePlace, names, type Place } from '../support/place.ts'
import { rounded } from '../support/statistics.ts'

/**
 * `/jail list host:*` over 200 hosts that one worker process serves, from the person's words until the card shows all of them, on one
 * private Redis. Bare: 200 jobs to 200 BullMQ workers in one process, each of which sends one job back. Each look at a host takes 5 ms.
 * Memory is the worker process's, after all of it.
 */
export const fanOut: Row = {
  name: 'fan.out',
  about: 'jail list on 200 hosts of one worker process → one whole card | 200 BullMQ jobs and 200 back',
  async measure() {
    await using begun = new AsyncDisposableStack()
    const place = begun.adopt(await makePlace(), (it) => it.stop())
    const { socketPath } = place.redis
    const hosts = Array.from({ length: hostCount }, (_, number) => `host-${number}`)
    const worker = `${place.keys}/worker`
    await Promise.all(hosts.map(async (host) => createKeys(worker, host)))
    for (const host of hosts) await addTrusted(`${place.keys}/bot`, (await createKeys(worker, host)).line)
    const settings = { folder: place.folder, keys: worker, socketPath, hosts, bot: names.bot }
    const side = begun.adopt(await startChild('hosts-side.ts', settings, z.unknown(), lean), (it) => it.stop())
    const idle = rounded(residentMegabytes([side.pid]))
    const bot = begun.adopt(await startBotSide(place, { hosts, commands: [list] }), (it) => it.stop())
    const bare = await startBare(place, begun)
    let count = 0

    const ours = async () => {
      const asked = performance.now()
      const { request } = await bot.door.receive(delivery(++count))
      await bot.ended(request)
      return performance.now() - asked
    }
    const compared = compare(fanOut.name, await alternate({ ours, bare: bare.ask }, { samples: 40, warmUp: 10 }))
    return {
      ...compared,
      workerIdleMB: idle,
      workerMB: rounded(residentMegabytes([side.pid])),
      bareWorkerMB: rounded(residentMegabytes([bare.pid])),
    }
  },
}

const hostCount = 200

async function startBare({ redis: { socketPath } }: Place, begun: AsyncDisposableStack) {
  const queues = Array.from({ length: hostCount }, (_, number) => `bare-${number}`)
  const child = begun.adopt(await startChild('bare-hosts.ts', { socketPath, queues, answers: 'bare-answers' }, z.unknown()), (it) =>
    it.stop(),
  )
  const connect = () => begun.adopt(new Redis({ path: socketPath, maxRetriesPerRequest: null }), (it) => it.disconnect())
  const connection = connect()
  const all = queues.map((name) => begun.adopt(new Queue(name, { connection }), (it) => it.close()))
  let heard = 0
  let whole = Promise.withResolvers<void>()
  const hear = async () => {
    if (++heard === hostCount) whole.resolve()
  }
  const answers = begun.adopt(new Worker('bare-answers', hear, { connection: connect(), concurrency: 4 }), (it) => it.close())
  await answers.waitUntilReady()
  return {
    pid: child.pid,
    async ask() {
      heard = 0
      whole = Promise.withResolvers()
      const asked = performance.now()
      await Promise.all(all.map((queue) => queue.add('list', {})))
      await whole.promise
      return performance.now() - asked
    },
  }
}

function delivery(number: number) {
  return {
    delivery: `delivery-${number}`,
    actor: { platform: 'bench', id: 'ana', name: 'Ana', groups: [], kind: 'person' as const },
    place: { platform: 'bench', channel: 'ops' },
    said: { kind: 'text' as const, text: 'jail list host:*' },
  }
}
