import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Haproxy, manyHosts, startAnswerer, startOurs, startSeedStyle } from '../support/proxy-front.ts'
import type { Row } from '../support/measured.ts'
import { median, rounded } from '../support/statistics.ts'
import { wrk } from '../support/wrk.ts'

const few = 10
const many = 10_000
const rounds = 5
const seconds = 3

/** What a request costs HAProxy to route, in its own CPU time, and how that grows with the number of hosts. */
export const proxyRouting: Row = {
  name: 'proxy.routing',
  about: `CPU of HAProxy a request at ${many} hosts | at ${few}; beside both the seed's one ACL a host`,
  async measure() {
    await using begun = new AsyncDisposableStack()
    const folder = begun.adopt(mkdtempSync(join(tmpdir(), 'jb-')), (it) => rmSync(it, { recursive: true, force: true }))
    const answerer = begun.adopt(await startAnswerer(folder), (it) => it.stop())
    const sites = (hosts: number) => ({ hosts: manyHosts(hosts), jails: Math.min(hosts, 100), backendPort: answerer.port })
    const sides = await Promise.all(
      [few, many].flatMap((hosts) =>
        [startOurs, startSeedStyle].map(async (start) => {
          const own = join(folder, `${start.name}-${hosts}`)
          mkdirSync(own)
          const haproxy = begun.adopt(await start(own, sites(hosts)), (it) => it.stop())
          const taken: number[] = []
          return { haproxy, hosts, folder: own, taken }
        }),
      ),
    )
    for (let round = 0; round < rounds; round += 1) {
      for (const side of sides) side.taken.push(await microsecondsARequest(side.folder, side.haproxy, manyHosts(side.hosts)))
    }
    const [oursFew = 0, seedFew = 0, oursMany = 0, seedMany = 0] = sides.map(({ taken }) => rounded(median(taken)))
    return {
      name: proxyRouting.name,
      ours: oursMany,
      bare: oursFew,
      ratio: rounded(oursMany / oursFew),
      unit: 'µs',
      samples: rounds,
      limit: 1.3,
      [`seedStyle@${few}`]: seedFew,
      [`seedStyle@${many}`]: seedMany,
    }
  },
}

async function microsecondsARequest(folder: string, haproxy: Haproxy, hosts: readonly string[]): Promise<number> {
  const before = haproxy.cpu()
  const { requests, errors, wrong } = await wrk(folder, haproxy.port, hosts, seconds)
  if (errors + wrong > 0) throw new Error(`${errors} requests failed, ${wrong} were answered wrong`)
  return ((haproxy.cpu() - before) * 1000) / requests
}
