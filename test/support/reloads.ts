import { join } from 'node:path'
import type { EffectDeps } from '../../src/worker/effects/index.ts'
import { createLogMemory } from '../../src/worker/log-memory.ts'
import { createHaproxyReloads } from '../../src/worker/reload-haproxy.ts'
import type { Reloads } from '../../src/worker/reloads.ts'

/** Reloads of whatever HAProxy is there, with what they keep in a folder that exists; `said` gets what the worker's log would. */
export function reloadsIn(folder: string, hands: Pick<EffectDeps, 'shell' | 'now' | 'sleep'>, said: string[] = []): Reloads {
  const say = (what: string, details: Record<string, unknown>) => void said.push(`${what} ${JSON.stringify(details)}`)
  const log = createLogMemory(() => Promise.resolve([]))
  return createHaproxyReloads({ ...hands, log, file: join(folder, 'haproxy-reload.json'), folder, say })
}
