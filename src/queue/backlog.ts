import { randomBytes } from 'node:crypto'

/** Which messages lay in a queue before somebody came to hear it: those that come before a mark which that one puts there itself. */
export interface Backlog {
  /** To be put on the queue, once it is heard. */
  mark: string
  isOver(): boolean
  /** Hears a message, or the mark. */
  hear(id: string, token: string): Promise<void>
}

const markPattern = /^mark-[0-9a-f]{16}$/

export function createBacklog(handle: (id: string, token: string) => Promise<void>): Backlog {
  const mark = `mark-${randomBytes(8).toString('hex')}`
  const underway = new Set<Promise<void>>()
  let isOver = false
  return {
    mark,
    isOver: () => isOver,
    async hear(id, token) {
      if (id === mark) {
        // some that came before it are still being heard
        await Promise.allSettled(underway)
        isOver = true
        return
      }
      // of a bot that died before it heard its own
      if (markPattern.test(id)) return
      const handled = handle(id, token)
      underway.add(handled)
      await handled.finally(() => underway.delete(handled))
    },
  }
}
