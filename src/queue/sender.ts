import { Queue } from 'bullmq'
import type { Redis } from 'ioredis'
import { JailopsError } from '../core/errors.ts'
import { botQueue, defaultPrefix } from './queue-names.ts'
import { toStoreError } from './redis-errors.ts'

export interface Sender {
  /**
   * Resolves when Redis has the message. A failure is not proof of the contrary: the message may have landed. Sending it again under the
   * same id is how one becomes sure. That is harmless: the other side may get it twice, and knows it again. What is kept is known to
   * `withdraw` also when it was taken long ago.
   */
  send(id: string, token: string, options?: { isKept?: boolean }): Promise<void>
  /**
   * Takes a message off the queue again. @returns true when it is certain that nobody got it or ever will; false when it was taken,
   * or may have been
   */
  withdraw(id: string): Promise<boolean>
  close(): Promise<void>
}

export interface SenderOptions {
  /** Of the role `commands`; may be shared, and stays the caller's to end. */
  connection: Redis
  queue: string
  prefix?: string
  /** For tests. */
  kept?: typeof keptByDefault
}

/** Of taken messages, what Redis keeps: in seconds, longer than any request is kept for a host that is away; and how many at most. */
const keptByDefault = { age: 8 * 24 * 60 * 60, count: 10_000 }
/** Events of a queue, which nobody listens to. */
const keepEvents = 100

// What cannot be taken now (the journal's disk is full, the bot's store is away) is offered again each second, as good as for ever.
const redelivery = { attempts: 1_000_000, backoff: { type: 'fixed', delay: 1000 }, stackTraceLimit: 1 }

export function openSender(options: SenderOptions): Sender {
  const { connection, queue: name, prefix = defaultPrefix, kept = keptByDefault } = options
  let queue: Queue | undefined

  // Made late: BullMQ's Queue waits for ever for a Redis that is away when it is made.
  const openQueue = () => {
    if (connection.status !== 'ready') throw new JailopsError('store_unavailable', 'The store (Redis) is away; try again in a moment.')
    if (queue) return queue
    queue = new Queue(name, { connection, prefix, skipVersionCheck: true, streams: { events: { maxLen: keepEvents } } })
    queue.on('error', () => undefined) // the connection reports for itself
    return queue
  }
  return {
    send: async (id, token, { isKept = true } = {}) => {
      refuseBadId(id)
      // What was sent to a host is asked for by `withdraw`, which must not take a taken message for one that never came. Nobody asks for
      // what was sent to the bot, which knows by its number whether it heard it before.
      // One age for all: BullMQ holds the whole queue to that of whichever was taken last.
      const keep = name === botQueue || !isKept || kept
      try {
        await openQueue().add('message', { token }, { ...redelivery, jobId: id, removeOnComplete: keep, removeOnFail: keep })
      } catch (error) {
        throw toStoreError(error)
      }
    },
    withdraw: async (id) => {
      try {
        const jobs = openQueue()
        const job = await jobs.getJob(id)
        if (job === undefined) return true
        // somebody had it, and may have written it down before it came back here: they shall say so
        if (job.attemptsStarted > 0) return false
        // whoever takes it off the list of waiting ones has it, and nobody else: BullMQ's workers do the same
        const isOurs = (await connection.lrem(jobs.toKey('wait'), 0, id)) > 0
        // on no list: somebody who was withdrawing it died here, and nobody can get it any more
        if (!isOurs && (await job.getState()) !== 'unknown') return false
        await job.remove()
        return true
      } catch (error) {
        throw toStoreError(error)
      }
    },
    close: async () => {
      await queue?.close()
    },
  }
}

/** BullMQ throws on integers and on a colon, and `0` and the empty id mean something else to it. */
function refuseBadId(id: string): void {
  if (/^[A-Za-z][A-Za-z0-9._-]{0,199}$/.test(id)) return
  throw new JailopsError('internal', `${JSON.stringify(id)} cannot name a message; ids look like REQUEST-KIND-N.`)
}
