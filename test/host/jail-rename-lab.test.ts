import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import jailCreate from '../../commands/jail/create.ts'
import jailRename from '../../commands/jail/rename.ts'
import jailStop from '../../commands/jail/stop.ts'
import proxyAdd from '../../commands/proxy/add.ts'
import proxyWeight from '../../commands/proxy/weight.ts'
import type { Command } from '../../src/core/command.ts'
import { siteText } from '../../src/core/proxy.ts'
import { targetsText } from '../../src/core/sites.ts'
import { ask } from '../long/proxy-prober.ts'
import { type LabHands, labHands } from './lab-hands.ts'

/* A jail gets another name while people look at its sites. Each test goes on where the one before it ended. */

const [alone, both] = ['alone.example.com', 'both.example.com']
let hands: LabHands
beforeAll(async () => {
  hands = await labHands({})
  for (const jail of ['blog', 'shop']) await run(jailCreate, { jail })
  await run(proxyAdd, { site: alone, jail: 'blog' })
  await run(proxyAdd, { site: both, jail: 'blog' })
  await run(proxyWeight, { site: both, jail: 'shop', share: '50%' })
}, 120_000)
afterAll(() => hands?.stop())

const run = async (command: Command, args: Record<string, unknown>) => hands.carryOut((await hands.plan(command, args)).steps)
const status = async (host: string) => {
  const { bindAddress: address, bindPort: port } = hands.lab.layout.haproxy
  return (await ask({ address, port }, host)).status
}
const routes = async () => {
  const { proxy } = await hands.facts()
  return Object.fromEntries(proxy.routes.map((route) => [siteText(route), targetsText(route.targets)]))
}
const inUse = async () => (await hands.facts()).proxy.backends.flatMap(({ isSpare, targets }) => (isSpare ? [] : [targetsText(targets)]))

/** What everybody was told who came to these meanwhile. */
async function seen(hosts: readonly string[], work: () => Promise<unknown>): Promise<Record<string, number[]>> {
  let isOver = false
  const looking = hosts.map(async (host) => {
    const statuses = new Set<number>()
    while (!isOver) statuses.add(await status(host))
    return [host, [...statuses].toSorted()] as const
  })
  await work().finally(() => (isOver = true))
  return Object.fromEntries(await Promise.all(looking))
}

test('a jail beside another one is renamed and nobody who comes to their site notices; of its own it is away, not unknown', async () => {
  const { remarks } = await hands.plan(jailRename, { jail: 'blog', to: 'journal' })
  const statuses = await seen([alone, both], () => run(jailRename, { jail: 'blog', to: 'journal' }))

  expect(statuses).toEqual({ [alone]: [200, 503], [both]: [200] })
  expect(await routes()).toEqual({ [alone]: 'journal', [both]: 'journal 50%, shop 50%' })
  expect(await inUse()).toEqual(expect.arrayContaining(['journal', 'journal 50%, shop 50%']))
  expect(await inUse()).toHaveLength(2)
  expect(remarks).toEqual(expect.arrayContaining([`${both} is answered by shop meanwhile.`, `Meanwhile these sites answer 503: ${alone}.`]))
})

test('a rename is taken back whole', async () => {
  const done = await run(jailRename, { jail: 'journal', to: 'blog' })
  await hands.takeBack(done)

  expect(await routes()).toEqual({ [alone]: 'journal', [both]: 'journal 50%, shop 50%' })
  expect(await inUse()).toHaveLength(2)
  expect(await status(both)).toBe(200)
  // once HAProxy's next check has found it alive
  await vi.waitFor(async () => expect(await status(alone)).toBe(200), { interval: 100 })
})

test('one that is stopped is renamed with its sites, and nobody waits for it to answer', async () => {
  await run(jailStop, { jail: 'journal' })
  await run(jailRename, { jail: 'journal', to: 'blog' })

  expect(await routes()).toEqual({ [alone]: 'blog', [both]: 'blog 50%, shop 50%' })
  expect([await status(alone), await status(both)]).toEqual([503, 200])
})
