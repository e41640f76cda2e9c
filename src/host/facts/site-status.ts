import { passLostConnection, toJailopsError } from '../../core/errors.ts'
import type { Layout } from '../../core/layout.ts'
import type { NginxFigures, ServerStatus } from '../../core/proxy-status.ts'
import type { Place } from '../proxy/backend-file.ts'
import type { Shell } from '../shell.ts'

/** What the nginx of a jail says of itself. @param site where that jail's web server answers */
export async function askNginx(
  shell: Pick<Shell, 'httpGet'>,
  layout: Layout,
  jail: string,
  site: Place,
): Promise<NonNullable<ServerStatus['nginx']>> {
  try {
    const { address, port } = statusPlace(layout, site)
    const { status, body } = await shell.httpGet({ address, port, path: '/status', hostHeader: jail, timeoutSeconds: 3 })
    if (status !== 200) return { problem: `nginx answers ${status} instead of its figures` }
    const figures = parseStubStatus(body)
    return figures === undefined ? { problem: 'something else than nginx answers there' } : { figures }
  } catch (error) {
    passLostConnection(error)
    return { problem: `nginx does not answer: ${toJailopsError(error).message}` }
  }
}

function statusPlace({ sites }: Layout, { address, port }: Place): Place {
  return { address, port: sites.kind === 'own-address' ? sites.statusPort : sites.firstStatusPort + port - sites.firstPort }
}

/** Active connections: 1 / server accepts handled requests / 7 7 9 / Reading: 0 Writing: 1 Waiting: 0 */
export function parseStubStatus(body: string): NginxFigures | undefined {
  const found =
    /^Active connections: (\d+)\s+server accepts handled requests\s+(\d+) \d+ (\d+)\s+Reading: (\d+) Writing: (\d+) Waiting: (\d+)/.exec(
      body,
    )
  if (found === null) return undefined
  const [active = 0, accepted = 0, requests = 0, reading = 0, writing = 0, waiting = 0] = found.slice(1).map(Number)
  return { active, accepted, requests, reading, writing, waiting }
}
