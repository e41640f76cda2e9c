import type { Step } from '../core/step.ts'
import { createResourceLocks } from './locks.ts'

/**
 * Short holds of one host's proxy: of milliseconds where a plan's own locks are of minutes. Whoever holds one waits for nothing else but
 * what the host does, and none is needed after a crash: only one worker touches a host.
 */
export interface ProxyGate {
  /** Something is told to the running proxy: not to one that is about to be another, which has read its files already. */
  telling<T>(work: () => Promise<T>): Promise<T>
  /** Files that its checker sees as a whole: two at once could each be right alone, and wrong together. And nobody starts from half of them. */
  writing<T>(work: () => Promise<T>): Promise<T>
  /** Another process takes over, or this one reads everything anew. */
  replacing<T>(work: () => Promise<T>): Promise<T>
  /** The running proxy is held against its files, if nobody is in the middle of changing them. @returns undefined where somebody is */
  looking<T>(work: () => Promise<T>): Promise<T | undefined>
  /**
   * Before a step of a request is begun or taken back. Steps that change the proxy and follow each other belong together: first the file says it
   * and then the running proxy, or a reload; in between the two differ, and nobody shall mend that.
   */
  before(request: string, step: Step): Promise<void>
  /** It has ended. Where it only cannot go on now, what it is in the middle of stays its own. */
  over(request: string): void
}

const look = 'look'
const files = 'files'
const process = 'process'
const shared = (name: string) => `shared:${name}`

export function createProxyGate(): ProxyGate {
  const locks = createResourceLocks()
  const midway = new Map<string, Promise<() => void>>()

  async function holding<T>(resources: readonly string[], work: () => Promise<T>): Promise<T> {
    const release = await locks.acquire(resources)
    try {
      return await work()
    } finally {
      release()
    }
  }
  const over = (request: string) => {
    void midway.get(request)?.then((release) => release())
    midway.delete(request)
  }

  return {
    telling: (work) => holding([shared(look), shared(process)], work),
    writing: (work) => holding([shared(look), shared(process), files], work),
    replacing: (work) => holding([process], work),
    async looking(work) {
      const release = locks.tryAcquire([look])
      if (release === undefined) return undefined
      try {
        return await work()
      } finally {
        release()
      }
    },
    async before(request, { action }) {
      if (!changesProxy.has(action.kind)) return over(request)
      const mine = midway.get(request) ?? locks.acquire([shared(look)])
      midway.set(request, mine)
      await mine
    },
    over,
  }
}

/** An order of a certificate is none of them: for minutes it only waits, and what it tells the proxy in between it tells at once. */
const changesProxy = new Set<Step['action']['kind']>([
  'proxy-map',
  'proxy-server',
  'proxy-drain',
  'proxy-backend',
  'proxy-password',
  'nginx-password',
  'proxy-reload',
  'haproxy-config',
  'haproxy-splice',
  'nginx-config',
  'certificate',
])
