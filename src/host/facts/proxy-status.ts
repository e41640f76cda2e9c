import { passLostConnection } from '../../core/errors.ts'
import type { BackendStatus, ProxyStatus } from '../../core/host.ts'
import type { Layout } from '../../core/layout.ts'
import { createHaproxySocket, type StatRow } from '../proxy/socket.ts'
import type { Shell } from '../shell.ts'

/** HAProxy's own live figures; undefined while it does not answer. */
export async function observeProxyStatus(shell: Shell, { haproxy }: Layout): Promise<ProxyStatus | undefined> {
  const socket = createHaproxySocket(shell, haproxy.socket)
  const answers = await Promise.all([socket.info(), socket.stat()]).catch(passLostConnection)
  if (answers === undefined) return undefined
  const [info, rows] = answers
  const number = (name: string) => Number(info.get(name) ?? 0) || 0
  return {
    version: info.get('Version') ?? 'unknown',
    uptimeSeconds: number('Uptime_sec'),
    connections: number('CurrConns'),
    maxConnections: number('Maxconn'),
    requestsPerSecond: rows.filter((row) => row.server === 'FRONTEND').reduce((sum, row) => sum + row.requestRate, 0),
    backends: rows.filter((row) => row.server === 'BACKEND' && /^(jail|slot|site)_/.test(row.proxy)).map((row) => backendStatus(row, rows)),
  }
}

/** Traffic is the backend's; life and checks are its one server's. */
function backendStatus(backend: StatRow, rows: readonly StatRow[]): BackendStatus {
  const server = rows.find((row) => row.proxy === backend.proxy && !['BACKEND', 'FRONTEND'].includes(row.server))
  return {
    name: backend.proxy,
    status: server?.status ?? backend.status,
    sessions: backend.sessions,
    rate: backend.rate,
    requests: backend.requests,
    errors4xx: backend.errors4xx,
    errors5xx: backend.errors5xx,
    check: server === undefined ? 'no check' : checkText(server),
    since: (server ?? backend).since,
  }
}

/** `* L7OK` is HAProxy's way to say that the next check is under way. */
export function checkText({ checkStatus, checkCode, checkMilliseconds }: StatRow): string {
  const status = checkStatus.replace(/^\* ?/, '')
  if (status === '') return 'no check'
  const code = checkCode === '' || checkCode === '0' ? '' : `/${checkCode}`
  return `${status}${code}${checkMilliseconds === '' ? '' : ` in ${checkMilliseconds} ms`}`
}
