import { Queue } from 'bullmq'
import { Redis } from 'ioredis'
import { z } from 'zod'
import { startBotSide } from '../support/bot-side.ts'
import { startChild } from '../support/child.ts'
import { alternate, compare, type Row } from '../support/measured.ts'
import { moment } from '../support/moment.ts'
import { makePlace, names } from '../support/place.ts'

const begunSchema = z.strictObject({ request: z.string(), at: z.number() })

/**
 * Ours: from `door.receive` resolved (what lets an adapter acknowledge) until the first step's `intent` is on the worker's disk.
 * Bare: from the call of `queue.add` until the processor's first line. On both sides the sender is this process and the worker
 * another one; both use the same private Redis, which has every write on disk before it answers.
 */
export const pickup: Row = {
  name: 'pickup',
  about: 'acknowledged → first step’s intent on disk | BullMQ add → processor starts',
  async measure() {
    await using begun = new AsyncDisposableStack()
    const place = begun.adopt(await makePlace(), (it) => it.stop())
    const { folder, keys, redis } = place
    const { socketPath } = redis
    const bot = begun.adopt(await startBotSide(place), (it) => it.stop())
    const settings = { folder, keys: `${keys}/worker`, socketPath, ...names }
    const worker = begun.adopt(await startChild('worker-side.ts', settings, begunSchema), (it) => it.stop())
    const bareWorker = begun.adopt(await startChild('bare-worker.ts', { socketPath, queue: 'bare' }, begunSchema), (it) => it.stop())
    const connection = begun.adopt(new Redis({ path: socketPath, maxRetriesPerRequest: null }), (it) => it.disconnect())
    const queue = begun.adopt(new Queue('bare', { connection }), (it) => it.close())
    let count = 0

    const ours = async () => {
      const intent = worker.next()
      const { request } = await bot.door.receive(delivery(++count))
      const acknowledged = moment()
      const { at } = await intent
      await bot.ended(request)
      return at - acknowledged
    }
    const bare = async () => {
      const start = bareWorker.next()
      const asked = moment()
      await queue.add('job', { number: ++count })
      return (await start).at - asked
    }
    return compare(pickup.name, await alternate({ ours, bare }, { samples: 300, warmUp: 200 }))
  },
}

function delivery(number: number) {
  return {
    delivery: `delivery-${number}`,
    actor: { platform: 'bench', id: 'ana', name: 'Ana', groups: [], kind: 'person' as const },
    place: { platform: 'bench', channel: 'ops' },
    said: { kind: 'text' as const, text: `bench touch thing-${number % 10}` },
  }
}
