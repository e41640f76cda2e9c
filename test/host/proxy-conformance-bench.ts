import { once } from 'node:events'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { createServer, type IncomingHttpHeaders, request, type Server } from 'node:http'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { expect } from 'vitest'
import type { ProxyDriver } from '../../src/core/drivers.ts'
import type { Facts } from '../../src/core/host.ts'
import type { ProxyKind, ReachableTarget } from '../../src/core/proxy.ts'
import type { Step } from '../../src/core/step.ts'
import { endpointOf } from '../../src/host/addresses.ts'
import { createDrivers } from '../../src/host/drivers.ts'
import { labHands, type LabHands } from './lab-hands.ts'

/* A proxy on the lab, with servers behind it that say who they are and what they were sent. */

export interface Asked {
  status: number
  headers: IncomingHttpHeaders
  /** Which jail answered; undefined: the proxy itself. */
  jail?: string
  /** Of the app's port, where one was asked. */
  port?: number
  /** What reached the jail. */
  sent: IncomingHttpHeaders
}

export interface Ask {
  path?: string
  headers?: Record<string, string>
  /** The client's own address. */
  from?: string
}

interface Change {
  steps: readonly Step[]
  before(): Promise<void>
  after(): Promise<void>
}

export interface ProxyBench {
  kind: ProxyKind
  hands: LabHands
  facts(): Promise<Facts>
  target(jail: string, more?: Partial<ReachableTarget>): ReachableTarget
  /** The host header as it is, also an empty one or none. */
  ask(host: string | undefined, ask?: Ask): Promise<Asked>
  /** Who answers: `jail`, or the status of the proxy's own answer. */
  who(host: string, ask?: Ask): Promise<string | number>
  build(steps: (proxy: ProxyDriver, facts: Facts) => Step[]): Promise<Step[]>
  carryOut(steps: (proxy: ProxyDriver, facts: Facts) => Step[]): Promise<void>
  /** Does it, takes it back, finds all as it was, does it again, and once more, which changes nothing. All the while nobody else's site suffers. */
  proves(change: Change): Promise<void>
  stop(): Promise<void>
}

export const appPort = 23_004
const numbers: Readonly<Record<string, number>> = { blog: 11, shop: 12, wiki: 13, alone: 14 }
/** A site that is there from the start: whatever the others go through, it answers. */
export const neighbour = 'neighbour.example.com'

export async function proxyBench(kind: ProxyKind): Promise<ProxyBench> {
  const hands = await labHands({ proxy: kind })
  const { layout } = hands.lab
  const address = (jail: string) => layout.pool.replace(/\.0\/24$/, `.${numbers[jail] ?? 0}`)
  const servers = await Promise.all(
    Object.keys(numbers).flatMap((jail) => {
      const site = endpointOf(layout, address(jail))
      return [serve(jail, site.address, site.port), ...(jail === 'blog' ? [serve(jail, address(jail), appPort)] : [])]
    }),
  )
  const { bindAddress, bindPort } = layout.haproxy
  const look = () => hands.facts(['jails', 'proxy'])
  const ask: ProxyBench['ask'] = (host, more = {}) => askFront({ address: bindAddress, port: bindPort }, host, more)
  const build: ProxyBench['build'] = async (steps) => {
    const facts = await look()
    return steps(createDrivers(facts).proxy, facts)
  }
  const who: ProxyBench['who'] = async (host, more) => {
    const { jail, status } = await ask(host, more)
    return jail ?? status
  }
  const bench: ProxyBench = {
    kind,
    hands,
    facts: look,
    target: (jail, more = {}) => ({ jail, address: address(jail), weight: 100, ...more }),
    ask,
    who,
    build,
    carryOut: async (steps) => void (await hands.carryOut(await build(steps))),
    async proves({ steps, before, after }) {
      const others = watchOthers(who)
      const files = filesOf(bench)
      await before()
      const done = await hands.carryOut(steps)
      await after()
      await hands.takeBack(done)
      await before()
      expect(filesOf(bench)).toEqual(files)
      await hands.carryOut(steps)
      await after()
      await hands.carryOut(steps)
      await after()
      expect(await others.stop()).toEqual([])
    },
    async stop() {
      for (const server of servers) server.closeAllConnections()
      await hands.stop()
      for (const server of servers) server.close()
    },
  }
  return bench
}

/** Says who it is, and repeats what it was sent. */
async function serve(jail: string, address: string, port: number): Promise<Server> {
  const server = createServer(({ headers }, response) => {
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify({ jail, port, headers }))
  })
  server.listen(port, address)
  await once(server, 'listening')
  return server
}

/** One request on a connection of its own. */
function askFront(
  front: { address: string; port: number },
  host: string | undefined,
  { path = '/', headers = {}, from }: Ask,
): Promise<Asked> {
  return new Promise((resolve, reject) => {
    const asking = request(
      {
        host: front.address,
        port: front.port,
        path,
        headers: { ...headers, ...(host !== undefined && { host }) },
        setHost: false,
        agent: false,
        ...(from !== undefined && { localAddress: from }),
      },
      (response) => {
        const chunks: Buffer[] = []
        response.on('data', (chunk: Buffer) => chunks.push(chunk))
        response.on('error', reject)
        response.on('end', () => {
          const { jail, port, sent } = partsOf(Buffer.concat(chunks).toString())
          resolve({ status: response.statusCode ?? 0, headers: response.headers, sent, ...(jail !== undefined && { jail, port }) })
        })
      },
    )
    asking.on('error', reject)
    asking.end()
  })
}

function partsOf(body: string): { jail?: string; port?: number; sent: IncomingHttpHeaders } {
  if (!body.startsWith('{"jail"')) return { sent: {} }
  const { jail, port, headers } = JSON.parse(body)
  return { jail, port, sent: headers }
}

/** At its own pace, so that it takes no time from what it watches. A stranger and a neighbour ask on and on; told to stop, it says which answers were wrong. */
function watchOthers(who: ProxyBench['who']): { stop(): Promise<string[]> } {
  const wrong: string[] = []
  let isOver = false
  const look = async (host: string, wanted: string | number) => {
    const got = await who(host).catch((error: Error) => error.message)
    if (got !== wanted) wrong.push(`${host}: ${got}`)
  }
  const watching = (async () => {
    while (!isOver) {
      await look(neighbour, 'wiki')
      await look('stranger.example.com', 421)
      await pause(5)
    }
  })()
  return {
    stop: async () => {
      isOver = true
      await watching
      return wrong
    },
  }
}

function filesOf({ kind, hands }: Pick<ProxyBench, 'kind' | 'hands'>): Record<string, string> {
  const { haproxy, nginxFront } = hands.lab.layout
  const folder = kind === 'haproxy' ? haproxy.configFolder : nginxFront.folder
  const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name))
  const files = paths.filter((path) => statSync(path).isFile())
  // the former certificate is kept for the way back; a list says the same in any order
  const compared = files.filter((path) => !path.endsWith('.pem.before')).toSorted()
  return Object.fromEntries(compared.map((path) => [path, textOf(path)]))
}

function textOf(path: string): string {
  const text = readFileSync(path, 'utf8')
  return path.endsWith('/list.txt') ? text.split('\n').toSorted().join('\n') : text
}
