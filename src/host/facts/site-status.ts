import { passLostConnection, toJailopsError } from '../../core/errors.ts'
import type { SiteStatus } from '../../core/host.ts'
import type { Jail } from '../../core/jail.ts'
import type { Layout } from '../../core/layout.ts'
import { endpointOf } from '../addresses.ts'
import type { Shell } from '../shell.ts'
import { inBatches } from './batches.ts'

/** What the nginx of each running jail of ours says of itself. */
export async function observeSites(shell: Shell, layout: Layout, jails: readonly Jail[]): Promise<SiteStatus[]> {
  const running = jails.filter((jail) => jail.ours && jail.state === 'running')
  return inBatches(running, async ({ name, address }) =>
    address === undefined ? { jail: name, problem: 'it has no address' } : askNginx(shell, layout, name, address),
  )
}

async function askNginx(shell: Shell, layout: Layout, jail: string, jailAddress: string): Promise<SiteStatus> {
  try {
    const { address, statusPort } = endpointOf(layout, jailAddress)
    const { status, body } = await shell.httpGet({ address, port: statusPort, path: '/status', hostHeader: jail, timeoutSeconds: 3 })
    if (status !== 200) return { jail, problem: `nginx answers ${status} instead of its figures` }
    const figures = parseStubStatus(body)
    return figures === undefined ? { jail, problem: 'something else than nginx answers there' } : { jail, figures }
  } catch (error) {
    passLostConnection(error)
    return { jail, problem: `nginx does not answer: ${toJailopsError(error).message}` }
  }
}

/** Active connections: 1 / server accepts handled requests / 7 7 9 / Reading: 0 Writing: 1 Waiting: 0 */
export function parseStubStatus(body: string): SiteStatus['figures'] {
  const found =
    /^Active connections: (\d+)\s+server accepts handled requests\s+(\d+) \d+ (\d+)\s+Reading: (\d+) Writing: (\d+) Waiting: (\d+)/.exec(
      body,
    )
  if (found === null) return undefined
  const [active = 0, accepted = 0, requests = 0, reading = 0, writing = 0, waiting = 0] = found.slice(1).map(Number)
  return { active, accepted, requests, reading, writing, waiting }
}
