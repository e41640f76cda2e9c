import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { z } from 'zod'
import type { AlertThresholds } from '../core/alert.ts'
import type { FactName, ObservedFacts } from '../core/host.ts'
import type { Layout } from '../core/layout.ts'
import type { BotMessage } from '../core/message.ts'
import { alertMemorySchema } from '../host/proxy/alerts.ts'
import { createNginxTraffic } from '../host/proxy/nginx/traffic.ts'
import { reconcile } from '../host/proxy/reconcile.ts'
import { reloadOf } from '../host/proxy/reload.ts'
import { createHaproxyTraffic } from '../host/proxy/traffic.ts'
import type { Shell } from '../host/shell.ts'
import { createAlertTeller } from '../worker/alert-teller.ts'
import { keepFile, readKept } from '../worker/kept-file.ts'
import type { ResourceLocks } from '../worker/locks.ts'
import { createReconciling } from '../worker/reconciling.ts'
import type { Reloads } from '../worker/reloads.ts'
import { createSampleFiles } from '../worker/sample-files.ts'
import { createTending, type Tending } from '../worker/tending.ts'
import type { Log } from './log.ts'

interface TendedHost {
  name: string
  layout: Layout
  shell: Shell
  /** On this machine. */
  state: string
  locks: ResourceLocks
  reloads: Reloads
  thresholds: AlertThresholds
  log: Log
  observe(wanted: readonly FactName[]): Promise<ObservedFacts>
  whyNotRenewed(site: string): string | undefined
  send(message: BotMessage): Promise<void>
  withdraw(id: string): Promise<unknown>
}

/** What tends one host's proxy, with its files. */
export async function tendHost({
  name,
  layout,
  shell,
  state,
  locks,
  reloads,
  thresholds,
  log,
  observe,
  whyNotRenewed,
  send,
  withdraw,
}: TendedHost): Promise<Tending> {
  const [told, alerts] = [join(state, 'alerts-told.json'), join(state, 'alerts.json')]
  return createTending({
    now: Date.now,
    wait: (milliseconds, signal) => delay(milliseconds, undefined, { signal }),
    ...(layout.proxy === 'nginx' ? createNginxTraffic(shell, layout, Date.now) : createHaproxyTraffic(shell, layout.haproxy.socket)),
    observe,
    isWorkedOn: (jail) => locks.isHeld(`jail:${jail}`),
    whyNotRenewed,
    reconciling: createReconciling({
      now: Date.now,
      locks,
      gate: reloads.gate,
      reconcile: () => reconcile(shell, layout),
      reload: (why) => reloads.ask(reloadOf(layout, why)),
      say: (what, details) => log.warn(details, what),
    }),
    files: createSampleFiles(join(state, 'samples')),
    thresholds,
    teller: createAlertTeller({
      host: name,
      now: Date.now,
      send,
      withdraw,
      toldBefore: (await readKept(told, z.number())) ?? 0,
      keepTold: (at) => keepFile(told, at),
    }),
    alertsBefore: (await readKept(alerts, alertMemorySchema)) ?? [],
    keepAlerts: (memory) => keepFile(alerts, memory),
    warn: (what, details) => log.warn(details, what),
  })
}
