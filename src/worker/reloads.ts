import type { Clock } from '../core/clock.ts'
import { isLostConnection, JailopsError, toJailopsError } from '../core/errors.ts'
import type { Action } from '../core/step.ts'
import { createProxyGate, type ProxyGate } from './proxy-gate.ts'

export type ProxyReload = Extract<Action, { kind: 'proxy-reload' }>

/** Reloads of HAProxy, gathered: each starts a process that reads everything, so those who need one at about the same time share it. */
export interface Reloads {
  /** Resolves when a reload that began after this was asked is confirmed. @throws as it failed, for all who shared it */
  ask(reload: ProxyReload, options?: { isWayBack?: boolean }): Promise<void>
  /** Whoever touches the proxy goes through it, as each reload does. */
  gate: ProxyGate
  /** All steps of a request, which may ask for one: while others go on that have not asked, a reload waits a moment for them. */
  during<T>(steps: () => Promise<T>): Promise<T>
}

export interface ReloadsDeps {
  now: Clock
  sleep(milliseconds: number): Promise<unknown>
  /** One, confirmed. @returns how it was made, for the log */
  reload(how: ProxyReload): Promise<string>
  say(what: string, details: Record<string, unknown>): void
}

/** A reload waits until nobody has asked for so long, but not longer than this after the first. */
const quietMilliseconds = 150
const longestMilliseconds = 1000
/** So long those who shared one that failed have until they come again, with their files as they were. */
const backMilliseconds = 3000
/** Whoever takes something back may be kept from it by the file of another, who does so too. */
const patienceMilliseconds = 30_000

interface Asked {
  how: ProxyReload
  isWayBack: boolean
  since: number
  at: number
  resolve(): void
  reject(error: unknown): void
}

export function createReloads({ now, sleep, reload, say }: ReloadsDeps): Reloads {
  const gate = createProxyGate()
  let waiting: Asked[] = []
  let underWay = 0
  let isWorking = false
  /** Who shared one that failed and has not come again. */
  let expected = { count: 0, until: 0 }
  let news = Promise.withResolvers<void>()

  function tell(): void {
    news.resolve()
    news = Promise.withResolvers()
  }

  async function work(): Promise<void> {
    isWorking = true
    while (waiting.length > 0) {
      await quiet()
      await gate.replacing(once)
    }
    isWorking = false
  }

  async function quiet(): Promise<void> {
    for (let left = untilQuiet(); left > 0; left = untilQuiet()) await Promise.race([sleep(left), news.promise])
  }

  function untilQuiet(): number {
    if (expected.count > 0 && now() < expected.until) return expected.until - now()
    // all who could ask have asked
    if (underWay <= waiting.length) return 0
    const moments = waiting.map(({ at }) => at)
    return Math.min(Math.max(...moments) + quietMilliseconds, Math.min(...moments) + longestMilliseconds) - now()
  }

  async function once(): Promise<void> {
    const [first] = waiting
    if (first === undefined) return
    const key = keyOf(first.how)
    const sharing = waiting.filter(({ how }) => keyOf(how) === key)
    waiting = waiting.filter((one) => !sharing.includes(one))
    expected = { count: 0, until: 0 }
    const reasons = [...new Set(sharing.map(({ how }) => how.why))].join('; ')
    const began = now()
    try {
      const by = await reload(first.how)
      say(`HAProxy reloaded for: ${reasons}`, { by, milliseconds: now() - began, shared: sharing.length })
      for (const one of sharing) one.resolve()
    } catch (error) {
      say(`HAProxy was not reloaded for: ${reasons}`, { error: toJailopsError(error).message, milliseconds: now() - began })
      failed(sharing, error, reasons)
    }
  }

  function failed(sharing: readonly Asked[], error: unknown, reasons: string): void {
    // who shared it on the way there is one of them, and comes back with what was wrong
    const mayBeOthers = underWay > sharing.filter(({ isWayBack }) => isWayBack).length && !isLostConnection(error)
    const again = sharing.filter(({ isWayBack, since }) => isWayBack && mayBeOthers && now() - since < patienceMilliseconds)
    const over = sharing.filter((one) => !again.includes(one))
    const toComeBack = isLostConnection(error) ? 0 : over.filter(({ isWayBack }) => !isWayBack).length
    expected = { count: Math.max(toComeBack, Math.min(again.length, 1)), until: now() + backMilliseconds }
    waiting.push(...again.map((one) => ({ ...one, at: now() })))
    const words = sharing.length === 1 ? error : sharedWords(error, reasons)
    for (const one of over) one.reject(words)
  }

  return {
    ask(how, { isWayBack = false } = {}) {
      const { promise, resolve, reject } = Promise.withResolvers<void>()
      waiting.push({ how, isWayBack, since: now(), at: now(), resolve, reject })
      if (isWayBack && expected.count > 0) expected = { ...expected, count: expected.count - 1 }
      tell()
      if (!isWorking) void work()
      return promise
    },
    gate,
    async during(steps) {
      underWay += 1
      try {
        return await steps()
      } finally {
        underWay -= 1
        tell()
      }
    },
  }
}

/** What is the same for all who share one; what each wants to see afterwards is its own. */
function keyOf({ socket, pidFile, usualFile, by, timeoutSeconds }: ProxyReload): string {
  return JSON.stringify([socket, pidFile, usualFile, by, timeoutSeconds])
}

function sharedWords(error: unknown, reasons: string): unknown {
  if (isLostConnection(error)) return error
  const { code, message } = toJailopsError(error)
  return new JailopsError(code, `${message} It was one reload for all of these, and any of them may be the cause: ${reasons}.`, {
    cause: error,
  })
}
