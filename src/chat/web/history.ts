import { readFile, rename } from 'node:fs/promises'
import { z } from 'zod'
import type { Clock } from '../../core/clock.ts'
import { replaceFile } from '../replace-file.ts'
import { chatMessageSchema, isVisible, type ChatMessage } from './message.ts'

type Without<Message, Keys extends PropertyKey> = Message extends unknown ? Omit<Message, Keys> : never
/** A message as it is said; its time and its place in the channel are given by the history. */
export type NewMessage = Without<ChatMessage, 'at' | 'order'>

export interface History {
  get(id: string): ChatMessage | undefined
  visibleTo(person: string): ChatMessage[]
  /** Adds the message, or replaces the one of that id where it stands. */
  put(message: NewMessage, options?: { before?: string }): void
  /** @returns ends it */
  onChange(listener: (message: ChatMessage) => void): () => void
  /** Resolves when all that was put is in the file. */
  flush(): Promise<void>
}

const historySchema = z.strictObject({ messages: z.array(chatMessageSchema) })
const maxMessages = 300
const saveAfterMs = 200

/** The channel's last messages, in memory and in a file: a demo that is started again shows what was said. */
export async function openHistory(file: string, now: Clock): Promise<History> {
  const messages = new Map((await load(file)).map((message) => [message.id, message]))
  const listeners = new Set<(message: ChatMessage) => void>()
  let lastOrder = Math.max(0, ...[...messages.values()].map(({ order }) => order))
  let timer: NodeJS.Timeout | undefined
  let saving: Promise<void> = Promise.resolve()

  function put(message: NewMessage, { before }: { before?: string } = {}): void {
    const old = messages.get(message.id)
    const next = before === undefined ? undefined : messages.get(before)
    const stands = { at: old?.at ?? now(), order: old?.order ?? (next === undefined ? ++lastOrder : next.order - 0.5) }
    const entry = { ...message, ...stands }
    messages.set(entry.id, entry)
    if (messages.size > maxMessages) messages.delete(inOrder()[0]?.id ?? '')
    for (const listener of listeners) listener(entry)
    timer ??= setTimeout(() => void save().catch(() => undefined), saveAfterMs) // a full disk must not end the chat
  }

  function inOrder(): ChatMessage[] {
    return [...messages.values()].toSorted((one, other) => one.order - other.order)
  }

  /** One write at a time; the newest state wins. */
  function save(): Promise<void> {
    clearTimeout(timer)
    timer = undefined
    const previous = saving.catch(() => undefined)
    saving = previous.then(() => replaceFile(file, JSON.stringify({ messages: inOrder() })))
    return saving
  }

  return {
    get: (id) => messages.get(id),
    visibleTo: (person) => inOrder().filter((message) => isVisible(message, person)),
    put,
    onChange(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    flush: () => (timer === undefined ? saving : save()),
  }
}

/** A file that is not there or not ours to read begins a new channel: the bot shows every open card again anyway. */
async function load(file: string): Promise<ChatMessage[]> {
  const text = await readFile(file, 'utf8').catch(() => undefined)
  if (text === undefined) return []
  const parsed = historySchema.safeParse(parseJson(text))
  if (parsed.success) return parsed.data.messages
  await rename(file, `${file}.unreadable`)
  return []
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
