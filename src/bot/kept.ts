import type { z } from 'zod'
import type { Shelf } from '../queue/shelf.ts'

/** Records of one kind as last stored: what is here, the shelf has. */
export interface Kept<Item> {
  /** Reads them all. One of another version of jailops is left out, with an alarm. */
  open(): Promise<void>
  all(): Item[]
  get(id: string): Item | undefined
  put(item: Item): Promise<void>
  remove(id: string): Promise<void>
}

export interface KeptParts<Item> {
  shelf: Pick<Shelf, 'all' | 'put' | 'remove'>
  schema: z.ZodType<Item>
  alarm(what: string, details: Record<string, unknown>): void
}

export function createKept<Item extends { id: string }>({ shelf, schema, alarm }: KeptParts<Item>): Kept<Item> {
  const known = new Map<string, Item>()

  function read(id: string, text: string): void {
    try {
      known.set(id, schema.parse(JSON.parse(text)))
    } catch (error) {
      alarm('a stored record cannot be read', { record: id, error: String(error) })
    }
  }

  return {
    async open() {
      for (const [id, text] of await shelf.all()) read(id, text)
    },
    all: () => [...known.values()],
    get: (id) => known.get(id),
    async put(item) {
      await shelf.put(item.id, JSON.stringify(item))
      known.set(item.id, item)
    },
    async remove(id) {
      await shelf.remove(id)
      known.delete(id)
    },
  }
}
