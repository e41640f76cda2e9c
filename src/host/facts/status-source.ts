import type { ServerStatus } from '../../core/proxy-status.ts'
import type { Place } from '../proxy/backend-file.ts'
import type { StatTable } from '../proxy/stat-table.ts'

/** What a proxy tells of itself, whichever it is. */
export interface StatusSource {
  table: StatTable
  /** As its maps say. */
  hosts: ReadonlyMap<string, string>
  paths: ReadonlyMap<string, string>
  /** So many jails are behind that backend. */
  targetsIn(backend: string): Promise<number>
  /** Of few: each is looked at closely. Those that it does not have are left out. */
  serversOf(backends: readonly string[]): Promise<Map<string, ServerStatus[]>>
  /** Clients beyond the limit of that host, where it counts them. */
  clientsOver?(host: string, limit: number): Promise<number>
}

export function placeShown({ address, port }: Place): string {
  return port === 80 ? address : `${address}:${port}`
}
