import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { plan } from '../../src/core/plan.ts'
import { noProxy } from '../../src/core/proxy.ts'
import { createHaproxyDriver } from '../../src/host/proxy/haproxy.ts'
import { mapFile } from '../../src/host/proxy/maps.ts'
import type { Shell } from '../../src/host/shell.ts'
import { createLocalShell } from '../../src/host/shell-local.ts'
import { createEffects } from '../../src/worker/effects/index.ts'
import { execute } from '../../src/worker/executor.ts'
import { createProxyGate } from '../../src/worker/proxy-gate.ts'
import { type Journal, openJournalFolder } from '../../src/worker/journal.ts'
import type { Measured, Row } from '../support/measured.ts'
import { freePort, manyHosts, type Sites, startAnswerer, startOurs, seedStyle } from '../support/proxy-front.ts'
import { addByHand, check, endLaunched, launch, untilAnswered } from '../support/proxy-place.ts'
import { median, percentile, rounded } from '../support/statistics.ts'
import { createLogMemory } from '../../src/worker/log-memory.ts'
import { createHaproxyReloads } from '../../src/worker/reload-haproxy.ts'

const samples = 30
/** A worker has run for a while when somebody adds a site. */
const warmUp = 10

/**
 * A route to a jail that has sites already, from the moment when the executor begins to the first right body over a fresh connection. Ours
 * with its journal and its probes; beside it what a script of a few lines does, and the seed's style, which reloads.
 */
export const proxyAddRows: readonly Row[] = [10, 1000, 10_000].map((hosts) => ({
  name: `proxy.add@${hosts}`,
  about: `a host more beside ${hosts}, to its first right answer | a script: map file, haproxy -c, socket; beside both the seed's reload`,
  measure: () => measure(hosts),
}))

/** One way to add a host; resolves when it has done what it does. */
interface Side {
  port: number
  /** What has happened when the decision falls. */
  before?(): Promise<void>
  /** @returns when the first right answer came, where it asked for one itself. */
  add(host: string): Promise<number | void>
  taken: number[]
  /** Until it had done everything, where that is later. */
  ended?: number[]
}

async function measure(count: number): Promise<Measured> {
  await using begun = new AsyncDisposableStack()
  const folder = begun.adopt(mkdtempSync(join(tmpdir(), 'jb-')), (it) => rmSync(it, { recursive: true, force: true }))
  const answerer = begun.adopt(await startAnswerer(folder), (it) => it.stop())
  const sites: Sites = { hosts: manyHosts(count), jails: Math.min(count, 100), backendPort: answerer.port }
  const own = (name: string) => {
    mkdirSync(join(folder, name))
    return join(folder, name)
  }
  const ours = await oursSide(begun, own('ours'), sites)
  const script = await scriptSide(begun, own('script'), sites)
  const seed = await seedSide(begun, own('seed'), sites)
  for (let round = 0; round < warmUp + samples; round += 1) {
    for (const side of [ours, script, seed]) {
      const host = `new-${round}.example.com`
      await side.before?.()
      const began = performance.now()
      // ours asks by itself, and goes on to write that down
      const answeredAt = await side.add(host)
      if (round >= warmUp && answeredAt !== undefined) side.ended?.push(performance.now() - began)
      await untilAnswered(side.port, host)
      if (round >= warmUp) side.taken.push((answeredAt ?? performance.now()) - began)
    }
  }
  return {
    name: `proxy.add@${count}`,
    ours: rounded(median(ours.taken)),
    bare: rounded(median(script.taken)),
    ratio: rounded(median(ours.taken) / median(script.taken)),
    unit: 'ms',
    samples,
    p99: rounded(percentile(ours.taken, 99)),
    toTheEnd: rounded(median(ours.ended ?? [])),
    seedStyle: rounded(median(seed.taken)),
    limit: 5,
  }
}

async function oursSide(begun: AsyncDisposableStack, folder: string, sites: Sites): Promise<Side> {
  const haproxy = begun.adopt(await startOurs(folder, sites), (it) => it.stop())
  const { layout } = haproxy
  const local = begun.adopt(
    createLocalShell({ programFolders: ['/usr/sbin', '/usr/local/sbin'], jailRoots: join(folder, 'jails') }),
    (it) => it.stop(),
  )
  let answeredAt = 0
  const shell: Shell = {
    ...local,
    async httpGet(asked) {
      const answer = await local.httpGet(asked)
      if (answer.status === 200) answeredAt = performance.now()
      return answer
    },
  }
  const hands = { shell, now: Date.now, sleep: (milliseconds: number) => delay(milliseconds) }
  const reloads = createHaproxyReloads({
    ...hands,
    file: join(folder, 'haproxy-reload.json'),
    folder,
    log: createLogMemory(() => Promise.resolve([])),
    say: () => undefined,
  })
  const effects = createEffects({ ...hands, reloads, stagingFolder: join(folder, 'staging') })
  const journals = await openJournalFolder(join(folder, 'journals'), Date.now)
  const target = { jail: 'site-0', address: '127.0.0.1', weight: 100 }
  const proxy = {
    ...noProxy,
    running: true,
    configured: true,
    enabled: true,
    backends: [{ name: 'jail_site-0', targets: [target], isSpare: false, isStale: false }],
  }
  let requests = 0
  let journal: Journal | undefined
  begun.defer(async () => {
    if (journal !== undefined) await journals.rest(journal.request)
  })
  return {
    port: haproxy.port,
    taken: [],
    ended: [],
    // a request has its journal since it was planned
    async before() {
      if (journal !== undefined) await journals.rest(journal.request)
      journal = await journals.open(`r${String((requests += 1)).padStart(15, '0')}`)
      await journal.append({ kind: 'planned', plan: plan([], { resources: [] }), digest: '' })
    },
    async add(host) {
      if (journal === undefined) throw new Error('there is no journal yet')
      const driver = createHaproxyDriver({ layout, proxy, jails: [], reservedByOthers: [], reservedHere: [] })
      const steps = driver.route([{ host }], [target])
      const ending = await execute(
        { effects, endGroup: (file, seconds) => shell.endGroup(file, seconds), gate: createProxyGate() },
        {
          journal,
          plan: plan(steps, { resources: [] }),
          progress: () => undefined,
          cancelled: () => undefined,
          stopping: () => false,
        },
      )
      if (ending?.state !== 'done') throw new Error(`it ended ${JSON.stringify(ending)}`)
      return answeredAt
    },
  }
}

async function scriptSide(begun: AsyncDisposableStack, folder: string, sites: Sites): Promise<Side> {
  const { port, layout } = begun.adopt(await startOurs(folder, sites), (it) => it.stop())
  const { configFolder, socket } = layout.haproxy
  const place = { configFolder, socket, map: mapFile(layout, 'hosts') }
  return { port, taken: [], add: (host) => addByHand(place, host, 'jail_site-0') }
}

/** A template, `haproxy -c`, and a reload as FreeBSD's rc script does it. */
async function seedSide(begun: AsyncDisposableStack, folder: string, sites: Sites): Promise<Side> {
  const port = await freePort()
  const [path, pidFile] = [join(folder, 'seed.cfg'), join(folder, 'pid')]
  const hosts = [...sites.hosts]
  writeFileSync(path, seedStyle(sites, port))
  await launch(path, pidFile)
  begun.defer(() => endLaunched(pidFile))
  return {
    port,
    taken: [],
    async add(host) {
      hosts.push(host)
      writeFileSync(`${path}.new`, seedStyle({ ...sites, hosts }, port))
      await check(`${path}.new`)
      renameSync(`${path}.new`, path)
      await launch(path, pidFile)
    },
  }
}
