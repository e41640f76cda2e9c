import { mkdtempSync, rmSync } from 'node:fs'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { z } from 'zod'
import { startChild } from '../support/child.ts'
import { lean } from '../support/jailops.ts'
import { alternate, compare, type Row } from '../support/measured.ts'
import { manyHosts, startAnswerer, startOurs } from '../support/proxy-front.ts'
import { median, rounded } from '../support/statistics.ts'

const backends = 10_000
const samples = 5

/**
 * What `/proxy status` costs on a host of 10,000 backends: asking HAProxy, ten nginx, and making the answer. Bare: its JSON, parsed; `csv…`:
 * its whole CSV, made into objects. Each in a process of its own, ours started as workers are; `…Megabytes` is how far its resident memory grew at most.
 */
export const proxyStatus: Row = {
  name: 'proxy.status',
  about: `/proxy status of ${backends} backends | \`show stat json\` and JSON.parse`,
  async measure() {
    await using begun = new AsyncDisposableStack()
    const folder = begun.adopt(mkdtempSync(join(tmpdir(), 'jb-')), (it) => rmSync(it, { recursive: true, force: true }))
    const answerer = begun.adopt(await startAnswerer(folder), (it) => it.stop())
    const statusPort = await startStubStatus(begun)
    const sites = { hosts: manyHosts(backends), jails: backends, backendPort: answerer.port, statusPort }
    const haproxy = begun.adopt(await startOurs(folder, sites), (it) => it.stop())
    const [ours, json, csv] = await Promise.all(
      ['ours', 'json', 'csv'].map(async (side) => {
        const child = await startChild(
          'status-side.ts',
          { side, layout: haproxy.layout, backends },
          saidSchema,
          side === 'ours' ? lean : {},
        )
        return begun.adopt(child, (it) => it.stop())
      }),
    )
    if (ours === undefined || json === undefined || csv === undefined) throw new Error('a side did not start')
    const grown = { ours: 0, json: 0, csv: 0 }
    let first: number | undefined
    const round = async (side: keyof typeof grown, child: typeof ours) => {
      child.tell({})
      const { milliseconds, megabytes } = await child.next()
      grown[side] = megabytes
      // later ones grow by what nobody has collected yet
      if (side === 'ours') first ??= megabytes
      return milliseconds
    }
    const taken = await alternate({ ours: () => round('ours', ours), bare: () => round('json', json) }, { samples, warmUp: 1 })
    const csvTaken: number[] = []
    for (let count = 0; count < samples; count += 1) csvTaken.push(await round('csv', csv))
    return {
      ...compare(proxyStatus.name, taken),
      csvObjects: rounded(median(csvTaken)),
      limit: 200,
      megabytesFirst: rounded(first ?? 0),
      megabytes: rounded(grown.ours),
      limitMegabytes: 30,
      bareMegabytes: rounded(grown.json),
      csvMegabytes: rounded(grown.csv),
    }
  },
}

const saidSchema = z.strictObject({ milliseconds: z.number(), megabytes: z.number() })

/** What nginx answers at /status. */
async function startStubStatus(begun: AsyncDisposableStack): Promise<number> {
  const text = 'Active connections: 1 \nserver accepts handled requests\n 7 7 9 \nReading: 0 Writing: 1 Waiting: 0 \n'
  const server = begun.adopt(
    createServer((_request, response) => void response.end(text)),
    (it) => void it.close(),
  )
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  return typeof address === 'object' && address !== null ? address.port : 0
}
