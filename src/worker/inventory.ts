import type { Clock } from '../core/clock.ts'
import type { FactName, ObservedFacts } from '../core/host.ts'
import { type BotMessage, messageId } from '../core/message.ts'

/** Tells the bot what this host has: for completion, for choosing a host, and as a sign of life. */
export interface InventoryTeller {
  start(): void
  /** Something has changed. */
  tell(): void
  stop(): Promise<void>
}

export interface InventoryDeps {
  host: string
  now: Clock
  send(message: BotMessage): Promise<void>
  observe(wanted: readonly FactName[], reserved: { others: string[]; here: string[] }): Promise<ObservedFacts>
}

const everyMilliseconds = 30_000

export function createInventoryTeller({ host, now, send, observe }: InventoryDeps): InventoryTeller {
  let timer: NodeJS.Timeout | undefined
  let telling: Promise<void> = Promise.resolve()
  let again = false

  async function tellNow(): Promise<void> {
    const { jails, trash, proxy } = await observe(['jails', 'trash', 'proxy'], { others: [], here: [] })
    const at = now()
    await send({
      id: messageId(`inventory-${host}`, 'inventory', at),
      request: 'inventory',
      host,
      issuedAt: at,
      expiresAt: at + everyMilliseconds * 2,
      number: at,
      body: {
        kind: 'inventory',
        inventory: {
          jails: jails.map((jail) => jail.name),
          routes: proxy.routes.map((route) => route.host),
          trash: [...new Set(trash.map((entry) => entry.name))],
        },
      },
    })
  }

  function tell(): void {
    if (again) return
    again = true
    telling = telling
      .then(() => {
        again = false
        return tellNow()
      })
      // the next round says it again
      .catch(() => undefined)
  }

  return {
    tell,
    start() {
      tell()
      timer = setInterval(tell, everyMilliseconds)
    },
    async stop() {
      clearInterval(timer)
      await telling
    },
  }
}
