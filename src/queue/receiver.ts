import { Worker } from 'bullmq'
import { setTimeout as delay } from 'node:timers/promises'
import { connectRedis, type RedisAddress } from './redis.ts'
import { defaultPrefix, jobSchema } from './queue-names.ts'
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
  worker.on('error', report)
  const ww: any = worker
  let tr: string[] = []
  const b = ww.backend
  ;(globalThis as any).dbg = () => JSON.stringify({ main: connection.status, blk: b.blockingConnection._client.status, tr, running: ww.running, lock: ww.lockManager.closed })
  for (const [o, n] of [[ww, 'whenCurrentJobsFinished'], [b, 'disconnectBlocking'], [b, 'close'], [ww.lockManager, 'close'], [b, 'reconnectBlocking'], [b,'waitForJob'], [b,'moveToActive']] as any) {
    const f = o[n].bind(o)
    o[n] = async (...a: any[]) => { tr.push('>' + n); tr = tr.slice(-25); try { const r = await f(...a); tr.push('<' + n); return r } catch (e) { tr.push('!' + n + String(e)); throw e } }
  }
  worker.on('failed', (_job, error) => report(error))
  return {
    ready: async () => {
      await worker.waitUntilReady()
    },
    close: async () => {
      isClosing = true
      // ioredis never ends a connection that is told to while it waits for its next attempt, and BullMQ would wait for that end for ever.
      await delay(Math.max(0, nextAttempt - performance.now()))
      // A Redis that is there but does not answer: cutting the connection ends what waits for it.
      const cut = setTimeout(() => connection.disconnect(), closeMilliseconds)
      await worker.close().catch(report)
      clearTimeout(cut)
      connection.disconnect()
    },
  }
}
