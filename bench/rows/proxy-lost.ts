import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { columns } from '../../test/conformance/columns.ts'
import { openWorld, type World } from '../../test/conformance/world.ts'
import { loadCommands } from '../../test/house/commands.ts'
import type { Row } from '../support/measured.ts'
import { manyHosts, reloadSeedStyle, startSeedStyle } from '../support/proxy-front.ts'
import { startStrictClient } from '../support/strict-client.ts'
import { wrk } from '../support/wrk.ts'

const changes = Number(process.env['JAILOPS_BENCH_CHANGES'] ?? 1000)
const reloads = Number(process.env['JAILOPS_BENCH_RELOADS'] ?? 100)

/**
 * Requests that were lost, or answered by somebody else, while sites come, move and go, and while HAProxy is reloaded; with wrk at full
 * load beside a client that repeats nothing. Bare: as many reloads of the seed's style, by the same signal.
 */
export const proxyLost: Row = {
  name: 'proxy.lost',
  about: `lost and wrong requests in ${changes} adds, moves and removes and ${reloads} reloads | in ${reloads} reloads of the seed's style`,
  async measure() {
    await using begun = new AsyncDisposableStack()
    const folder = begun.adopt(mkdtempSync(join(tmpdir(), 'jb-')), (it) => rmSync(it, { recursive: true, force: true }))
    const world = begun.adopt(await openHost(), (it) => it.stop())
    const ours = await lostByUs(world, folder)
    const bare = await lostBySeedStyle(world, folder)
    const lost = ours.changes.lost + ours.changes.wrong + ours.reloads.lost + ours.reloads.wrong
    return {
      name: proxyLost.name,
      ours: lost,
      bare: bare.lost + bare.wrong,
      ratio: lost === 0 ? 0 : lost / (bare.lost + bare.wrong),
      unit: 'requests',
      samples: ours.changes.asked + ours.reloads.asked,
      limit: 0,
      inChanges: `${ours.changes.lost} lost, ${ours.changes.wrong} wrong of ${ours.changes.asked}, wrk ${ours.changes.wrkWrong} of ${ours.changes.wrkAsked}`,
      inReloads: `${ours.reloads.lost} lost, ${ours.reloads.wrong} wrong of ${ours.reloads.asked}, wrk ${ours.reloads.wrkWrong} of ${ours.reloads.wrkAsked}`,
      ...(ours.words.length > 0 && { words: ours.words.join('; ') }),
      bareInReloads: `${bare.lost} lost, ${bare.wrong} wrong of ${bare.asked}`,
    }
  },
}

const tenants = { 'one.example.com': 'one', 'two.example.com': 'two' }

interface Counted {
  asked: number
  lost: number
  wrong: number
}

async function lostByUs(world: World, folder: string) {
  const { bindAddress, bindPort } = world.lab().layout.haproxy
  const strict = startStrictClient({ address: bindAddress, port: bindPort }, tenants)
  const during = async (work: () => Promise<void>) => {
    const before = strict.counts()
    let isOver = false
    const load = keepLoading(folder, bindPort, () => isOver)
    await work()
    isOver = true
    const wrkCounts = await load
    return { ...difference(strict.counts(), before), ...wrkCounts }
  }
  const inChanges = await during(() => changeSites(world))
  const inReloads = await during(async () => {
    for (let count = 0; count < reloads; count += 1) await world.say('proxy reload', {})
  })
  await strict.stop()
  return { changes: inChanges, reloads: inReloads, words: strict.words() }
}

async function openHost(): Promise<World> {
  const [column] = columns
  if (column === undefined) throw new Error('there is no kind of host')
  const world = await openWorld(column, new Map((await loadCommands()).map(({ command }) => [command.path, command])), { isPatient: true })
  for (const jail of ['one', 'two']) {
    await world.say('jail create', { jail })
    await world.say('proxy add', { site: `${jail}.example.com`, jail })
  }
  return world
}

/** Add, move, remove, and so on; each host is new. */
async function changeSites(world: World): Promise<void> {
  for (let count = 0; count < changes; count += 3) {
    const site = `new-${count}.example.com`
    await world.say('proxy add', { site, jail: 'one' })
    await world.say('proxy move', { site, to: 'two' })
    await world.say('proxy remove', { site })
  }
}

async function keepLoading(folder: string, port: number, isOver: () => boolean): Promise<{ wrkAsked: number; wrkWrong: number }> {
  const sum = { wrkAsked: 0, wrkWrong: 0 }
  while (!isOver()) {
    const { requests, errors, wrong } = await wrk(folder, port, ['one.example.com', 'two.example.com'], 5)
    sum.wrkAsked += requests
    sum.wrkWrong += errors + wrong
  }
  return sum
}

/** It passes on to our front, where whoever answers is told by a header. */
async function lostBySeedStyle(world: World, folder: string): Promise<Counted> {
  const sites = { hosts: [...Object.keys(tenants), ...manyHosts(8)], jails: 1, backendPort: world.lab().layout.haproxy.bindPort }
  let haproxy = await startSeedStyle(folder, sites)
  const strict = startStrictClient({ address: '127.0.0.1', port: haproxy.port }, tenants)
  let isOver = false
  const load = keepLoading(folder, haproxy.port, () => isOver)
  for (let count = 0; count < reloads; count += 1) {
    const next = await reloadSeedStyle(folder, haproxy)
    await delay(100)
    haproxy = next
  }
  isOver = true
  await load
  await strict.stop()
  await haproxy.stop()
  return strict.counts()
}

function difference(after: Counted, before: Counted): Counted {
  return { asked: after.asked - before.asked, lost: after.lost - before.lost, wrong: after.wrong - before.wrong }
}
