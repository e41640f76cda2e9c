import { isPicture } from '../file-text.ts'
import { previewOf } from '../../../src/chat/web/renderings.ts'

/** What the page needs of a chat server, whichever it is. */
export interface Desk {
  people(): { id: string; name: string }[]
  stateFor(person: string): DeskState
  /**
   * Does what a person did in the page.
   * @throws ZodError, Refused
   */
  act(person: string, body: unknown): Promise<unknown>
  /** A file's text, for whoever sees the message. */
  file(person: string, place: FilePlace): string | undefined
  onChange(listener: () => void): () => void
}

/** What this person sees now. Only messages that changed travel; the rest always does. */
export interface DeskState {
  messages: { key: string }[]
  rest: Record<string, unknown>
}

export interface FilePlace {
  channel: string
  message: string
  index: number
}

/** What the platform's own client would not have let the person do. */
export class Refused extends Error {}

/** The chat servers throw where somebody does what is not on their screen. */
export async function orRefused<Value>(act: () => Promise<Value> | Value): Promise<Value> {
  try {
    return await act()
  } catch (error) {
    throw new Refused(error instanceof Error ? error.message : String(error), { cause: error })
  }
}

const shownMessages = 80

/** The newest of each channel, in order. */
export function newest<Message extends { channel: string }>(messages: readonly Message[]): Message[] {
  const left = new Map<string, number>()
  return messages
    .toReversed()
    .filter(({ channel }) => {
      const count = (left.get(channel) ?? 0) + 1
      left.set(channel, count)
      return count <= shownMessages
    })
    .toReversed()
}

export function filesOf(files: readonly { name: string; content: string }[], place: Omit<FilePlace, 'index'>, person: string) {
  return files.map(({ name, content }, index) => {
    const href = `/api/file?${new URLSearchParams({ person, ...place, index: String(index) })}`
    return isPicture(content) ? { name, picture: href } : { ...previewOf({ name, text: content }), href }
  })
}
