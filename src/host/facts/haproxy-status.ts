import { passLostConnection } from '../../core/errors.ts'
import type { Layout } from '../../core/layout.ts'
import type { ServerStatus } from '../../core/proxy-status.ts'
import { backendFile, type ServerLine, serversIn } from '../proxy/backend-file.ts'
import { entriesOf, mapFile } from '../proxy/maps.ts'
import { canBeAsked, lookAtServers, type ServerRow } from '../proxy/stat-servers.ts'
import { readStatTable, statQuestion } from '../proxy/stat-table.ts'
import type { Shell } from '../shell.ts'
import { inBatches } from './batches.ts'
import { askNginx } from './site-status.ts'
import { placeShown, type StatusSource } from './status-source.ts'

const timeoutSeconds = 10

type Asking = Pick<Shell, 'exchange' | 'readFile' | 'httpGet'>

/** By its run-time socket, and what its files say of who a server is; undefined while it does not answer. */
export async function haproxyStatusSource(shell: Asking, layout: Layout): Promise<StatusSource | undefined> {
  const { socket } = layout.haproxy
  const [answer, hosts, paths] = await Promise.all([
    shell.exchange(socket, statQuestion, timeoutSeconds).catch(passLostConnection),
    shell.readFile(mapFile(layout, 'hosts')),
    shell.readFile(mapFile(layout, 'paths')),
  ])
  if (answer === undefined) return undefined
  const linesOf = (backend: string) => serversOf(shell, layout, backend)
  return {
    table: readStatTable(answer),
    hosts: entriesOf(hosts ?? ''),
    paths: entriesOf(paths ?? ''),
    targetsIn: async (backend) => (await linesOf(backend)).length,
    async serversOf(backends) {
      const names = backends.filter(canBeAsked)
      const [rows, files] = await Promise.all([
        lookAtServers(shell, socket, names, timeoutSeconds),
        inBatches(names, async (name) => [name, await linesOf(name)] as const),
      ])
      const lines = new Map(files)
      const seen = Map.groupBy(rows, ({ backend }) => backend)
      const found = await inBatches(names, async (name) => {
        const ours = lines.get(name) ?? []
        return [name, await inBatches(seen.get(name) ?? [], (row) => serverSeen(shell, layout, row, ours))] as const
      })
      return new Map(found)
    },
    clientsOver: (host, limit) => clientsOver(shell, socket, host, limit),
  }
}

async function serversOf(shell: Asking, { haproxy }: Layout, backend: string): Promise<ServerLine[]> {
  return serversIn((await shell.readFile(`${haproxy.configFolder}/${backendFile(backend)}`)) ?? '') ?? []
}

async function serverSeen(shell: Asking, layout: Layout, row: ServerRow, ours: readonly ServerLine[]): Promise<ServerStatus> {
  const server = serverOf(row)
  const line = ours.find((one) => one.server === server.name)
  if (line === undefined) return server
  const { jail, appPort, place } = line
  const isAsked = jail !== undefined && appPort === undefined && !server.status.startsWith('DOWN')
  return {
    ...server,
    status: drainedStatus(server, line),
    address: placeShown(place),
    ...(jail !== undefined && { jail }),
    ...(isAsked && { nginx: await askNginx(shell, layout, jail, place) }),
  }
}

/** One that was drained before its HAProxy began is as good as UP to it. */
function drainedStatus({ status }: ServerStatus, { weight, isDrained }: ServerLine): string {
  if (weight > 0 && isDrained !== true) return status
  const word = /^(UP$|no check)/.test(status) ? 'DRAIN' : status
  return isDrained === true ? `${word} while a request works on it` : word
}

function serverOf({ name, address, status, since, ...check }: ServerRow): ServerStatus {
  return { name, address, status, check: checkText(check), since }
}

export function checkText({
  checkStatus,
  checkCode,
  checkMilliseconds,
}: Pick<ServerRow, 'checkStatus' | 'checkCode' | 'checkMilliseconds'>): string {
  if (checkStatus === '') return 'no check'
  const withCode = checkCode === '' || checkCode === '0' ? checkStatus : `${checkStatus}/${checkCode}`
  return checkMilliseconds === '' ? withCode : `${withCode} in ${checkMilliseconds} ms`
}

/** Keys of the table are `HOST|ADDRESS`. */
async function clientsOver(shell: Asking, socket: string, host: string, limit: number): Promise<number> {
  const text = await shell.exchange(socket, `show table clients data.http_req_rate gt ${Math.floor(limit)}\n`, timeoutSeconds)
  return text.split('\n').filter((line) => line.includes(` key=${host}|`) || line.includes(`: key=${host}|`)).length
}
