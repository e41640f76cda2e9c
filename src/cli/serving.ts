/** Closing what was opened, in reverse, each at most a given time: shutdown is one loop. */
export interface Releasers {
  add(what: string, release: () => Promise<unknown> | unknown): void
  releaseAll(): Promise<void>
}

export function createReleasers(report: (what: string, error: unknown) => void, milliseconds = 20_000): Releasers {
  const releasers: { what: string; release: () => Promise<unknown> | unknown }[] = []
  return {
    add: (what, release) => void releasers.push({ what, release }),
    async releaseAll() {
      for (let entry = releasers.pop(); entry !== undefined; entry = releasers.pop()) {
        const { what, release } = entry
        let timer: NodeJS.Timeout | undefined
        const tooLong = new Promise((_, reject) => {
          timer = setTimeout(() => reject(new Error(`not closed within ${milliseconds} ms`)), milliseconds)
        })
        await Promise.race([Promise.resolve().then(release), tooLong]).catch((error: unknown) => report(what, error))
        clearTimeout(timer)
      }
    },
  }
}

/** What it opens is closed again where it cannot go on: nothing is left that keeps a process half alive. */
export async function openOrRelease<Result>(releasers: Releasers, open: () => Promise<Result>): Promise<Result> {
  try {
    return await open()
  } catch (error) {
    await releasers.releaseAll()
    throw error
  }
}

/** Resolves at the first SIGINT, SIGTERM or SIGHUP, or when the process that started us over IPC is gone. */
export function untilToldToStop(): Promise<string> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => resolve(signal))
    if (process.connected) process.once('disconnect', () => resolve('the supervisor is gone'))
  })
}

/** Tells a supervisor, if there is one, that we are ready. */
export function sayReady(facts: Record<string, unknown>): void {
  process.send?.({ ready: true, ...facts })
}
