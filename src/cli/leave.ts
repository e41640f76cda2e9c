import { setTimeout as delay } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'

const settlingMilliseconds = 50

/**
 * Ends the process. Node may wait for ever at its end for a thread that compiles and in turn waits for the main thread to collect
 * garbage (nodejs/node#54918; we have seen it): so nothing new is compiled, and what is under way is let finish first.
 */
export async function leave(code: number): Promise<never> {
  for (const compiler of ['opt', 'maglev', 'sparkplug']) setFlagsFromString(`--no-${compiler}`)
  await delay(settlingMilliseconds)
  process.exit(code)
}
