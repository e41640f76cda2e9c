import type { Context } from 'hono'
import { streamSSE } from 'hono/streaming'
import { problem } from '../../../src/chat/web/problem.ts'
import type { Desk } from './desk.ts'

const mostPages = 50
/** Changes within this many milliseconds travel together. */
const togetherMs = 60
const pingMs = 10_000

export interface Live {
  /** One page's stream: everything this person sees, then what changes. A slow page misses states between, never the last. */
  follow(context: Context, person: string): Response
  stop(): void
}

export function createLive(desk: Desk): Live {
  const pages = new Set<Bell>()

  return {
    follow(context, person) {
      if (pages.size >= mostPages) return problem(context, 503, 'too_many', 'Too many pages are open. Close some.')
      const bell = createBell()
      pages.add(bell)
      const stopListening = desk.onChange(() => bell.ring())
      return streamSSE(context, async (stream) => {
        const told = new Map<string, string>()
        stream.onAbort(() => bell.end())
        try {
          for (let heard = await bell.wait(0); heard !== 'ended'; heard = await bell.wait(pingMs)) {
            if (heard === 'quiet') await stream.writeSSE({ event: 'ping', data: '' })
            else await stream.writeSSE({ event: 'state', data: JSON.stringify(newsOf(desk, person, told)), retry: 500 })
            await stream.sleep(togetherMs)
          }
        } finally {
          stopListening()
          pages.delete(bell)
        }
      })
    },
    stop() {
      for (const bell of pages) bell.end()
    },
  }
}

/** `order` names all messages; `changed` are those that the page does not have like this. */
function newsOf(desk: Desk, person: string, told: Map<string, string>): unknown {
  const { messages, rest } = desk.stateFor(person)
  const now = new Map(messages.map((message) => [message.key, JSON.stringify(message)]))
  const changed = messages.filter(({ key }) => told.get(key) !== now.get(key))
  told.clear()
  for (const [key, text] of now) told.set(key, text)
  return { ...rest, order: [...now.keys()], changed }
}

/** Rings however often, it is heard once. It has rung when it is new. */
interface Bell {
  ring(): void
  end(): void
  wait(quietMs: number): Promise<'rung' | 'quiet' | 'ended'>
}

function createBell(): Bell {
  let hasRung = true
  let hasEnded = false
  let wake: (() => void) | undefined

  return {
    ring() {
      hasRung = true
      wake?.()
    },
    end() {
      hasEnded = true
      wake?.()
    },
    async wait(quietMs) {
      if (!hasRung && !hasEnded) {
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, quietMs)
          wake = () => {
            clearTimeout(timer)
            resolve()
          }
        })
      }
      if (hasEnded) return 'ended'
      if (!hasRung) return 'quiet'
      hasRung = false
      return 'rung'
    },
  }
}
