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
    const place = await makePlace()
    const { folder, keys, redis } = place
    const { socketPath } = redis
    const bot = await startBotSide(place)
    const worker = await startChild('worker-side.ts', { folder, keys: `${keys}/worker`, socketPath, ...names }, begunSchema)
    const bareWorker = await startChild('bare-worker.ts', { socketPath, queue: 'bare' }, begunSchema)
    const connection = new Redis({ path: socketPath, maxRetriesPerRequest: null })
    const queue = new Queue('bare', { connection })
    let count = 0

    const ours = async () => {
      const begun = worker.next()
      const { request } = await bot.door.receive(delivery(++count))
      const acknowledged = moment()
      const { at } = await begun
      await bot.ended(request)
      return at - acknowledged
    }
    const bare = async () => {
      const begun = bareWorker.next()
      const asked = moment()
      await queue.add('job', { number: ++count })
      return (await begun).at - asked
    }
    try {
      return compare(pickup.name, await alternate({ ours, bare }, { samples: 300, warmUp: 200 }))
    } finally {
      await worker.stop()
      await bareWorker.stop()
      await bot.stop()
      await queue.close()
      connection.disconnect()
      await place.stop()
    }
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
