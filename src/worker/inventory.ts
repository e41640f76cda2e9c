import { passLostConnection, toJailopsError } from '../core/errors.ts'
import type { FactName, HostStatus, ObservedFacts } from '../core/host.ts'
import type { Heartbeat, ToBot } from '../core/message.ts'
import { siteText } from '../core/proxy.ts'
import { createNewestMessage, type NewestMessageDeps } from './newest-message.ts'

/** Tells the bot what this host has and how it is: for completion, for choosing a host, and as a sign of life. */
export interface InventoryTeller {
  start(): void
  /** Something has changed. */
  tell(): void
  stop(): Promise<void>
}

export interface InventoryDeps extends NewestMessageDeps {
  observe(wanted: readonly FactName[], reserved: { others: string[]; here: string[] }): Promise<ObservedFacts>
  /** Of jailops, here. */
  version: string
  reachedBy: Heartbeat['reachedBy']
}

const everyMilliseconds = 30_000
/** Of what keeps the host from saying what it has. */
const longestProblem = 500
const has: readonly FactName[] = ['jails', 'trash', 'proxy']

export function createInventoryTeller(deps: InventoryDeps): InventoryTeller {
  const { observe, version, reachedBy } = deps
  const newest = createNewestMessage(deps, 'inventory', everyMilliseconds * 2)
  let timer: NodeJS.Timeout | undefined
  let telling: Promise<void> = Promise.resolve()
  let again = false

  /** What the host has is worth telling also where it cannot say how it is. */
  async function look(): Promise<ObservedFacts> {
    const nothing = { others: [], here: [] }
    const withStatus = await observe([...has, 'host'], nothing).catch(passLostConnection)
    return withStatus ?? observe(has, nothing)
  }

  function heartbeatOf(status: HostStatus | undefined): Heartbeat | undefined {
    if (status?.load === undefined) return undefined
    const { uptime, load, freeMegabytes, jailsRunning } = status
    return { version, system: `FreeBSD ${status.version}`, uptime, load, freeMegabytes, jailsRunning, reachedBy }
  }

  async function tellNow(): Promise<void> {
    // of when the look began: what ended before it is in it
    const at = newest.moment()
    const body = await whatIsThere().catch((error: unknown): ToBot => {
      passLostConnection(error)
      return { kind: 'alive', problem: toJailopsError(error).message.slice(0, longestProblem) }
    })
    await newest.send(at, body)
  }

  async function whatIsThere(): Promise<ToBot> {
    const { jails, trash, proxy, host: status } = await look()
    const heartbeat = heartbeatOf(status)
    return {
      kind: 'inventory',
      inventory: {
        ...(heartbeat !== undefined && { heartbeat }),
        jails: jails.map((jail) => jail.name),
        routes: proxy.routes.map(siteText),
        trash: [...new Set(trash.map((entry) => entry.name))],
      },
    }
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
