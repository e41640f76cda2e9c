import { setTimeout as delay } from 'node:timers/promises'

/** Tries until the queue has it or we are told to stop; a message under the same id counts once, so trying again is safe. */
export async function untilSent(send: () => Promise<void> | undefined, signal: AbortSignal): Promise<void> {
  for (let pause = 50; !signal.aborted; pause = Math.min(pause * 2, 2000)) {
    try {
      return await send()
    } catch {
      await delay(pause, undefined, { signal }).catch(() => undefined)
    }
  }
  throw new Error('stopped before it was sent')
}
