import { setTimeout as sleep } from 'node:timers/promises'
import { hasEnded, type Answer, type Card } from '../../core/card.ts'
import { JailopsError } from '../../core/errors.ts'
import type { Said } from '../adapter.ts'
import { connect, type Connection } from './connection.ts'

export interface RunInShell {
  socketPath: string
  /** Read before every connection: names the socket where its path would be too long. */
  pointerFile?: string
  /** In the demo: who to be. */
  as?: string
  /** What to say: a line, or what a button or a form would. */
  text: string | Said
  /** Names this saying of it: however often the connection breaks, it runs once. */
  delivery: string
  /** accepted: policy let it through, or it ended; approval: it waits for somebody, or ended; end: it ended. */
  wait?: 'accepted' | 'approval' | 'end'
  onStored?(request: string): void
  onCard?(card: Card): void
  onAnswer?(answer: Answer): void
  signal?: AbortSignal
  /** How long to look for a bot at first. */
  connectSeconds?: number
  /** How long to look for it again when it is gone. */
  reconnectSeconds?: number
}

const firstPauseMs = 50
const longestPauseMs = 1000

/**
 * Says one thing to the bot and follows its card. @returns the card as it stood when the waiting was over
 * @throws JailopsError what the bot refused with; bot_unreachable
 */
export async function runInShell(options: RunInShell): Promise<Card> {
  let stored: string | undefined
  let hasSaid = false
  let pauseMs = firstPauseMs
  let deadline = Date.now() + 1000 * (options.connectSeconds ?? 10)
  for (;;) {
    options.signal?.throwIfAborted()
    try {
      const connection = await connect(options)
      hasSaid = true
      pauseMs = firstPauseMs
      const card = await follow(connection, options, (request) => {
        if (stored === undefined) options.onStored?.(request)
        stored = request
      })
      if (card !== undefined) return card
      deadline = Date.now() + 1000 * (options.reconnectSeconds ?? 60)
    } catch (error) {
      options.signal?.throwIfAborted()
      if (error instanceof JailopsError) throw error
      if (Date.now() >= deadline) throw new JailopsError('bot_unreachable', unreachable(hasSaid, stored), { cause: error })
    }
    await sleep(pauseMs, undefined, options.signal === undefined ? {} : { signal: options.signal }).catch(() => undefined) // given up: thrown above
    pauseMs = Math.min(pauseMs * 2, longestPauseMs)
  }
}

/** @returns nothing where the connection broke first */
async function follow(connection: Connection, options: RunInShell, onStored: (request: string) => void): Promise<Card | undefined> {
  const said: Said = typeof options.text === 'string' ? { kind: 'text', text: options.text.replace(/^\s*\//, '') } : options.text
  const abort = () => connection.close()
  options.signal?.addEventListener('abort', abort, { once: true })
  connection.send({ kind: 'say', delivery: options.delivery, said })
  try {
    for await (const line of connection.lines) {
      if (line.kind === 'problem') throw new JailopsError(line.code, line.sentence)
      if (line.kind === 'stored') onStored(line.request)
      if (line.kind === 'answer') options.onAnswer?.(line.answer)
      if (line.kind !== 'card') continue
      options.onCard?.(line.card)
      if (isOver(line.card, options.wait ?? 'approval')) return line.card
    }
    return undefined
  } catch (error) {
    if (error instanceof JailopsError) throw error
    return undefined
  } finally {
    options.signal?.removeEventListener('abort', abort)
    connection.close()
  }
}

function isOver({ state }: Card, wait: 'accepted' | 'approval' | 'end'): boolean {
  if (wait === 'accepted') return state !== 'stored'
  return hasEnded(state) || (wait === 'approval' && state === 'waiting')
}

function unreachable(hasSaid: boolean, stored: string | undefined): string {
  if (stored !== undefined) {
    return `The bot is gone and did not come back in time. Your request ${stored} is stored and goes on when it is there: jailops run job show ${stored}`
  }
  if (hasSaid)
    return 'The bot is gone and did not come back in time. Whether it took your request is not known: look with jailops run job list.'
  return 'No bot answers here. Is it running? Nothing was done.'
}
