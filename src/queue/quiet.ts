/** Told of what went wrong and is being tried again; for the log. */
export type OnProblem = (error: unknown) => void

/** Passes each message on once in a while only: a Redis that is away would else fill the log with one line a second. */
export function quietly(onProblem: OnProblem | undefined, milliseconds = 30_000): OnProblem {
  const lastSaid = new Map<string, number>()
  return (error) => {
    const message = error instanceof Error ? error.message : String(error)
    const now = performance.now()
    const before = lastSaid.get(message)
    if (before !== undefined && now - before < milliseconds) return
    if (lastSaid.size > 100) lastSaid.clear()
    lastSaid.set(message, now)
    onProblem?.(error)
  }
}
