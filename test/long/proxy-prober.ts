import { request } from 'node:http'

export interface Prober {
  /** From now on these may answer for that host; 421, 503 and silence always may. */
  expect(host: string, tenants: readonly string[]): void
  /** Every answer that should not have been. */
  wrong(): string[]
  asked(): number
  stop(): Promise<void>
}

/** Asks for every host all the time, each over a fresh connection, and looks whose page comes. */
export function startProber(front: { address: string; port: number }, hosts: readonly string[]): Prober {
  const allowed = new Map<string, readonly string[]>()
  const wrong: string[] = []
  let asked = 0
  let isStopped = false

  async function probe(host: string): Promise<void> {
    while (!isStopped) {
      // whoever was allowed when the question went out, or when its answer came
      const before = allowed.get(host) ?? []
      const { status, tenant } = await ask(front, host)
      asked += 1
      const may = new Set([...before, ...(allowed.get(host) ?? [])])
      if (tenant !== undefined && !may.has(tenant)) wrong.push(`${host} was answered by ${tenant} (${status})`)
      await new Promise((next) => setImmediate(next))
    }
  }
  const running = hosts.map(probe)

  return {
    expect: (host, tenants) => void allowed.set(host, tenants),
    wrong: () => wrong,
    asked: () => asked,
    async stop() {
      isStopped = true
      await Promise.all(running)
    },
  }
}

/** The page of a jail names it in a header. Silence is status 0. */
export function ask({ address, port }: { address: string; port: number }, host: string): Promise<{ status: number; tenant?: string }> {
  return new Promise((resolve) => {
    const asking = request({ host: address, port, path: '/', headers: { host }, agent: false, timeout: 5000 }, (response) => {
      response.resume()
      response.on('error', () => undefined)
      const tenant = response.headers['x-jail']
      resolve({ status: response.statusCode ?? 0, ...(typeof tenant === 'string' && { tenant }) })
    })
    asking.on('timeout', () => asking.destroy())
    asking.on('error', () => resolve({ status: 0 }))
    asking.end()
  })
}
