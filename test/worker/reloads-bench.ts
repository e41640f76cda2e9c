import type { JailopsError } from '../../src/core/errors.ts'
import { createReloads, type ProxyReload } from '../../src/worker/reloads.ts'

interface Timer {
  at: number
  ring(): void
}

/** Reloads of an HAProxy that takes 40 ms for one, by a clock that goes only when it is told to. */
export function makeReloads() {
  let time = 0
  let timers: Timer[] = []
  const began: { at: number; why: string }[] = []
  const said: string[] = []
  /** What the next ones fail with; undefined is a success. */
  const endings: (JailopsError | undefined)[] = []
  const sleep = (milliseconds: number) => new Promise<void>((ring) => timers.push({ at: time + milliseconds, ring }))
  const reloads = createReloads({
    now: () => time,
    sleep,
    reload: async ({ why }) => {
      began.push({ at: time, why })
      await sleep(40)
      const error = endings.shift()
      if (error !== undefined) throw error
      return 'hand-over'
    },
    say: (what, details) => void said.push(`${what} ${JSON.stringify(details)}`),
  })

  async function pass(milliseconds: number): Promise<void> {
    const end = time + milliseconds
    for (;;) {
      await settled()
      const next = timers.toSorted((one, other) => one.at - other.at)[0]
      if (next === undefined || next.at > end) break
      timers = timers.filter((one) => one !== next)
      time = next.at
      next.ring()
    }
    time = end
  }

  return { reloads, began, said, endings, pass }
}

/** Whatever can go on without the clock has gone on. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 50; turn += 1) await Promise.resolve()
}

export function reloadFor(why: string, more: Partial<ProxyReload> = {}): ProxyReload {
  return {
    kind: 'proxy-reload',
    why,
    socket: '/run/socket',
    pidFile: '/run/pid',
    usualFile: '/etc/haproxy.conf',
    by: 'our-files',
    timeoutSeconds: 60,
    ...more,
  }
}
