/** Runs one at a time, in order. */
export type Mutex = <T>(work: () => Promise<T>) => Promise<T>

export function createMutex(): Mutex {
  let last: Promise<unknown> = Promise.resolve()
  return (work) => {
    const result = last.then(work)
    last = result.catch(() => undefined)
    return result
  }
}

/** One at a time for each key; different keys do not wait for each other. */
export function createKeyedMutex(): <T>(key: string, work: () => Promise<T>) => Promise<T> {
  const waiting = new Map<string, { mutex: Mutex; users: number }>()
  return async (key, work) => {
    const line = waiting.get(key) ?? { mutex: createMutex(), users: 0 }
    waiting.set(key, line)
    line.users++
    try {
      return await line.mutex(work)
    } finally {
      line.users--
      if (line.users === 0) waiting.delete(key)
    }
  }
}
