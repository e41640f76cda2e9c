import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { type Lab, setFaults, startLab } from '../../src/lab/lab.ts'
import { type FactName, type Facts, factsOf } from '../../src/core/host.ts'
import type { Step } from '../../src/core/step.ts'
import { siteOf } from '../../src/core/sites.ts'
import { createDrivers } from '../../src/host/drivers.ts'
import { observe } from '../../src/host/facts/observe.ts'
import type { Shell } from '../../src/host/shell.ts'
import { createLocalShell } from '../../src/host/shell-local.ts'
import { createEffects, type Effects } from '../../src/worker/effects/index.ts'
import { reloadsIn } from '../support/reloads.ts'

/* The drivers' steps, carried out on the lab's FreeBSD with real HAProxy and nginx, and taken back again. */

let folder: string
let lab: Lab
let shell: Shell
let effects: Effects

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'jailops-host-'))
  lab = await startLab({ folder })
  shell = createLocalShell(lab.layout)
  const stagingFolder = join(lab.folder, 'staging')
  const hands = { shell, sleep: async (milliseconds: number) => sleep(milliseconds), now: Date.now }
  effects = createEffects({ ...hands, reloads: reloadsIn(folder, hands), stagingFolder })
})

afterAll(async () => {
  await shell?.stop()
  await lab?.stop()
  rmSync(folder, { recursive: true, force: true })
})

async function look(...wanted: FactName[]): Promise<Facts> {
  return factsOf(lab.layout, await observe({ shell, layout: lab.layout }, wanted, { others: [], here: [] }))
}

let groups = 0
function groupFile(): string {
  return join(folder, `group-${groups++}`)
}

interface Done {
  step: Step
  before: string | null
}

async function carryOut(steps: readonly Step[]): Promise<Done[]> {
  const done: Done[] = []
  for (const step of steps) {
    done.push({ step, before: await effects.capture(step) })
    await effects.perform(step, { groupFile: groupFile() })
  }
  return done
}

async function takeBack(done: readonly Done[]): Promise<void> {
  for (const { step, before } of done.toReversed()) await effects.revert(step, before, { groupFile: groupFile() })
}

function rcConf(): string {
  return readFileSync(join(lab.hostFolder, 'etc/rc.conf'), 'utf8')
}

async function front(hostHeader: string): Promise<{ status: number; body: string }> {
  const { bindAddress, bindPort } = lab.layout.haproxy
  return shell.httpGet({ address: bindAddress, port: bindPort, path: '/', hostHeader, timeoutSeconds: 5 })
}

async function createSteps(name: string, request: string): Promise<Step[]> {
  const facts = await look('jails', 'addresses')
  const { jails, site, chooseAddress } = createDrivers(facts)
  const jail = { name, manager: 'jail.conf', address: chooseAddress(), startsAtBoot: true, type: 'thick', vnet: false } as const
  return [...jails.create(jail, request), ...site.install(jails.expected(jail), jail.address), ...jails.boot(jail, true)]
}

async function routeSteps(name: string, hosts: string[]): Promise<Step[]> {
  const facts = await look('jails', 'proxy')
  const { proxy } = createDrivers(facts)
  return [
    ...proxy.prepare(),
    ...proxy.route(
      hosts.map((host) => ({ host })),
      [{ jail: name, address: facts.ownJail(name).address ?? '', weight: 100 }],
    ),
  ]
}

test('a fresh host has no jails, a pool, and no HAProxy', async () => {
  const facts = await look('jails', 'trash', 'addresses', 'proxy', 'proxyStatus')
  expect(facts).toMatchObject({ jails: [], trash: [], proxy: { running: false, configured: false, routes: [] } })
  expect(facts.baseMegabytes).toBeGreaterThan(0)
  expect(facts.proxyStatus).toBeUndefined()
})

test('a creation that fails late is taken back without a trace', async () => {
  const before = rcConf()
  setFaults(lab.folder, [{ program: 'service', argumentsInclude: ['nginx', 'start'], exitCode: 1, stderr: 'no\n' }])
  const steps = await createSteps('blog', 'raaaaaaaaaaaaaaa')
  const done: Done[] = []
  await expect(async () => {
    for (const step of steps) {
      done.push({ step, before: await effects.capture(step) })
      await effects.perform(step, { groupFile: groupFile() })
    }
  }).rejects.toThrow(expect.objectContaining({ code: 'step_failed' }))
  setFaults(lab.folder, [])
  await takeBack(done)
  expect((await look('jails')).jails).toEqual([])
  expect(await shell.list(lab.layout.jailRoots)).not.toContain('blog')
  expect(await shell.list(lab.layout.jailConfFolder)).toEqual([])
  expect(rcConf()).toBe(before)
})

test('create, route, look, destroy, restore', async () => {
  await carryOut(await createSteps('blog', 'rbbbbbbbbbbbbbbb'))
  const made = await look('jails', 'addresses')
  const blog = made.ownJail('blog')
  expect(blog).toMatchObject({ state: 'running', startsAtBoot: true, root: `${lab.layout.jailRoots}/blog` })
  expect(made.addresses.taken).toContain(blog.address)

  await carryOut(await routeSteps('blog', ['blog.example.com', '*.wild.example.com']))
  expect(await front('blog.example.com')).toMatchObject({ status: 200, body: expect.stringContaining('<h1>blog</h1>') })
  expect(await front('any.wild.example.com')).toMatchObject({ status: 200 })
  expect(await front('other.example.com')).toMatchObject({ status: 421 })

  const { proxy, proxyStatus } = await look('jails', 'proxy', 'proxyStatus')
  expect(proxy).toMatchObject({
    running: true,
    configured: true,
    enabled: true,
    routes: [
      { host: 'blog.example.com', backend: 'slot_01', targets: [{ jail: 'blog', weight: 100 }], jail: 'blog' },
      { host: '*.wild.example.com', backend: 'slot_01', targets: [{ jail: 'blog', weight: 100 }], jail: 'blog' },
    ],
  })
  expect(proxy.lacks).toBeUndefined()
  expect(proxy.backends).toHaveLength(16)
  expect(proxy.backends[0]).toMatchObject({
    name: 'slot_01',
    targets: [{ jail: 'blog', address: blog.address, server: 's' }],
    isStale: false,
  })
  expect(proxy.backends.slice(1).every(({ isSpare }) => isSpare)).toBe(true)
  expect(proxyStatus?.count).toBe(1)
  const isUp = () => effects.holds({ kind: 'haproxy-server-up', socket: lab.layout.haproxy.socket, backend: 'slot_01', server: 's' })
  await vi.waitFor(async () => expect(await isUp()).toBe(true), { interval: 100 })
  expect((await look('proxyStatus')).proxyStatus?.backends).toMatchObject([
    {
      name: 'slot_01',
      sites: ['blog.example.com', '*.wild.example.com'],
      status: 'UP',
      servers: [
        {
          jail: 'blog',
          status: 'UP',
          check: expect.stringMatching(/^L7OK\/200 in \d+ ms$/),
          nginx: { figures: { active: expect.any(Number) } },
        },
      ],
    },
  ])

  // a second jail's backend, taken back: it is spare again, in the file and in the running HAProxy
  await carryOut(await createSteps('shop', 'rccccccccccccccc'))
  const routed = await carryOut(await routeSteps('shop', ['shop.example.com']))
  expect(await front('shop.example.com')).toMatchObject({ status: 200, body: expect.stringContaining('jail shop') })
  await takeBack(routed)
  expect(await front('shop.example.com')).toMatchObject({ status: 421 })
  expect(
    await effects.holds({ kind: 'haproxy-backend', socket: lab.layout.haproxy.socket, backend: 'slot_02', server: '192.0.2.1:9' }),
  ).toBe(true)
  expect((await look('proxy')).proxy.backends[1]).toMatchObject({ name: 'slot_02', isSpare: true })
  expect(await front('blog.example.com')).toMatchObject({ status: 200 })

  const destroy = async () => {
    const facts = await look('jails', 'proxy', 'trash')
    const jail = facts.ownJail('blog')
    const drivers = createDrivers(facts)
    const routes = facts.routesTo('blog')
    return [
      ...routes.flatMap((route) => drivers.proxy.unroute(route)),
      ...drivers.proxy.forget('blog'),
      ...drivers.jails.boot(jail, false),
      ...drivers.jails.stop(jail),
      ...drivers.trash.put(
        jail,
        routes.map((route) => siteOf(facts, route)),
        'rddddddddddddddd',
      ),
    ]
  }
  const listBefore = rcConf()
  await takeBack(await carryOut(await destroy()))
  expect(await front('blog.example.com')).toMatchObject({ status: 200 })
  expect(rcConf()).toBe(listBefore)

  await carryOut(await destroy())
  expect(await front('blog.example.com')).toMatchObject({ status: 421 })
  const gone = await look('jails', 'trash', 'addresses', 'proxy')
  expect(gone.jails.map((jail) => jail.name)).toEqual(['shop'])
  const entry = gone.trashed('blog')
  expect(entry).toMatchObject({
    address: blog.address,
    wasRunning: true,
    sites: [{ host: '*.wild.example.com' }, { host: 'blog.example.com' }],
  })
  expect(gone.addresses.taken).not.toContain(blog.address)

  const drivers = createDrivers(gone)
  const address = drivers.chooseAddress(entry.address)
  const restore = [
    ...drivers.trash.back(entry, address),
    ...drivers.jails.boot(entry, true),
    ...drivers.site.awaitAnswer(address),
    ...drivers.proxy.route(
      entry.sites.map(({ host }) => ({ host })),
      [{ jail: 'blog', address, weight: 100 }],
    ),
  ]
  await takeBack(await carryOut(restore))
  expect((await look('trash')).trashed('blog')).toMatchObject({ request: 'rddddddddddddddd' })
  await carryOut(restore)
  expect(await front('blog.example.com')).toMatchObject({ status: 200, body: expect.stringContaining('<h1>blog</h1>') })
  expect((await look('jails', 'trash')).trash).toEqual([])
}, 120_000)
