import { sha256 } from '../core/canonical.ts'

export interface StoreKeys {
  /** A delivery's id is whatever the platform likes: hashed, it has one length and no surprise. */
  delivery(delivery: string): string
  record(id: string): string
  open: string
  recent: string
}

export function storeKeys(prefix: string): StoreKeys {
  return {
    delivery: (delivery) => `${prefix}:store:delivery:${sha256(delivery)}`,
    record: (id) => `${prefix}:store:request:${id}`,
    open: `${prefix}:store:open`,
    recent: `${prefix}:store:recent`,
  }
}
