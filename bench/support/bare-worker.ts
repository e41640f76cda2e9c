import { Queue, Worker } from 'bullmq'
import { Redis } from 'ioredis'
import { z } from 'zod'
import { readyUntil, settingsOf } from './child.ts'
import { moment } from './moment.ts'

/*
 * A process: BullMQ's worker as its documentation shows it. Says { request, at } on its processor's first line; with `answers` it
 * sends each job back by that queue.
 */

const { socketPath, queue, answers } = settingsOf(
  z.strictObject({ socketPath: z.string(), queue: z.string(), answers: z.string().optional() }),
)
const connect = () => new Redis({ path: socketPath, maxRetriesPerRequest: null })
const back = answers === undefined ? undefined : new Queue(answers, { connection: connect() })
const worker = new Worker(
  queue,
  async (job) => {
    process.send?.({ request: job.id, at: moment() })
    await back?.add(job.name, job.data)
  },
  { connection: connect() },
)
await worker.waitUntilReady()
readyUntil(async () => process.exit(0))
