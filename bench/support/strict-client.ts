import { Agent, request } from 'node:http'
import { setTimeout as delay } from 'node:timers/promises'

export interface StrictClient {
  counts(): { asked: number; lost: number; wrong: number }
  /** The first few things that went wrong. */
  words(): readonly string[]
  stop(): Promise<void>
}

/**
 * Asks for each host over connections that are kept and over new ones, and repeats nothing: a connection that was closed while a request
 * went out is a lost request. Wrong: anything but 200 from whoever the host belongs to.
 */
export function startStrictClient(front: { address: string; port: number }, tenants: Readonly<Record<string, string>>): StrictClient {
  const kept = 24
  const fresh = 4
  const agent = new Agent({ keepAlive: true, maxSockets: kept })
  const counts = { asked: 0, lost: 0, wrong: 0 }
  const words: string[] = []
  const hosts = Object.keys(tenants)
  let isStopped = false

  async function run(number: number, connection: Agent | false): Promise<void> {
    for (let turn = number; !isStopped; turn += 1) {
      const host = hosts[turn % hosts.length] ?? ''
      const answer = await ask(front, host, connection)
      counts.asked += 1
      if (typeof answer === 'string') {
        counts.lost += 1
        words.push(`${host}: ${answer}`)
      } else if (answer.status !== 200 || answer.tenant !== tenants[host]) {
        counts.wrong += 1
        words.push(`${host}: ${answer.status} from ${answer.tenant ?? 'nobody'}`)
      }
      // as a person's browser does, so that connections lie idle when a reload comes
      if (connection !== false) await delay(20)
    }
  }
  const clients = [
    ...Array.from({ length: kept }, (_, number) => run(number, agent)),
    ...Array.from({ length: fresh }, (_, number) => run(number, false)),
  ]
  return {
    counts: () => ({ ...counts }),
    words: () => words.slice(0, 10),
    async stop() {
      isStopped = true
      await Promise.all(clients)
      agent.destroy()
    },
  }
}

function ask(
  { address, port }: { address: string; port: number },
  host: string,
  agent: Agent | false,
): Promise<{ status: number; tenant?: string } | string> {
  return new Promise((resolve) => {
    const asking = request({ host: address, port, path: '/', headers: { host }, agent, timeout: 10_000 }, (response) => {
      const tenant = response.headers['x-jail']
      response.resume()
      response.on('end', () => resolve({ status: response.statusCode ?? 0, ...(typeof tenant === 'string' && { tenant }) }))
      response.on('error', (error) => resolve(error.message))
    })
    asking.on('timeout', () => asking.destroy(new Error('no answer in 10 s')))
    asking.on('error', (error) => resolve(error.message))
    asking.end()
  })
}
