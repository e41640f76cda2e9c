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
export type KeyedMutex = <T>(key: string, work: () => Promise<T>) => Promise<T>

export function createKeyedMutex(): KeyedMutex {
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

/** For work that begins in one function and ends in another. @returns when it is our turn; our turn ends with the call of what it returns */
export async function enter(mutex: Mutex): Promise<() => void> {
  const entered = Promise.withResolvers<void>()
  const left = Promise.withResolvers<void>()
  void mutex(() => {
    entered.resolve()
    return left.promise
  })
  await entered.promise
  return left.resolve
}
