import type { Context } from 'hono'
import { streamSSE } from 'hono/streaming'
import type { History } from './history.ts'
import { viewOf } from './message.ts'
import { problem } from './problem.ts'
import { watchHistory, type Watcher } from './watcher.ts'

const maxStreams = 100
const pingAfterMs = 10_000
const retryMs = 500

/**
 * The page's live stream, one a person. Every connection begins with all that this person may see, so that a page which lost the
 * connection, or its bot, never goes on showing a stale card.
 */
export function sendEvents(context: Context, from: { history: History; person: string; watchers: Set<Watcher> }): Response {
  const { history, person, watchers } = from
  if (watchers.size >= maxStreams) return problem(context, 503, 'too_many', 'Too many pages of this chat are open. Close some.')
  const watcher = watchHistory(history, person)
  watchers.add(watcher)
  return streamSSE(context, async (stream) => {
    stream.onAbort(() => watcher.close())
    try {
      const messages = history.visibleTo(person).map(viewOf)
      await stream.writeSSE({ event: 'snapshot', data: JSON.stringify({ messages }), retry: retryMs })
      let changed = await watcher.next(pingAfterMs)
      while (changed !== undefined) {
        if (changed.length === 0) await stream.writeSSE({ event: 'ping', data: '' })
        for (const message of changed) await stream.writeSSE({ event: 'message', data: JSON.stringify(viewOf(message)) })
        changed = await watcher.next(pingAfterMs)
      }
    } finally {
      watcher.close()
      watchers.delete(watcher)
    }
  })
}
