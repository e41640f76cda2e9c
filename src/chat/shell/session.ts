import type { Socket } from 'node:net'
import type { Answer, Card } from '../../core/card.ts'
import { toJailopsError } from '../../core/errors.ts'
import type { Actor } from '../../core/policy.ts'
import type { Door, Place } from '../adapter.ts'
import { sentenceOfRefusal } from '../refusal.ts'
import { maxLineBytes, misspoken, readLines, writeLine } from './lines.ts'
import { fromClientSchema, type FromClient, type FromServer } from './protocol.ts'

export interface Session {
  /** Shows the card here if this session waits for its request. */
  show(card: Card): void
  /** Tells this person, if it is this one. */
  tell(actor: Actor, answer: Answer): void
  /** The same, only where they wait for that request here. @returns whether they do */
  confide(actor: Actor, answer: Answer, request: string): boolean
  end(): void
}

export interface SessionParts {
  place: Place
  door: Door
  /** Who this is; may ask for a proof first. @throws JailopsError identity_unproved */
  identify(hello: FromClient & { kind: 'hello' }, prove: Prove): Promise<Actor>
}
/** Sends the question, resolves when the client says that its proof stands. */
export type Prove = (question: FromServer & { kind: 'prove' }) => Promise<void>

const helloMs = 10_000
const maxWaitingBytes = 4 * maxLineBytes

/** One connection, from hello to its end. `ended` resolves when it is over. */
export function serveSession(socket: Socket, parts: SessionParts): { session: Session; ended: Promise<void> } {
  /** The requests that this session waits for, and how often each was shown. */
  const watched = new Map<string, number>()
  /** Cards that a slow reader has yet to take: the latest of each request only. */
  const waiting = new Map<string, Card>()
  let actor: Actor | undefined

  function send(message: FromServer): void {
    writeLine(socket, JSON.stringify(message))
    if (socket.writableLength > maxWaitingBytes) socket.destroy() // it asks and asks and never reads
  }

  function show(card: Card): void {
    const shown = watched.get(card.request)
    if (shown === undefined) return
    watched.set(card.request, shown + 1)
    if (socket.writableNeedDrain) waiting.set(card.request, card)
    else sendCard(card)
  }

  function sendCard(card: Card): void {
    waiting.delete(card.request)
    const line = JSON.stringify({ kind: 'card', card } satisfies FromServer)
    writeLine(socket, Buffer.byteLength(line) <= maxLineBytes ? line : JSON.stringify({ kind: 'card', card: withoutFiles(card) }))
  }

  async function converse(): Promise<void> {
    const lines = readLines(socket, fromClientSchema)
    const deadline = setTimeout(() => socket.destroy(), helloMs)
    actor = await introduce(lines)
    clearTimeout(deadline)
    send({ kind: 'welcome', name: actor.name })
    for await (const line of lines) {
      if (line.kind !== 'say') throw misspoken(`expected say, not ${line.kind}`)
      await say(actor, line)
    }
  }

  async function introduce(lines: AsyncGenerator<FromClient>): Promise<Actor> {
    const hello = await nextOf(lines, 'hello')
    return await parts.identify(hello, async (question) => {
      send(question)
      await nextOf(lines, 'proved')
    })
  }

  async function say(speaker: Actor, { delivery, said }: FromClient & { kind: 'say' }): Promise<void> {
    try {
      const { request } = await parts.door.receive({ delivery: `${speaker.id}:${delivery}`, actor: speaker, place: parts.place, said })
      watched.set(request, watched.get(request) ?? 0)
      send({ kind: 'stored', request })
      await showFirst(request)
    } catch (error) {
      send({ kind: 'problem', code: toJailopsError(error).code, sentence: sentenceOfRefusal(error) })
    }
  }

  /** The card as it stands: what was shown before this session watched would be missed. Nothing older than what comes meanwhile. */
  async function showFirst(request: string): Promise<void> {
    const shown = watched.get(request)
    // one that has ended is never edited again: whoever could not be shown it must ask again
    const card = await parts.door.card(request).catch(() => void socket.destroy())
    if (card !== undefined && watched.get(request) === shown) show(card)
  }

  socket.on('error', () => socket.destroy()) // the client is gone: its request goes on without it
  socket.on('drain', () => {
    for (const card of waiting.values()) if (!socket.writableNeedDrain) sendCard(card)
  })
  const ended = converse()
    .catch((error) => {
      const { code, message } = toJailopsError(error)
      send({ kind: 'problem', code, sentence: message })
    })
    .finally(() => {
      socket.end()
      setTimeout(() => socket.destroy(), 1000).unref()
    })

  return {
    session: {
      show,
      tell(to, answer) {
        if (actor?.id === to.id) send({ kind: 'answer', answer })
      },
      confide(to, answer, request) {
        const waits = actor?.id === to.id && watched.has(request) && socket.writable
        if (waits) send({ kind: 'answer', answer })
        return waits
      },
      end: () => socket.destroy(),
    },
    ended,
  }
}

async function nextOf<Kind extends FromClient['kind']>(
  lines: AsyncGenerator<FromClient>,
  kind: Kind,
): Promise<Extract<FromClient, { kind: Kind }>> {
  const { value } = await lines.next()
  if (isKind(value, kind)) return value
  throw misspoken(`expected ${kind}`)
}

function isKind<Kind extends FromClient['kind']>(line: FromClient | undefined, kind: Kind): line is Extract<FromClient, { kind: Kind }> {
  return line?.kind === kind
}

/** A card beyond any line: its files stay with the bot, and it says so. */
function withoutFiles(card: Card): Card {
  return {
    ...card,
    files: card.files.map(({ name, text }) => ({
      name,
      text: `(not sent: ${Buffer.byteLength(text)} bytes are too long for this shell; job show ${card.request} in the chat has it)\n`,
    })),
  }
}
