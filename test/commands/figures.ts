import type { BackendFigures, BackendStatus, ProxyStatus, ServerStatus } from '../../src/core/proxy-status.ts'

export const calm: BackendFigures = {
  sessions: 0,
  rate: 0,
  requests: 0,
  errors4xx: 0,
  errors5xx: 0,
  queue: 0,
  downSeconds: 0,
  since: 60,
  isUp: true,
  usable: 1,
}

export function serverSeen(jail: string, more: Partial<ServerStatus> = {}): ServerStatus {
  return { name: jail, jail, address: '10.0.0.5', status: 'UP', check: 'L7OK/200 in 3 ms', since: 7200, ...more }
}

/** A jail's own backend, as HAProxy shows it. */
export function backendSeen(jail: string, more: Partial<BackendStatus> = {}): BackendStatus {
  return { ...calm, name: `jail_${jail}`, sites: [`${jail}.example.com`], status: 'UP', servers: [serverSeen(jail)], ...more }
}

export function proxySeen(backends: BackendStatus[], more: Partial<ProxyStatus> = {}): ProxyStatus {
  return {
    version: '2.6.12',
    uptimeSeconds: 7200,
    connections: 12,
    maxConnections: 2000,
    requestsPerSecond: 35,
    requests: 1000,
    errors5xx: 4,
    count: backends.length,
    otherProblems: 0,
    backends,
    figures: (name) => backends.find((one) => one.name === name),
    ...more,
  }
}
