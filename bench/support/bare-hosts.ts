import { Queue, Worker } from 'bullmq'
import { Redis } from 'ioredis'
import { setTimeout as delay } from 'node:timers/promises'
import { z } from 'zod'
import { readyUntil, settingsOf } from './child.ts'

/* A process: one BullMQ worker for each queue; each job waits as long as one look at a host takes, and comes back by the queue `answers`. */

const { socketPath, queues, answers } = settingsOf(
  z.strictObject({ socketPath: z.string(), queues: z.array(z.string()), answers: z.string() }),
)
const connect = () => new Redis({ path: socketPath, maxRetriesPerRequest: null })
const connection = connect()
const back = new Queue(answers, { connection })
await Promise.all(
  queues.map((name) =>
    new Worker(
      name,
      async (job) => {
        await delay(5)
        await back.add(job.name, job.data)
      },
      { connection },
    ).waitUntilReady(),
  ),
)
readyUntil(async () => process.exit(0))
