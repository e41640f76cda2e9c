import { isLostConnection } from '../core/errors.ts'
import type { LogLine } from '../core/proxy-log.ts'

/*
 * HAProxy logs into its own memory, and each reload is another process with an empty one. So what the old one has is fetched right before
 * that. It is kept in ours, and nowhere on a disk: it says who read what.
 */
export interface LogMemory {
  /** Right before another process takes over. What it gives is called when one has: until then the log is still there to be read. */
  leaving(): Promise<() => void>
  /** Of processes before the one that runs, oldest first. */
  lines(): readonly LogLine[]
}

/** About as many as HAProxy itself remembers. */
const most = 3000

export function createLogMemory(read: () => Promise<LogLine[]>): LogMemory {
  let kept: readonly LogLine[] = []
  return {
    async leaving() {
      const last = await read().catch(noneUnlessLost)
      return () => void (kept = [...kept, ...last].slice(-most))
    },
    lines: () => kept,
  }
}

/** Nobody shall go without a reload for want of an old log. */
function noneUnlessLost(error: unknown): LogLine[] {
  if (isLostConnection(error)) throw error
  return []
}
