import type { History } from './history.ts'
import { isVisible, type ChatMessage } from './message.ts'

/** What one open page has yet to be told. Holds ids only: a slow page gets the latest state of a card, not every one between. */
export interface Watcher {
  /** The messages changed since the last call, waiting for some; none after a quiet while; undefined once closed. */
  next(quietMs: number): Promise<ChatMessage[] | undefined>
  /** Shows the page something that is in no history, if it is this person's. @returns whether it is */
  pass(message: ChatMessage, person: string): boolean
  close(): void
}

export function watchHistory(history: History, person: string): Watcher {
  const changed = new Set<string>()
  const passing: ChatMessage[] = []
  let isClosed = false
  let wake: (() => void) | undefined

  const stopListening = history.onChange((message) => {
    if (!isVisible(message, person)) return
    changed.add(message.id)
    wake?.()
  })

  async function sleep(quietMs: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, quietMs)
      wake = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  }

  return {
    async next(quietMs) {
      if (changed.size === 0 && passing.length === 0 && !isClosed) await sleep(quietMs)
      if (isClosed) return undefined
      const messages = [...passing.splice(0), ...[...changed].flatMap((id) => history.get(id) ?? [])]
      changed.clear()
      return messages
    },
    pass(message, to) {
      if (to !== person || isClosed) return false
      passing.push(message)
      wake?.()
      return true
    },
    close() {
      isClosed = true
      stopListening()
      wake?.()
    },
  }
}
