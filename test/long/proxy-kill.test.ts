import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import type { Command } from '../../src/core/command.ts'
import { JailopsError } from '../../src/core/errors.ts'
import { entriesOf, mapFile } from '../../src/host/proxy/maps.ts'
import type { Step } from '../../src/core/step.ts'
import type { Ending } from '../../src/worker/executor.ts'
import { columns } from '../conformance/columns.ts'
import { openWorld, type World } from '../conformance/world.ts'
import { loadCommands } from '../house/commands.ts'
import { ask, type Prober, startProber } from './proxy-prober.ts'

/*
 * HAProxy, the worker, or both die at any operation of a change of routes. Afterwards files, running state and answers agree, the change
 * is there whole or not at all, as its ending says; and all the time nobody's page is shown under a host of somebody else's.
 */

const hosts = ['one.example.com', 'two.example.com', 'new.example.com', 'nobody.example.com']
const usual: Readonly<Record<string, string>> = { 'one.example.com': 'one', 'two.example.com': 'two' }

interface Change {
  path: string
  args: Record<string, unknown>
  /** Who answers when it is done. */
  after: Readonly<Record<string, string | undefined>>
  /** What takes it back by hand. */
  back: { path: string; args: Record<string, unknown> }
}
const changes: readonly Change[] = [
  {
    path: 'proxy add',
    args: { site: 'new.example.com', jail: 'one' },
    after: { 'new.example.com': 'one' },
    back: { path: 'proxy remove', args: { site: 'new.example.com' } },
  },
  {
    path: 'proxy add',
    args: { site: 'new.example.com', jail: 'three' },
    after: { 'new.example.com': 'three' },
    back: { path: 'proxy remove', args: { site: 'new.example.com' } },
  },
  {
    path: 'proxy move',
    args: { site: 'two.example.com', to: 'one' },
    after: { 'two.example.com': 'one' },
    back: { path: 'proxy move', args: { site: 'two.example.com', to: 'two' } },
  },
  {
    path: 'proxy remove',
    args: { site: 'two.example.com' },
    after: { 'two.example.com': undefined },
    back: { path: 'proxy add', args: { site: 'two.example.com' } },
  },
]
const victims = ['worker', 'HAProxy', 'both'] as const

let world: World
let prober: Prober
const front = () => ({ address: world.lab().layout.haproxy.bindAddress, port: world.lab().layout.haproxy.bindPort })

beforeAll(async () => {
  const commands = new Map<string, Command>((await loadCommands()).map(({ command }) => [command.path, command]))
  const [column] = columns
  if (column === undefined) throw new Error('no column')
  world = await openWorld(column, commands, { isPatient: true })
  for (const jail of ['one', 'two', 'three']) await world.say('jail create', { jail })
  for (const jail of ['one', 'two']) await world.say('proxy add', { site: `${jail}.example.com`, jail })
  prober = startProber(front(), hosts)
  for (const [host, tenant] of Object.entries(usual)) prober.expect(host, [tenant])
}, 300_000)
afterAll(async () => {
  await prober?.stop()
  await world?.stop()
})

test.each(changes.flatMap((change) => victims.map((victim) => [change.path, JSON.stringify(change.args), victim, change] as const)))(
  '%s %s: %s killed at every operation',
  async (_path, _args, victim, change) => {
    const shell = world.shell()
    for (let at = 1, isLast = false; !isLast; at += 1) {
      for (const [host, tenant] of Object.entries(change.after))
        prober.expect(
          host,
          [usual[host], tenant].filter((one) => one !== undefined),
        )
      if (victim !== 'worker') shell.interruptAt(at, killHaproxy)
      if (victim !== 'HAProxy') shell.dieAt(at, at % 2 === 0 ? 'after' : 'during')
      const ending = await carryOut(change, { isInVain: victim === 'HAProxy' })
      isLast = shell.count() < at
      shell.revive()
      await startHaproxy()
      await agree(ending, change)
      if (ending.state === 'done') await world.say(change.back.path, change.back.args)
      for (const host of Object.keys(change.after))
        prober.expect(
          host,
          [usual[host]].filter((one) => one !== undefined),
        )
    }
    expect(prober.wrong()).toEqual([])
  },
)

test('there was somebody who looked', () => {
  process.stdout.write(`the prober asked ${prober.asked()} times\n`)
  expect(prober.asked()).toBeGreaterThan(1000)
})

/** @param isInVain what is waited for of a HAProxy that stays dead is not waited for as long as people would */
async function carryOut({ path, args }: Change, { isInVain }: { isInVain: boolean }): Promise<Ending> {
  const made = await world.plan(world.command(path), args)
  const planned = isInVain ? { ...made, plan: { ...made.plan, steps: made.plan.steps.map(sooner) } } : made
  for (;;) {
    try {
      return await world.carryOut(planned)
    } catch (error) {
      if (!(error instanceof JailopsError && error.code === 'connection_lost')) throw error
      world.shell().revive()
      await startHaproxy()
    }
  }
}

function sooner(step: Step): Step {
  return step.action.kind === 'await' ? { ...step, action: { ...step.action, timeoutSeconds: 3 } } : step
}

async function killHaproxy(): Promise<void> {
  await world.sh('kill -9 $(cat $H/var/run/haproxy.pid)')
}

async function startHaproxy(): Promise<void> {
  // a reload that outlived its worker may end what was started meanwhile
  await vi.waitFor(
    async () => {
      await world.sh('service haproxy status >/dev/null || service haproxy start')
      expect((await ask(front(), 'nobody.example.com')).status).toBe(421)
    },
    { timeout: 30_000, interval: 500 },
  )
}

/** The files, the running HAProxy and what comes through it say the same: the new state where it is done, else the old one. */
async function agree(ending: Ending, { path, after }: Change): Promise<void> {
  expect(['done', 'undone', 'failed'], `${path}: ${ending.sentence}`).toContain(ending.state)
  const expected = ending.state === 'done' ? { ...usual, ...after } : usual
  const { layout } = world.lab()
  const inFile = entriesOf(readFileSync(join(mapFile(layout, 'hosts')), 'utf8'))
  const shown = await world.shell().exchange(layout.haproxy.socket, `show map ${mapFile(layout, 'hosts')}\n`, 5)
  const running = new Map([...shown.matchAll(/^0x[0-9a-f]+ (\S+) (\S+)$/gm)].map(([, key = '', value = '']) => [key, value]))
  expect(running).toEqual(inFile)
  for (const host of hosts) {
    const tenant = expected[host]
    expect(inFile.has(host)).toBe(tenant !== undefined)
    await vi.waitFor(async () => expect((await ask(front(), host)).tenant).toBe(tenant))
  }
}
