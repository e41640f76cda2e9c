import { randomUUID } from 'node:crypto'
import { bound } from './bound.ts'
import { refusal } from './refusal.ts'
import type { Channel } from './world.ts'

const triggerMs = 3000
const mostKept = 5000

interface Trigger {
  user: string
  issuedAt: number
  isUsed: boolean
  /** The view it came from, where it came from one. */
  view: string | undefined
}

/** Trigger ids: good once, for three seconds. */
export class Triggers {
  readonly #triggers = new Map<string, Trigger>()
  readonly #now: () => number

  constructor(now: () => number) {
    this.#now = now
  }

  /** The same delivery keeps its trigger, used or not. */
  issue(delivery: string, user: string, view?: string): string {
    const id = `trigger.${delivery}`
    if (!this.#triggers.has(id)) this.#triggers.set(id, { user, issuedAt: this.#now(), isUsed: false, view })
    bound(this.#triggers, mostKept)
    return id
  }

  /** @throws Refusal invalid_trigger_id, expired_trigger_id, exchanged_trigger_id */
  use(id: string): Trigger {
    const trigger = this.#triggers.get(id)
    if (!trigger) throw refusal('invalid_trigger_id')
    if (trigger.isUsed) throw refusal('exchanged_trigger_id')
    if (this.#now() - trigger.issuedAt > triggerMs) throw refusal('expired_trigger_id')
    trigger.isUsed = true
    return trigger
  }
}

export interface ResponseUrl {
  channel: Channel
  user: string
  issuedAt: number
  uses: number
  /** The message whose button was pressed: what replace_original and delete_original mean. */
  messageTs: string | undefined
  threadTs: string | undefined
}

const responseUrlMs = 30 * 60_000
const mostUses = 5

/** Response URLs: five uses in thirty minutes. */
export class ResponseUrls {
  readonly #urls = new Map<string, ResponseUrl>()
  readonly #now: () => number

  constructor(now: () => number) {
    this.#now = now
  }

  /** @returns the path */
  issue(channel: Channel, user: string, messageTs?: string, threadTs?: string): string {
    const path = `/actions/${randomUUID()}`
    this.#urls.set(path, { channel, user, issuedAt: this.#now(), uses: 0, messageTs, threadTs })
    bound(this.#urls, mostKept)
    return path
  }

  /** @throws Refusal expired_url, used_url */
  use(path: string): ResponseUrl {
    const url = this.#urls.get(path)
    if (!url || this.#now() - url.issuedAt > responseUrlMs) throw refusal('expired_url')
    if (url.uses >= mostUses) throw refusal('used_url')
    url.uses += 1
    return url
  }
}
