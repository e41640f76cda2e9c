import { Worker } from 'bullmq'
import { setTimeout as delay } from 'node:timers/promises'
import { connectRedis, type RedisAddress } from './redis.ts'
import { defaultPrefix, jobSchema } from './queue-names.ts'
import { isReply } from './redis-errors.ts'
import { quietly, type OnProblem } from './quiet.ts'

export interface Receiver {
  /** Resolves when messages are being taken; waits as long as Redis is away. */
  ready(): Promise<void>
  /** Lets running handlers finish, then takes no more. */
  close(): Promise<void>
}

export interface ReceiverOptions {
  address: RedisAddress
  queue: string
  prefix?: string
  /**
   * Verifies, writes down and returns, in milliseconds; the work itself is done elsewhere. The same id comes again after a crash, a
   * restart of Redis or a long pause, perhaps while the first is still running. When it rejects, the message is kept and comes
   * again a second later: reject what may go well later, and take what never will (a wrong signature) with an alarm.
   */
  handle(id: string, token: string): Promise<void>
  onProblem?: OnProblem
  /** Handlers at a time. */
  concurrency?: number
  /** For tests. */
  lockMilliseconds?: number
}

const closeMilliseconds = 3000
const restMilliseconds = 500

export function openReceiver(options: ReceiverOptions): Receiver {
  const report = quietly(options.onProblem)
  let isClosing = false
  let nextAttempt = 0
  // BullMQ opens a second connection with the same settings: this is asked for both.
  const retry = (milliseconds: number) => {
    nextAttempt = Math.max(nextAttempt, performance.now() + milliseconds)
    return !isClosing
  }
  const connection = connectRedis(options.address, 'blocking', report, retry)
  const worker = new Worker(
    options.queue,
    async (job) => {
      await options.handle(job.id ?? '', jobSchema.parse(job.data).token)
    },
    {
      connection,
      prefix: options.prefix ?? defaultPrefix,
      concurrency: options.concurrency ?? 8,
      // How long a message of a killed receiver waits: five seconds.
      lockDuration: options.lockMilliseconds ?? 5000,
      stalledInterval: 1000,
      // By default BullMQ gives a message up after two crashes, unseen.
      maxStalledCount: 1_000_000_000,
      runRetryDelay: 500,
      skipVersionCheck: true,
    },
  )
  let isResting = false
  worker.on('error', (error) => {
    report(error)
    if (isReply(error) && !isResting && !isClosing) void rest()
  })
  // A Redis that says no (it is full) is asked again by BullMQ without a pause, 20,000 times a second.
  const rest = async () => {
    isResting = true
    try {
      await worker.pause(true)
      await delay(restMilliseconds)
      if (!isClosing) await worker.resume()
    } catch (error) {
      report(error)
    } finally {
      isResting = false
    }
  }
  worker.on('failed', (_job, error) => report(error))
  return {
    ready: async () => {
      await worker.waitUntilReady()
    },
    close: async () => {
      isClosing = true
      // ioredis never ends a connection that is told to while it waits for its next attempt, and BullMQ would wait for that end for ever.
      const untilTried = nextAttempt + 50 - performance.now()
      if (untilTried > 0) await delay(untilTried)
      // A Redis that is there but does not answer: cutting the connection ends what waits for it.
      const cut = setTimeout(() => connection.disconnect(), closeMilliseconds)
      await worker.close().catch(report)
      clearTimeout(cut)
      connection.disconnect()
    },
  }
}
